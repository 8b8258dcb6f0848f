# The efficient student trained by itself on a CPU, without teacher and text.
_base_ = [
    "../_base_/default_runtime.py",
    "../_base_/models/student_xrestormer-d16-efficient.py",
    "../_base_/datasets/roadscene-64x64.py",
    "../_base_/schedules/adamw_1xb4-2k.py",
]

train_cfg = dict(max_iters=3000, val_interval=1000)
param_scheduler = [dict(type="CosineAnnealingLR", by_epoch=False, T_max=3000, eta_min=1e-6)]
# no text, no annotations
train_dataloader = dict(dataset=dict(annotator=None))
val_dataloader = dict(dataset=dict(annotator=None))
test_dataloader = dict(dataset=dict(annotator=None))
