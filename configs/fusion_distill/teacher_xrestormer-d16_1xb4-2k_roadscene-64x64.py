# A small teacher on RoadScene, trained on a CPU.
_base_ = [
    "../_base_/default_runtime.py",
    "../_base_/models/teacher_xrestormer-d16-compact.py",
    "../_base_/datasets/roadscene-64x64.py",
    "../_base_/schedules/adamw_1xb4-2k.py",
]
