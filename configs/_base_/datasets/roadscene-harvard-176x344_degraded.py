# RoadScene and the Whole Brain Atlas together, so that a network learns to fuse and not one kind of pictures: of the
# training samples about two thirds are from RoadScene. Validated on RoadScene.
_base_ = ["./roadscene-176x344_degraded.py", "./harvard.py"]

medical_sampled = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairResize", scale=(0.9, 1.3), min_size=_base_.crop_size),
    dict(type="RandomPairCrop", crop_size=_base_.crop_size),
    *_base_.flips,
    dict(type="RandomTone", prob=0.3, gamma_b=(0.6, 1.7), contrast_b=(0.8, 1.0), invert_prob=0.0),
]
medical_pipeline = [
    *medical_sampled,
    dict(type="RandomDegradation", modality="medical", prob=0.5),
    dict(type="RandomDropText", prob=0.2),
    dict(type="PackPair"),
]
train_sets = [dict(kind, ann_file="train.txt", pipeline=medical_pipeline) for kind in _base_.harvard.values()]
# 9 x 152 pairs beside 678.
train_sets += [dict(_base_.roadscene, ann_file="train.txt", pipeline=_base_.train_pipeline)] * 9
train_dataloader = dict(dataset=dict(_delete_=True, type="SeededConcatDataset", datasets=train_sets))
