# For comparisons of trainings: AdamW 5e-4 and a sixth as long as soap_1xb2-3k.py, scored at the end only.
_base_ = ["./soap_1xb2-3k.py"]

optim_wrapper = dict(
    optimizer=dict(_delete_=True, type="AdamW", lr=5e-4, weight_decay=1e-4, betas=(0.9, 0.99))
)
train_cfg = dict(max_iters=500, val_interval=500)
param_scheduler = [
    dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=50),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=50, end=500, eta_min=5e-6),
]
