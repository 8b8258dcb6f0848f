# A classifier of mmpretrain (ShuffleNet v2, Ma et al., 2018) behind the student, which stays unchanged.
_base_ = ["../_base_/mix_runtime.py", "../_base_/datasets/night-128x160_classification.py"]
default_scope = "mmpretrain"
model = dict(
    type="ImageClassifier",
    data_preprocessor=dict(
        type="mmfusion.FusionDataPreprocessor",
        network=dict(type="get_model", name="student"),
        wrapped=dict(
            type="mmpretrain.ClsDataPreprocessor",
            mean=[123.675, 116.28, 103.53],
            std=[58.395, 57.12, 57.375],
            to_rgb=True,
            num_classes=2,
        ),
    ),
    backbone=dict(type="ShuffleNetV2", widen_factor=0.5),
    neck=dict(type="GlobalAveragePooling"),
    head=dict(
        type="LinearClsHead", num_classes=2, in_channels=1024, topk=(1,), loss=dict(type="CrossEntropyLoss")
    ),
)
