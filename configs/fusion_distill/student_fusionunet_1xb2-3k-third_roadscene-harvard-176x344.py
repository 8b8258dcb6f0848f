# The student trained on with its noise filter, from its distillation.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/roadscene-harvard-176x344_degraded.py",
    "../_base_/schedules/adamw_1xb2-3k.py",
]
load_from = "work_dirs/distill_fusionunet_1xb2-3k-second_roadscene-harvard-176x344/iter_3000.pth"
default_hooks = dict(checkpoint=dict(interval=500))
