# A restorer of MMagic (NAFNet, Chen et al., 2022) behind the student's network, whose neck joins both sources
# (SpatialChannelCrossFusion). Both are trained from scratch: what noise hides in the visible image, infrared shows.
_base_ = [
    "../_base_/mix_runtime.py",
    "../_base_/networks/fusionunet.py",
    "../_base_/datasets/night-128x160_restoration.py",
]
default_scope = "mmagic"
model = dict(
    type="BaseEditModel",
    data_preprocessor=dict(
        type="mmfusion.FusionDataPreprocessor",
        network={{_base_.student}},
        trained=True,
        wrapped=dict(type="DataPreprocessor", mean=[0.0, 0.0, 0.0], std=[255.0, 255.0, 255.0]),
    ),
    generator=dict(
        type="NAFNet",
        img_channels=3,
        mid_channels=16,
        enc_blk_nums=[1, 1],
        middle_blk_num=1,
        dec_blk_nums=[1, 1],
    ),
    pixel_loss=dict(type="CharbonnierLoss", loss_weight=1.0, reduction="mean"),
)
val_cfg = dict(type="MultiValLoop")
test_cfg = dict(type="MultiTestLoop")
