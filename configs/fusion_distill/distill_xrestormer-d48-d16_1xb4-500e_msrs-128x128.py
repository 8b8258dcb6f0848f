# The distilled student of the paper on MSRS. Train the teacher first.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/distill_xrestormer-d48-d16.py",
    "../_base_/datasets/msrs-128x128.py",
    "../_base_/schedules/adamw_1xb4-500e_distill.py",
]

model = dict(
    teacher=dict(guidance=dict(text_channels=512)),
    text_encoder=dict(type="CLIPTextEncoder", name="openai/clip-vit-base-patch32"),
    teacher_checkpoint="work_dirs/teacher_xrestormer-d48_1xb4-500e_msrs-128x128",
)
train_dataloader = dict(dataset=dict(require_annotation=True))
