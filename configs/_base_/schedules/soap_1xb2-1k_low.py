# For a second training that is short: SOAP at a fifth of the rate of a first one, and a cosine over 1,000 iterations.
_base_ = ["./soap_1xb2-3k.py"]

optim_wrapper = dict(optimizer=dict(lr=1e-3))
train_cfg = dict(max_iters=1000, val_interval=500)
param_scheduler = [
    dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=100),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=100, end=1000, eta_min=5e-6),
]
