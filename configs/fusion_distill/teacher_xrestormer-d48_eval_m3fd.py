# The teacher of the paper on M3FD, which no training sees.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/teacher_xrestormer-d48.py",
    "../_base_/datasets/m3fd.py",
]
