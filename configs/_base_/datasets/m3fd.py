# M3FD (Liu et al., 2022), for evaluation: 300 pairs in folders vi and ir.
data_root = "{{$MMFUSION_DATA_ROOT:data}}/M3FD"
test_pipeline = [dict(type="LoadImagePair"), dict(type="PackPair")]

val_dataloader = dict(
    batch_size=1,
    num_workers=1,
    persistent_workers=True,
    sampler=dict(type="DefaultSampler", shuffle=False),
    dataset=dict(
        type="PairedFusionDataset",
        data_root=data_root,
        data_prefix=dict(img_a="vi", img_b="ir", annotation="annotations"),
        annotator="statistics",
        pipeline=test_pipeline,
    ),
)
test_dataloader = val_dataloader

val_evaluator = dict(type="Evaluator", metrics=[dict(type="FusionMetric")])
test_evaluator = val_evaluator
val_cfg = dict(type="MultiValLoop")
test_cfg = dict(type="MultiTestLoop")
