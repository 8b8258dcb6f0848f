# The tiny student of the published kind trained by itself.
_base_ = ["../networks/xrestormer-d8-tiny.py"]

model = dict(
    type="ImageFusor",
    generator={{_base_.xrestormer_d8_tiny}},
    pixel_loss=dict(type="FusionLoss", use_events=False),
)
