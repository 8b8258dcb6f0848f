# The efficient student trained by itself.
_base_ = ["../networks/xrestormer-d16-efficient.py"]

model = dict(
    type="ImageFusor",
    generator={{_base_.xrestormer_d16_efficient}},
    pixel_loss=dict(type="FusionLoss", use_events=False),
)
