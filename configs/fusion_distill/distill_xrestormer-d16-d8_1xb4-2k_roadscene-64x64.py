# A small student distilled on a CPU. Train its teacher first.
_base_ = [
    "../_base_/default_runtime.py",
    "../_base_/models/distill_xrestormer-d16-d8-compact.py",
    "../_base_/datasets/roadscene-64x64.py",
    "../_base_/schedules/adamw_1xb4-2k.py",
]

model = dict(teacher_checkpoint="work_dirs/teacher_xrestormer-d16_1xb4-2k_roadscene-64x64")
