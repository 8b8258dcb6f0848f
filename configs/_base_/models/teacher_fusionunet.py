# The teacher, guided by the text encoder that needs no download.
_base_ = ["../networks/fusionunet.py", "../losses.py"]

model = dict(
    type="ImageFusor",
    generator={{_base_.teacher}},
    pixel_loss={{_base_.fusion_loss}},
    event_loss={{_base_.event_loss}},
    text_encoder=dict(type="SentenceTextEncoder", pool="events"),
)
