# The student distilled on street scenes and medical pictures together, from the last checkpoint of its first run.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/distill_fusionunet.py",
    "../_base_/datasets/roadscene-harvard-176x344_degraded.py",
    "../_base_/schedules/adamw_1xb2-3k_low.py",
]
load_from = "work_dirs/student_fusionunet_1xb2-6k_roadscene-176x344/iter_6000.pth"
default_hooks = dict(checkpoint=dict(interval=500))
