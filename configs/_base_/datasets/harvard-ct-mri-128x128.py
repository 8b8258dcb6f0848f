# CT-MRI pairs of the Whole Brain Atlas (AANLIB), 256x256; CT is gray and stays so.
_base_ = ["./roadscene-128x128.py"]

data_root = "{{$MMFUSION_DATA_ROOT:data}}/Harvard/CT-MRI"
crop_size = (128, 128)
train_pipeline = [
    dict(type="LoadImagePair", channels_a=1),
    dict(type="RandomPairCrop", crop_size=crop_size),
    dict(type="Flip", keys=["img_a", "img_b"], direction="horizontal", flip_ratio=0.5),
    dict(type="Flip", keys=["img_a", "img_b"], direction="vertical", flip_ratio=0.5),
    dict(type="PackPair"),
]
test_pipeline = [dict(type="LoadImagePair", channels_a=1), dict(type="PackPair")]
medical = dict(
    data_root=data_root,
    data_prefix=dict(img_a="train/CT", img_b="train/MRI", annotation="train/annotations"),
    modality="medical",
)
train_dataloader = dict(dataset=dict(medical, pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(medical, pipeline=test_pipeline))
# the official test pairs, all of them
official = dict(
    data_prefix=dict(img_a="test/CT", img_b="test/MRI", annotation="test/annotations"),
    ann_file="",
)
test_dataloader = dict(dataset={**medical, **official, "pipeline": test_pipeline})
