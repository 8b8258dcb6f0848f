# The teacher on street scenes and medical pictures together, from its training on RoadScene.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/teacher_fusionunet.py",
    "../_base_/datasets/roadscene-harvard-176x344_steered.py",
    "../_base_/schedules/adamw_1xb2-1k_low.py",
]
load_from = "work_dirs/teacher_fusionunet_1xb2-3k_roadscene-176x344/iter_2200.pth"
default_hooks = dict(checkpoint=dict(interval=250))
