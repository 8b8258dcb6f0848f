# A small teacher for a CPU.
_base_ = ["../networks/xrestormer.py"]

model = dict(
    type="ImageFusor",
    generator={{_base_.xrestormer_d16_compact}},
    pixel_loss=dict(type="FusionLoss"),
    text_encoder=dict(type="SentenceTextEncoder"),
)
