# As published: AdamW 1e-4 with a cosine to 1e-6 over 1000 epochs, stepped every iteration.
optim_wrapper = dict(
    type="OptimWrapper",
    optimizer=dict(type="AdamW", lr=1e-4, weight_decay=1e-4, betas=(0.9, 0.999)),
)
train_cfg = dict(type="EpochBasedTrainLoop", max_epochs=1000, val_interval=10)
param_scheduler = [
    dict(
        type="CosineAnnealingLR",
        by_epoch=True,
        T_max=1000,
        eta_min=1e-6,
        convert_to_iter_based=True,
    )
]
