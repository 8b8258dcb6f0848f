# The efficient student alone on RoadScene: test the result of a distillation, without teacher and text.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/student_xrestormer-d16-efficient.py",
    "../_base_/datasets/roadscene-128x128.py",
]

# nothing to train here
train_dataloader = None
