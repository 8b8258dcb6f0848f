# The schedule of 2,000 iterations made longer.
_base_ = ["./adamw_1xb4-2k.py"]

train_cfg = dict(max_iters=3000, val_interval=1000)
param_scheduler = [dict(type="CosineAnnealingLR", by_epoch=False, T_max=3000, eta_min=1e-6)]
