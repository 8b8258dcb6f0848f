# RoadScene with degradations for a teacher: it restores what its text names, and only that.
_base_ = ["./roadscene-176x344_degraded.py"]

train_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairResize", scale=(0.7, 1.5), min_size={{_base_.crop_size}}),
    dict(type="RandomPairCrop", crop_size={{_base_.crop_size}}),
    dict(type="Flip", keys=["img_a", "img_b"], direction="horizontal", flip_ratio=0.5),
    dict(type="Flip", keys=["img_a", "img_b"], direction="vertical", flip_ratio=0.5),
    dict(type="RandomTone", prob=0.4),
    dict(type="RandomEvenSource", prob=0.04),
    # More than half, since the target of a third of them is the degraded pair itself.
    dict(type="RandomDegradation", prob=0.65),
    dict(type="RandomTextConflict", drop_prob=0.2, withhold_prob=0.1, replace_prob=0.15, bare_prob=0.15),
    dict(type="PackPair"),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
