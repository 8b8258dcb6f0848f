# The tiny student distilled, from its training by itself.
_base_ = ["./distill_fusionunet-tiny_1xb2-3k_roadscene-harvard-176x344.py"]

load_from = "work_dirs/tiny_fusionunet_1xb2-3k_roadscene-harvard-176x344/iter_3000.pth"
optim_wrapper = dict(optimizer=dict(lr=2e-4))
train_cfg = dict(max_iters=1200)
param_scheduler = [
    dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=50),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=50, end=1200, eta_min=5e-6),
]
