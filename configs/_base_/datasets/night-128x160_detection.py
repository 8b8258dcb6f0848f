# Generated night scenes for mmdet; `python tools/dataset_converters/night_scenes.py data/night` writes them.
# A data set of your own differs in data_root, prefixes and classes.
_base_ = ["./night-128x160.py"]

metainfo = dict(classes=("person",))

train_pipeline = [
    dict(type="mmfusion.LoadPairedImage", folders=("visible", "infrared")),
    dict(type="LoadAnnotations", with_bbox=True),
    dict(type="Resize", scale=(160, 128), keep_ratio=True),
    dict(type="RandomFlip", prob=0.5),
    dict(type="PackDetInputs"),
]
test_pipeline = [
    dict(type="mmfusion.LoadPairedImage", folders=("visible", "infrared")),
    dict(type="Resize", scale=(160, 128), keep_ratio=True),
    dict(type="LoadAnnotations", with_bbox=True),
    dict(
        type="PackDetInputs",
        meta_keys=("img_id", "img_path", "ori_shape", "img_shape", "scale_factor"),
    ),
]

scenes = dict(type="CocoDataset", data_root=_base_.data_root, metainfo=metainfo)
train_dataloader = dict(
    dataset=dict(
        scenes,
        ann_file="train/people.json",
        data_prefix=dict(img="train/visible/"),
        pipeline=train_pipeline,
    )
)
val_dataloader = dict(
    dataset=dict(
        scenes,
        ann_file="val/people.json",
        data_prefix=dict(img="val/visible/"),
        test_mode=True,
        pipeline=test_pipeline,
    )
)
test_dataloader = val_dataloader
val_evaluator = dict(type="CocoMetric", ann_file=_base_.data_root + "/val/people.json", metric="bbox")
test_evaluator = val_evaluator
