# RoadScene with the small crops and the iteration-based sampler of the runs on a CPU.
_base_ = ["./roadscene-128x128.py"]

crop_size = (64, 64)
train_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairCrop", crop_size=crop_size),
    *_base_.flips,
    dict(type="PackPair"),
]
train_dataloader = dict(
    sampler=dict(type="SeededInfiniteSampler", shuffle=True),
    dataset=dict(pipeline=train_pipeline),
)
