# As published, over 1000 epochs.
_base_ = ["./adamw_1xb4-500e.py"]

train_cfg = dict(max_epochs=1000)
param_scheduler = [dict(_base_.param_scheduler[0], T_max=1000)]
