# The teacher of the paper on MSRS, guided by CLIP as published.
_base_ = [
    "../_base_/epoch_runtime.py",
    "../_base_/models/teacher_xrestormer-d48.py",
    "../_base_/datasets/msrs-128x128.py",
    "../_base_/schedules/adamw_1xb4-500e.py",
]

model = dict(
    generator=dict(guidance=dict(text_channels=512)),
    text_encoder=dict(type="CLIPTextEncoder", name="openai/clip-vit-base-patch32"),
)
train_dataloader = dict(dataset=dict(require_annotation=True))
val_dataloader = dict(dataset=dict(require_annotation=True))
test_dataloader = dict(dataset=dict(require_annotation=True))
