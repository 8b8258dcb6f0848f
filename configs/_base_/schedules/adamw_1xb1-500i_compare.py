# For comparisons of trainings: as adamw_1xb2-3k.py at a quarter of the rate, a sixth as long, scored at the end only.
_base_ = ["./adamw_1xb2-3k.py"]

optim_wrapper = dict(optimizer=dict(lr=5e-4))
train_cfg = dict(max_iters=500, val_interval=500)
param_scheduler = [
    dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=50),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=50, end=500, eta_min=5e-6),
]
