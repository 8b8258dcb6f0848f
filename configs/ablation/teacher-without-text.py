# Distilled from a teacher that is given no text.
_base_ = ["./distilled.py"]

train_pipeline = [
    *_base_.sampled,
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
