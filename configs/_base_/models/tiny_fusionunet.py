# The tiny student trained by itself.
_base_ = ["../networks/fusionunet.py", "../losses.py"]

model = dict(
    type="ImageFusor",
    generator={{_base_.tiny}},
    pixel_loss={{_base_.fusion_loss}},
    event_loss={{_base_.event_loss}},
)
