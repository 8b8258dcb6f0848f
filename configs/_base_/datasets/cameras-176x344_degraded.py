# All cameras and scanners together, half of the training samples degraded: for students. No validation pair trains.
_base_ = ["./roadscene-176x344_degraded.py", "./harvard.py", "./cameras.py"]

crop_size = (176, 344)
own_keys = ["img_a", "img_b", "target_a", "target_b"]
fill = dict(type="RandomFillArea", prob=0.08)
drop = dict(type="RandomDropText", prob=0.2)
steps = dict(
    roadscene=[
        dict(type="LoadImagePair"),
        dict(type="RandomPairResize", scale=(0.7, 1.5), min_size=crop_size),
        dict(type="RandomPairCrop", crop_size=crop_size),
        *_base_.flips,
        dict(type="RandomTone", prob=0.4),
        dict(type="RandomEvenSource", prob=0.04),
    ],
    # Larger and sharper: some of it unchanged.
    sharp=[
        dict(type="LoadImagePair"),
        dict(type="RandomPairResize", scale=(0.45, 1.1), min_size=crop_size),
        dict(type="RandomPairCrop", crop_size=crop_size),
        *_base_.flips,
        dict(type="RandomTone", prob=0.25),
        dict(type="RandomEvenSource", prob=0.04),
    ],
    # Recordings with targets of their own: no tones, which the targets would lack.
    recorded=[
        dict(type="LoadImagePair"),
        dict(type="RandomPairResize", scale=(0.5, 1.1), min_size=crop_size, keys=own_keys),
        dict(type="RandomPairCrop", crop_size=crop_size, keys=own_keys),
        dict(type="mmagic.Flip", keys=own_keys, direction="horizontal", flip_ratio=0.5),
        dict(type="mmagic.Flip", keys=own_keys, direction="vertical", flip_ratio=0.5),
    ],
    medical=[
        dict(type="LoadImagePair"),
        dict(type="RandomPairResize", scale=(0.9, 1.5), min_size=crop_size),
        dict(type="RandomPairCrop", crop_size=crop_size),
        *_base_.flips,
        dict(type="RandomTone", prob=0.3, gamma_b=(0.6, 1.7), contrast_b=(0.8, 1.0), invert_prob=0.0),
    ],
)
degrade = dict(type="RandomDegradation", prob=0.5)
degrade_medical = dict(type="RandomDegradation", modality="medical", prob=0.5)
degrade_recorded = dict(type="RandomDegradation", prob=0.2, max_degradations=1)
# What a user might name, for distillations.
named = dict(type="NameRandomEvents")
named_medical = dict(type="NameRandomEvents", modality="medical")
pack = dict(type="PackPair")
# What is wrong with recordings, which their texts, of the clean ones, do not say.
recorded_texts = dict(
    blurred=_base_.blurred_text,
    noisy=_base_.noisy_text,
    blurred_noisy={**_base_.blurred_text, **_base_.noisy_text},
)
pipelines = dict(
    roadscene=[*steps["roadscene"], degrade, fill, drop, named, pack],
    sharp=[*steps["sharp"], degrade, fill, drop, named, pack],
    **{
        name: [
            *steps["recorded"],
            dict(type="AppendEvents", events=texts),
            degrade_recorded,
            drop,
            named,
            pack,
        ]
        for name, texts in recorded_texts.items()
    },
    medical=[*steps["medical"], degrade_medical, drop, named_medical, pack],
)
# Sets of 152, 68, 28, 5, three times 28 and 678 pairs, their pipelines, and how often each is taken in one run
# through all of them.
shares = [
    (dict(_base_.roadscene, ann_file="train.txt"), "roadscene", 6),
    (dict(_base_.m3svd, ann_file="train.txt"), "sharp", 16),
    (dict(_base_.llvip, ann_file="train.txt"), "sharp", 16),
    (dict(_base_.m3fd, ann_file="train.txt"), "sharp", 20),
    (_base_.m3svd_blurred, "blurred", 2),
    (_base_.m3svd_noisy, "noisy", 3),
    (_base_.m3svd_blurred_noisy, "blurred_noisy", 4),
    *[(dict(kind, ann_file="train.txt"), "medical", 1) for kind in _base_.harvard.values()],
]
train_sets = [dict(dataset, pipeline=pipelines[name]) for dataset, name, _ in shares]
train_dataloader = dict(
    dataset=dict(
        _delete_=True,
        type="SeededConcatDataset",
        datasets=train_sets,
        times=[times for *_, times in shares],
    )
)

# Validation: two sets of street scenes, unchanged and degraded, and M3SVD's own degraded recordings.
clean_pipeline = [dict(type="LoadImagePair"), dict(type="PackPair")]
recorded_pipeline = [
    dict(type="LoadImagePair"),
    dict(type="AppendEvents", events=recorded_texts["blurred_noisy"]),
    dict(type="PackPair"),
]
validated = [
    ("road", dict(_base_.roadscene, ann_file="val.txt", pipeline=clean_pipeline)),
    ("road_degraded", dict(_base_.roadscene, ann_file="val.txt", pipeline=_base_.degraded_pipeline)),
    ("m3svd", dict(_base_.m3svd, ann_file="val.txt", pipeline=clean_pipeline)),
    ("llvip", dict(_base_.llvip, ann_file="val.txt", pipeline=clean_pipeline)),
    (
        "m3svd_recorded",
        dict(_base_.m3svd_blurred_noisy, ann_file=_base_.recorded_val_list, pipeline=recorded_pipeline),
    ),
]
val_dataloader = [dict(_base_.clean_dataloader, dataset=dataset) for _, dataset in validated]
metrics = ("EN", "SD", "SF", "MI", "SCD", "VIF", "SSIM", "Qabf", "quality", "balanced_quality", "wins")
val_evaluator = [
    dict(type="Evaluator", metrics=[dict(type="FusionMetric", prefix=prefix, metrics=metrics)])
    for prefix, _ in validated
]
