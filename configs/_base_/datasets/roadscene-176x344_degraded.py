# RoadScene with degradations for iteration-based runs: half of the training samples are degraded and say so in their
# text. Validated twice, as they are and all degraded; the config of the run chooses the best checkpoints, e.g. by
# default_hooks = dict(checkpoint=dict(save_best=["clean/wins", "degraded/balanced_quality"])).
_base_ = ["./roadscene-128x128.py"]

# Nearly the smallest pictures, since networks that look at whole pictures behave otherwise on small crops of them
# (docs/training.md).
crop_size = (176, 344)
train_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairResize", scale=(0.7, 1.5), min_size=crop_size),
    dict(type="RandomPairCrop", crop_size=crop_size),
    dict(type="Flip", keys=["img_a", "img_b"], direction="horizontal", flip_ratio=0.5),
    dict(type="Flip", keys=["img_a", "img_b"], direction="vertical", flip_ratio=0.5),
    dict(type="RandomTone", prob=0.4),
    dict(type="RandomEvenSource", prob=0.04),
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
clean_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type="DefaultSampler", shuffle=False),
    dataset=dict(
        type="PairedFusionDataset",
        data_root={{_base_.data_root}},
        data_prefix=dict(img_a="crop_LR_visible", img_b="cropinfrared", annotation="annotations"),
        ann_file="val.txt",
        annotator="statistics",
        pipeline={{_base_.test_pipeline}},
    ),
)
degraded_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type="DefaultSampler", shuffle=False),
    dataset=dict(
        type="PairedFusionDataset",
        data_root={{_base_.data_root}},
        data_prefix=dict(img_a="crop_LR_visible", img_b="cropinfrared", annotation="annotations"),
        ann_file="val.txt",
        annotator="statistics",
        pipeline=degraded_pipeline,
    ),
)
val_dataloader = [clean_dataloader, degraded_dataloader]
metrics = ("EN", "SD", "SF", "MI", "SCD", "VIF", "SSIM", "Qabf", "quality", "balanced_quality", "wins")
val_evaluator = [
    dict(type="Evaluator", metrics=[dict(type="FusionMetric", prefix=prefix, metrics=metrics)])
    for prefix in ("clean", "degraded")
]
test_evaluator = dict(type="Evaluator", metrics=[dict(type="FusionMetric")])
