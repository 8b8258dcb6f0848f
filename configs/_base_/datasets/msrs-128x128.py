# MSRS (Tang et al., 2022): the training set split 95 % / 5 % by its converter, and the official test set.
data_root = "{{$MMFUSION_DATA_ROOT:data}}/MSRS"
crop_size = (128, 128)

train_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairCrop", crop_size=crop_size),
    # the two flips together are a turn by 180 degrees
    dict(type="Flip", keys=["img_a", "img_b"], direction="horizontal", flip_ratio=0.5),
    dict(type="Flip", keys=["img_a", "img_b"], direction="vertical", flip_ratio=0.5),
    dict(type="PackPair"),
]
test_pipeline = [dict(type="LoadImagePair"), dict(type="PackPair")]

train_dataloader = dict(
    batch_size=4,
    num_workers=2,
    persistent_workers=True,
    sampler=dict(type="SeededDefaultSampler", shuffle=True),
    dataset=dict(
        type="PairedFusionDataset",
        data_root=data_root,
        data_prefix=dict(img_a="train/vi", img_b="train/ir", annotation="train/annotations"),
        ann_file="train.txt",
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type="DefaultSampler", shuffle=False),
    dataset=dict(
        type="PairedFusionDataset",
        data_root=data_root,
        data_prefix=dict(img_a="train/vi", img_b="train/ir", annotation="train/annotations"),
        ann_file="val.txt",
        pipeline=test_pipeline,
    ),
)
test_dataloader = dict(
    batch_size=1,
    num_workers=1,
    sampler=dict(type="DefaultSampler", shuffle=False),
    dataset=dict(
        type="PairedFusionDataset",
        data_root=data_root,
        data_prefix=dict(img_a="test/vi", img_b="test/ir", annotation="test/annotations"),
        pipeline=test_pipeline,
    ),
)

val_evaluator = dict(type="Evaluator", metrics=[dict(type="FusionMetric")])
test_evaluator = val_evaluator
val_cfg = dict(type="MultiValLoop")
test_cfg = dict(type="MultiTestLoop")
