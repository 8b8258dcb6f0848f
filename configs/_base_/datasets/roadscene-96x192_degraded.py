# RoadScene with degradations, one small crop at a time, for comparisons of many trainings.
_base_ = ["./roadscene-176x344_degraded.py"]

crop_size = (96, 192)
sampled = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairResize", scale=(0.4, 1.0), min_size=crop_size),
    dict(type="RandomPairCrop", crop_size=crop_size),
    *_base_.other_cameras,
]
train_pipeline = [*sampled, dict(type="RandomDegradation", prob=0.5), dict(type="PackPair")]
train_dataloader = dict(batch_size=1, num_workers=1, dataset=dict(pipeline=train_pipeline))
