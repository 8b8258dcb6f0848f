# The teacher, guided by text, on all cameras.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/teacher_fusionunet.py",
    "../_base_/datasets/cameras-176x344_steered.py",
    "../_base_/schedules/adamw_1xb2-3k.py",
]
default_hooks = dict(checkpoint=dict(interval=250, save_best=["road/wins", "road_degraded/balanced_quality"]))
