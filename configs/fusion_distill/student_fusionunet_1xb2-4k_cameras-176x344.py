# The student by itself, on all cameras.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/cameras-176x344_degraded.py",
    "../_base_/schedules/adamw_1xb2-3k.py",
]
train_cfg = dict(max_iters=4000, val_interval=1000)
param_scheduler = [_base_.param_scheduler[0], dict(_base_.param_scheduler[1], end=4000)]
default_hooks = dict(checkpoint=dict(interval=250, save_best=["road/wins", "road_degraded/balanced_quality"]))
