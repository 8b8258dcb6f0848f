# For a distillation: SOAP at three fifths of the rate of a first training, and a cosine over 4,000 iterations.
_base_ = ["./soap_1xb2-3k.py"]

optim_wrapper = dict(optimizer=dict(lr=3e-3))
train_cfg = dict(max_iters=4000, val_interval=2000)
param_scheduler = [
    dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=100),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=100, end=4000, eta_min=5e-6),
]
