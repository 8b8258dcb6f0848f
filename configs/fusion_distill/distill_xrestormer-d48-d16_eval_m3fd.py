# The student of a distillation on M3FD, which no training sees.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/distill_xrestormer-d48-d16.py",
    "../_base_/datasets/m3fd.py",
]

# nothing to train here
train_dataloader = None
