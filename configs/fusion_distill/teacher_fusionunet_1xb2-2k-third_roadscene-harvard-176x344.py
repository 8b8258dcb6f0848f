# The teacher trained on with a noise filter that reads the text, from its second training.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/teacher_fusionunet.py",
    "../_base_/datasets/roadscene-harvard-176x344_steered.py",
    "../_base_/schedules/adamw_1xb2-3k_low.py",
]
load_from = "work_dirs/teacher_fusionunet_1xb2-1k-second_roadscene-harvard-176x344/iter_1000.pth"
# The filter starts as nothing, the rest is trained.
optim_wrapper = dict(paramwise_cfg=dict(custom_keys=dict(noise_filter=dict(lr_mult=5.0))))
train_cfg = dict(max_iters=1800, val_interval=900)
param_scheduler = [
    dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=50),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=50, end=1800, eta_min=5e-6),
]
default_hooks = dict(checkpoint=dict(interval=300))
