# CT, PET and SPECT with MRI in one set, half of the training samples degraded. Validated on 60 pairs, unchanged and
# all degraded, as roadscene-176x344_degraded.py.
_base_ = ["./roadscene-176x344_degraded.py", "./harvard.py"]

# Nearly whole images, as for RoadScene.
crop_size = (224, 224)
train_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomPairResize", scale=(0.9, 1.3), min_size=crop_size),
    dict(type="RandomPairCrop", crop_size=crop_size),
    *_base_.flips,
    # No black-hot here: the background of every modality is black.
    dict(type="RandomTone", prob=0.3, gamma_b=(0.6, 1.7), contrast_b=(0.8, 1.0), invert_prob=0.0),
    dict(type="RandomEvenSource", prob=0.04),
    dict(type="RandomDegradation", modality="medical", prob=0.5),
    dict(type="RandomDropText", prob=0.2),
    dict(type="PackPair"),
]
degraded_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="RandomDegradation", modality="medical", prob=1.0, seed=0),
    dict(type="PackPair"),
]

train_sets = [dict(kind, ann_file="train.txt", pipeline=train_pipeline) for kind in _base_.harvard.values()]
train_dataloader = dict(dataset=dict(_delete_=True, type="SeededConcatDataset", datasets=train_sets))
val_dataloader = [
    dict(
        _base_.clean_dataloader,
        dataset=dict(
            type="SeededConcatDataset",
            datasets=[dict(kind, ann_file="val.txt", pipeline=steps) for kind in _base_.harvard.values()],
        ),
    )
    for steps in (_base_.test_pipeline, degraded_pipeline)
]
test_sets = [dict(kind, pipeline=_base_.test_pipeline) for kind in _base_.harvard_test.values()]
test_dataloader = dict(dataset=dict(_delete_=True, type="SeededConcatDataset", datasets=test_sets))
