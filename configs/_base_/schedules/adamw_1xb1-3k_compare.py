# For comparisons of trainings: as adamw_1xb2-3k.py, scored at the end only.
_base_ = ["./adamw_1xb2-3k.py"]

train_cfg = dict(val_interval=3000)
