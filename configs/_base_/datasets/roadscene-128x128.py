# RoadScene (Xu et al., 2020): 152 training, 19 validation and 50 test pairs, whose lists
# tools/dataset_converters/roadscene.py writes; visible in colour, infrared in gray.
# Checkpoints are chosen on the validation pairs and reported on the test pairs.
data_root = "{{$MMFUSION_DATA_ROOT:data}}/RoadScene"
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
        data_prefix=dict(img_a="crop_LR_visible", img_b="cropinfrared", annotation="annotations"),
        ann_file="train.txt",
        annotator="statistics",
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
        data_prefix=dict(img_a="crop_LR_visible", img_b="cropinfrared", annotation="annotations"),
        ann_file="val.txt",
        annotator="statistics",
        pipeline=test_pipeline,
    ),
)
test_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type="DefaultSampler", shuffle=False),
    dataset=dict(
        type="PairedFusionDataset",
        data_root=data_root,
        data_prefix=dict(img_a="crop_LR_visible", img_b="cropinfrared", annotation="annotations"),
        ann_file="test.txt",
        annotator="statistics",
        pipeline=test_pipeline,
    ),
)

val_evaluator = dict(type="Evaluator", metrics=[dict(type="FusionMetric")])
test_evaluator = val_evaluator
val_cfg = dict(type="MultiValLoop")
test_cfg = dict(type="MultiTestLoop")
