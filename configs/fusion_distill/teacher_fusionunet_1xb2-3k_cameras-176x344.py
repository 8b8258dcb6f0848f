# The teacher, guided by text, on all cameras.
_base_ = [
    "../_base_/cameras_runtime.py",
    "../_base_/models/teacher_fusionunet.py",
    "../_base_/datasets/cameras-176x344_steered.py",
    "../_base_/schedules/adamw_1xb2-3k.py",
]
