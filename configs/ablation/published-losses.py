# The student alone, trained with the published terms.
_base_ = ["./structure-losses.py"]

model = dict(pixel_loss=dict(_delete_=True, type="FusionLoss", use_events=False))
