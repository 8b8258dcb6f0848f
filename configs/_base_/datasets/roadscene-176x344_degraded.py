# RoadScene with degradations for iteration-based runs: half of the training samples are degraded and say so in their
# text. Validated twice, unchanged and all degraded, for degraded_runtime.py.
_base_ = ["./roadscene-128x128.py"]

# Nearly the smallest images, since networks that look at whole images behave otherwise on small crops of them
# (docs/training.md).
crop_size = (176, 344)
other_cameras = [*_base_.flips, dict(type="RandomTone", prob=0.4), dict(type="RandomEvenSource", prob=0.04)]
sampled = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairResize", scale=(0.7, 1.5), min_size=crop_size),
    dict(type="RandomPairCrop", crop_size=crop_size),
    *other_cameras,
]
train_pipeline = [
    *sampled,
    dict(type="RandomDegradation", prob=0.5),
    # wants guidance=dict(null_embedding=True); networks without guidance do not heed it
    dict(type="RandomDropText", prob=0.2),
    dict(type="PackPair"),
]
# The seed makes it the same set in every run.
degraded_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomDegradation", prob=1.0, seed=0),
    dict(type="PackPair"),
]

train_dataloader = dict(
    batch_size=2,
    sampler=dict(type="SeededInfiniteSampler", shuffle=True),
    dataset=dict(pipeline=train_pipeline),
)
clean_dataloader = _base_.val_dataloader
degraded_dataloader = dict(
    clean_dataloader, dataset=dict(clean_dataloader.dataset, pipeline=degraded_pipeline)
)
val_dataloader = [clean_dataloader, degraded_dataloader]
metrics = ("EN", "SD", "SF", "MI", "SCD", "VIF", "SSIM", "Qabf", "quality", "balanced_quality", "wins")
val_evaluator = [
    dict(type="Evaluator", metrics=[dict(type="FusionMetric", prefix=prefix, metrics=metrics)])
    for prefix in ("clean", "degraded")
]
test_evaluator = dict(type="Evaluator", metrics=[dict(type="FusionMetric")])
