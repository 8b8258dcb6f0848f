# The distilled student of the paper on Harvard PET-MRI. Train the teacher first.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/distill_xrestormer-d48-d16.py",
    "../_base_/datasets/harvard-pet-mri-128x128.py",
    "../_base_/schedules/adamw_1xb4-1000e_distill.py",
]

model = dict(
    fusion_loss=dict(default_event="medical_default"),
    teacher_checkpoint="work_dirs/teacher_xrestormer-d48_1xb4-1000e_harvard-pet-mri-128x128",
)
