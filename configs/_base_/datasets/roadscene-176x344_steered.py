# RoadScene with degradations for a teacher: it restores what its text names, and only that.
_base_ = ["./roadscene-176x344_degraded.py"]

train_pipeline = [
    *_base_.sampled,
    # More than half, since the target of a third of them is the degraded pair itself.
    dict(type="RandomDegradation", prob=0.65),
    dict(type="RandomTextConflict", drop_prob=0.2, withhold_prob=0.1, replace_prob=0.15, bare_prob=0.15),
    dict(type="PackPair"),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
