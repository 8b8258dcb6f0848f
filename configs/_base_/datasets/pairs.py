# What sets of pairs share: pipelines, loaders, evaluators, loops.
crop_size = (128, 128)
# the two together are a turn by 180 degrees
flips = [
    dict(type="mmagic.Flip", keys=["img_a", "img_b"], direction="horizontal", flip_ratio=0.5),
    dict(type="mmagic.Flip", keys=["img_a", "img_b"], direction="vertical", flip_ratio=0.5),
]
train_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairCrop", crop_size=crop_size),
    *flips,
    dict(type="PackPair"),
]
test_pipeline = [dict(type="LoadImagePair"), dict(type="PackPair")]

train_dataloader = dict(
    batch_size=4,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type="SeededDefaultSampler", shuffle=True),
    dataset=dict(type="PairedFusionDataset", pipeline=train_pipeline),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type="DefaultSampler", shuffle=False),
    dataset=dict(type="PairedFusionDataset", pipeline=test_pipeline),
)
test_dataloader = val_dataloader

val_evaluator = dict(type="Evaluator", metrics=[dict(type="FusionMetric")])
test_evaluator = val_evaluator
val_cfg = dict(type="mmagic.MultiValLoop")
test_cfg = dict(type="mmagic.MultiTestLoop")
