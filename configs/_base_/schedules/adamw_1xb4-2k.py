# For a CPU: AdamW 4e-4 with a cosine over 2,000 iterations, gradients clipped at norm 1.
optim_wrapper = dict(
    type="OptimWrapper",
    optimizer=dict(type="AdamW", lr=4e-4, weight_decay=1e-4, betas=(0.9, 0.999)),
    clip_grad=dict(max_norm=1.0),
)
train_cfg = dict(type="IterBasedTrainLoop", max_iters=2000, val_interval=500)
param_scheduler = [dict(type="CosineAnnealingLR", by_epoch=False, T_max=2000, eta_min=1e-6)]
