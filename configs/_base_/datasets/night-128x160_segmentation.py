# Generated night scenes for mmseg; `python tools/dataset_converters/night_scenes.py data/night` writes them.
_base_ = ["./night-128x160.py"]

metainfo = dict(classes=("ground", "person"), palette=[[0, 0, 0], [220, 20, 60]])

train_pipeline = [
    dict(type="mmfusion.LoadPairedImage", folders=("visible", "infrared")),
    dict(type="LoadAnnotations"),
    dict(type="RandomFlip", prob=0.5),
    dict(type="PackSegInputs"),
]
test_pipeline = [
    dict(type="mmfusion.LoadPairedImage", folders=("visible", "infrared")),
    dict(type="LoadAnnotations"),
    dict(type="PackSegInputs"),
]

scenes = dict(type="BaseSegDataset", data_root=_base_.data_root, metainfo=metainfo, img_suffix=".png")
train_dataloader = dict(
    dataset=dict(
        scenes,
        data_prefix=dict(img_path="train/visible", seg_map_path="train/masks"),
        pipeline=train_pipeline,
    )
)
val_dataloader = dict(
    batch_size=1,
    dataset=dict(
        scenes,
        data_prefix=dict(img_path="val/visible", seg_map_path="val/masks"),
        test_mode=True,
        pipeline=test_pipeline,
    ),
)
test_dataloader = val_dataloader
val_evaluator = dict(type="IoUMetric", iou_metrics=["mIoU"])
test_evaluator = val_evaluator
