# Generated night scenes for mmpretrain (is anybody there?); `python tools/dataset_converters/night_scenes.py
# data/night` writes them.
_base_ = ["./night-128x160.py"]

metainfo = dict(classes=("empty", "people"))

train_pipeline = [
    dict(type="mmfusion.LoadPairedImage", folders=("visible", "infrared")),
    dict(type="RandomFlip", prob=0.5),
    dict(type="PackInputs"),
]
test_pipeline = [
    dict(type="mmfusion.LoadPairedImage", folders=("visible", "infrared")),
    dict(type="PackInputs"),
]

scenes = dict(type="CustomDataset", data_root=_base_.data_root, metainfo=metainfo)
train_dataloader = dict(
    dataset=dict(scenes, ann_file="train/labels.txt", data_prefix="train/visible", pipeline=train_pipeline)
)
val_dataloader = dict(
    dataset=dict(
        scenes, ann_file="val/labels.txt", data_prefix="val/visible", test_mode=True, pipeline=test_pipeline
    )
)
test_dataloader = val_dataloader
val_evaluator = dict(type="Accuracy", topk=(1,))
test_evaluator = val_evaluator
