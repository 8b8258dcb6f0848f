# Distilled from a teacher that is given no text.
_base_ = ["./result-and-features.py"]

train_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairResize", scale=(0.4, 1.0), min_size={{_base_.crop_size}}),
    dict(type="RandomPairCrop", crop_size={{_base_.crop_size}}),
    dict(type="Flip", keys=["img_a", "img_b"], direction="horizontal", flip_ratio=0.5),
    dict(type="Flip", keys=["img_a", "img_b"], direction="vertical", flip_ratio=0.5),
    dict(type="RandomTone", prob=0.4),
    dict(type="RandomEvenSource", prob=0.04),
    dict(type="RandomDegradation", prob=0.5, annotate=False),
    dict(type="PackPair"),
]
train_dataloader = dict(
    dataset=dict(
        data_prefix=dict(_delete_=True, img_a="crop_LR_visible", img_b="cropinfrared"),
        annotator=None,
        pipeline=train_pipeline,
    )
)
