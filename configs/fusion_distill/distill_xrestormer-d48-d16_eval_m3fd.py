# The student of a distillation on M3FD, which no training sees.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/distill_xrestormer-d48-d16.py",
    "../_base_/datasets/m3fd.py",
]

model = dict(teacher_checkpoint="work_dirs/teacher_xrestormer-d48_1xb4-500e_roadscene-128x128")
