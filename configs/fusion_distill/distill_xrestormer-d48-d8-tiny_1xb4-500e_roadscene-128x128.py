# The tiny student (ours, not of the paper), distilled on RoadScene. Train the teacher first.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/distill_xrestormer-d48-d8-tiny.py",
    "../_base_/datasets/roadscene-128x128.py",
    "../_base_/schedules/adamw_1xb4-500e_distill.py",
]

model = dict(
    teacher_checkpoint="work_dirs/teacher_xrestormer-d48_1xb4-500e_roadscene-128x128",
)
