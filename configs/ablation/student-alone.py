# The student without a teacher: what distillation is compared with.
_base_ = [
    "../_base_/compare_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/roadscene-96x192_degraded.py",
    "../_base_/schedules/adamw_1xb1-500i_compare.py",
]
