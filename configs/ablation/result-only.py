# Distilled by the teacher's results alone.
_base_ = ["./result-and-features.py"]

model = dict(feature_loss=dict(loss_weight=0.0))
