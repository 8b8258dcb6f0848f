# RoadScene and the Whole Brain Atlas together for a teacher: it restores what its text names, and only that.
_base_ = ["./roadscene-harvard-176x344_degraded.py"]

shares = dict(drop_prob=0.2, withhold_prob=0.1, replace_prob=0.15, bare_prob=0.15)
# More than half, as in roadscene-176x344_steered.py.
train_pipeline = [
    *_base_.sampled,
    dict(type="RandomDegradation", prob=0.65),
    dict(type="RandomTextConflict", **shares),
    dict(type="PackPair"),
]
medical_pipeline = [
    *_base_.medical_sampled,
    dict(type="RandomDegradation", modality="medical", prob=0.65),
    dict(type="RandomTextConflict", modality="medical", **shares),
    dict(type="PackPair"),
]
train_sets = [dict(kind, ann_file="train.txt", pipeline=medical_pipeline) for kind in _base_.harvard.values()]
train_sets += [dict(_base_.roadscene, ann_file="train.txt", pipeline=train_pipeline)] * 9
train_dataloader = dict(dataset=dict(datasets=train_sets))
