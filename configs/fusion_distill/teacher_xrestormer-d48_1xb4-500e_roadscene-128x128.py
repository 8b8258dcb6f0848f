# The teacher of the paper on RoadScene, guided by the sentence encoder that needs no download.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/teacher_xrestormer-d48.py",
    "../_base_/datasets/roadscene-128x128.py",
    "../_base_/schedules/adamw_1xb4-500e.py",
]
