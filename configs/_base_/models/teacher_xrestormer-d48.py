# The published teacher, guided by the encoder that needs no download.
_base_ = ["../networks/xrestormer.py"]

model = dict(
    type="ImageFusor",
    generator={{_base_.xrestormer_d48}},
    pixel_loss=dict(type="FusionLoss"),
    text_encoder=dict(type="SentenceTextEncoder"),
)
