# The teacher on RoadScene, which restores what its text names; trained on a CPU.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/teacher_fusionunet.py",
    "../_base_/datasets/roadscene-176x344_steered.py",
    "../_base_/schedules/adamw_1xb2-3k.py",
]
default_hooks = dict(checkpoint=dict(interval=500))
