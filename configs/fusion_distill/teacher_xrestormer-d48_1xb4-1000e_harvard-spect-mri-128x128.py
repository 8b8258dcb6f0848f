# The teacher of the paper on Harvard SPECT-MRI, guided by the sentence encoder that needs no download.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/teacher_xrestormer-d48.py",
    "../_base_/datasets/harvard-spect-mri-128x128.py",
    "../_base_/schedules/adamw_1xb4-1000e.py",
]

model = dict(pixel_loss=dict(default_event="medical_default"))
