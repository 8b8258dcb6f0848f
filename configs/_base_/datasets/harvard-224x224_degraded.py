# CT, PET and SPECT with MRI of the Whole Brain Atlas (AANLIB, 256x256) in one set, half of the training samples
# degraded. Validated on 60 pairs, as they are and all degraded, as roadscene-176x344_degraded.py.
_base_ = ["./roadscene-176x344_degraded.py"]

data_root = "{{$MMFUSION_DATA_ROOT:data}}/Harvard"
# Nearly whole pictures, as for RoadScene.
crop_size = (224, 224)
train_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairResize", scale=(0.9, 1.3), min_size=crop_size),
    dict(type="RandomPairCrop", crop_size=crop_size),
    dict(type="Flip", keys=["img_a", "img_b"], direction="horizontal", flip_ratio=0.5),
    dict(type="Flip", keys=["img_a", "img_b"], direction="vertical", flip_ratio=0.5),
    # No black-hot here: the background of every modality is black.
    dict(type="RandomTone", prob=0.3, gamma_b=(0.6, 1.7), contrast_b=(0.8, 1.0), invert_prob=0.0),
    dict(type="RandomEvenSource", prob=0.04),
    dict(type="RandomDegradation", modality="medical", prob=0.5),
    dict(type="RandomDropText", prob=0.2),
    dict(type="PackPair"),
]
clean_pipeline = [dict(type="LoadImagePair"), dict(type="PackPair")]
degraded_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomDegradation", modality="medical", prob=1.0, seed=0),
    dict(type="PackPair"),
]

pairs = dict(type="PairedFusionDataset", annotator="statistics", modality="medical")
ct = dict(
    pairs,
    data_root=data_root + "/CT-MRI",
    data_prefix=dict(img_a="train/CT", img_b="train/MRI", annotation="train/annotations"),
)
pet = dict(
    pairs,
    data_root=data_root + "/PET-MRI",
    data_prefix=dict(img_a="train/PET", img_b="train/MRI", annotation="train/annotations"),
)
spect = dict(
    pairs,
    data_root=data_root + "/SPECT-MRI",
    data_prefix=dict(img_a="train/SPECT", img_b="train/MRI", annotation="train/annotations"),
)
train_sets = [dict(kind, ann_file="train.txt", pipeline=train_pipeline) for kind in (ct, pet, spect)]
clean_sets = [dict(kind, ann_file="val.txt", pipeline=clean_pipeline) for kind in (ct, pet, spect)]
degraded_sets = [dict(kind, ann_file="val.txt", pipeline=degraded_pipeline) for kind in (ct, pet, spect)]

train_dataloader = dict(dataset=dict(_delete_=True, type="SeededConcatDataset", datasets=train_sets))
val_loader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type="DefaultSampler", shuffle=False),
)
val_dataloader = [
    dict(val_loader, dataset=dict(type="SeededConcatDataset", datasets=sets))
    for sets in (clean_sets, degraded_sets)
]
# the official test pairs, all of them
test_sets = [
    dict(pairs, data_root=ct["data_root"], data_prefix=dict(img_a="test/CT", img_b="test/MRI")),
    dict(pairs, data_root=pet["data_root"], data_prefix=dict(img_a="test/PET", img_b="test/MRI")),
    dict(pairs, data_root=spect["data_root"], data_prefix=dict(img_a="test/SPECT", img_b="test/MRI")),
]
test_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type="SeededConcatDataset",
        datasets=[dict(kind, pipeline=clean_pipeline) for kind in test_sets],
    )
)
