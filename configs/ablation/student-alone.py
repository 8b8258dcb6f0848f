# The student without a teacher: what distillation is compared with.
_base_ = [
    "../_base_/default_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/roadscene-96x192_degraded.py",
    "../_base_/schedules/adamw_1xb1-3k_compare.py",
]
default_hooks = dict(checkpoint=dict(interval=500, max_keep_ckpts=1, save_best="degraded/balanced_quality"))
