# For a distillation or another second training: AdamW 2e-4 with a short warm-up and a cosine over 2,000 iterations.
_base_ = ["./adamw_1xb2-3k_low.py"]

train_cfg = dict(max_iters=2000)
param_scheduler = [
    dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=100),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=100, end=2000, eta_min=5e-6),
]
