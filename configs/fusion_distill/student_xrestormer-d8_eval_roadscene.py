# The small student alone on RoadScene.
_base_ = [
    "../_base_/default_runtime.py",
    "../_base_/models/student_xrestormer-d8-compact.py",
    "../_base_/datasets/roadscene-64x64.py",
]

# nothing to train here
train_dataloader = None
