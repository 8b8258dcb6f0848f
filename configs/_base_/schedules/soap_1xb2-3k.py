# SOAP 5e-3 with a short warm-up and a cosine over 3,000 iterations, gradients clipped at norm 1; for a CPU. Of AdamW
# at 2e-3 it needs about a third of the iterations (docs/training.md); at 2e-2 it diverges.
optim_wrapper = dict(
    type="OptimWrapper",
    optimizer=dict(type="SOAP", lr=5e-3, weight_decay=1e-4, betas=(0.95, 0.95)),
    clip_grad=dict(max_norm=1.0),
)
train_cfg = dict(type="IterBasedTrainLoop", max_iters=3000, val_interval=1000)
param_scheduler = [
    dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=200),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=200, end=3000, eta_min=5e-6),
]
