# The student distilled anew, from its own last training and from the teacher with a noise filter.
_base_ = ["./distill_fusionunet_1xb2-3k-second_roadscene-harvard-176x344.py"]

load_from = "work_dirs/student_fusionunet_1xb2-3k-third_roadscene-harvard-176x344/iter_3000.pth"
train_cfg = dict(max_iters=1200)
param_scheduler = [
    dict(type="LinearLR", by_epoch=False, start_factor=0.05, begin=0, end=50),
    dict(type="CosineAnnealingLR", by_epoch=False, begin=50, end=1200, eta_min=5e-6),
]
