# The student distilled by results, features and prior, as configs/fusion_distill does.
_base_ = [
    "../_base_/compare_runtime.py",
    "../_base_/models/distill_fusionunet.py",
    "../_base_/datasets/roadscene-96x192_degraded.py",
    "../_base_/schedules/adamw_1xb1-500i_compare.py",
]
