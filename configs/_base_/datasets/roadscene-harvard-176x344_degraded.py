# RoadScene and the Whole Brain Atlas together, so that a network learns to fuse and not one kind of pictures: of the
# training samples about two thirds are from RoadScene. Validated on RoadScene.
_base_ = ["./roadscene-176x344_degraded.py"]

harvard_root = "{{$MMFUSION_DATA_ROOT:data}}/Harvard"
medical_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairResize", scale=(0.9, 1.3), min_size={{_base_.crop_size}}),
    dict(type="RandomPairCrop", crop_size={{_base_.crop_size}}),
    dict(type="Flip", keys=["img_a", "img_b"], direction="horizontal", flip_ratio=0.5),
    dict(type="Flip", keys=["img_a", "img_b"], direction="vertical", flip_ratio=0.5),
    dict(type="RandomTone", prob=0.3, gamma_b=(0.6, 1.7), contrast_b=(0.8, 1.0), invert_prob=0.0),
    dict(type="RandomDegradation", modality="medical", prob=0.5),
    dict(type="RandomDropText", prob=0.2),
    dict(type="PackPair"),
]
medical = dict(
    type="PairedFusionDataset",
    annotator="statistics",
    modality="medical",
    ann_file="train.txt",
    pipeline=medical_pipeline,
)
train_sets = [
    dict(
        medical,
        data_root=harvard_root + "/CT-MRI",
        data_prefix=dict(img_a="train/CT", img_b="train/MRI", annotation="train/annotations"),
    ),
    dict(
        medical,
        data_root=harvard_root + "/PET-MRI",
        data_prefix=dict(img_a="train/PET", img_b="train/MRI", annotation="train/annotations"),
    ),
    dict(
        medical,
        data_root=harvard_root + "/SPECT-MRI",
        data_prefix=dict(img_a="train/SPECT", img_b="train/MRI", annotation="train/annotations"),
    ),
]
roadscene = dict(
    type="PairedFusionDataset",
    data_root={{_base_.data_root}},
    data_prefix=dict(img_a="crop_LR_visible", img_b="cropinfrared", annotation="annotations"),
    ann_file="train.txt",
    annotator="statistics",
    pipeline={{_base_.train_pipeline}},
)
# 9 x 152 pairs beside 678.
train_sets += [roadscene] * 9
train_dataloader = dict(dataset=dict(_delete_=True, type="SeededConcatDataset", datasets=train_sets))
