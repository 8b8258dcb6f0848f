# A segmenter of mmseg (Fast-SCNN, Poudel et al., 2019) behind the student, which stays unchanged.
_base_ = ["../_base_/mix_runtime.py", "../_base_/datasets/night-128x160_segmentation.py"]
default_scope = "mmseg"
norm_cfg = dict(type="BN", momentum=0.01)
model = dict(
    type="EncoderDecoder",
    data_preprocessor=dict(
        type="mmfusion.FusionDataPreprocessor",
        network=dict(type="get_model", name="student"),
        wrapped=dict(
            type="mmseg.SegDataPreProcessor",
            mean=[123.675, 116.28, 103.53],
            std=[58.395, 57.12, 57.375],
            bgr_to_rgb=True,
            size_divisor=32,
            test_cfg=dict(size_divisor=32),
        ),
    ),
    backbone=dict(type="FastSCNN", norm_cfg=norm_cfg),
    decode_head=dict(
        type="DepthwiseSeparableFCNHead",
        in_channels=128,
        channels=128,
        concat_input=False,
        num_classes=2,
        norm_cfg=norm_cfg,
        loss_decode=dict(type="CrossEntropyLoss"),
    ),
    test_cfg=dict(mode="whole"),
)
