# Generated night scenes for MMagic: the visible image is noisy and is to be as it was, with the help of the
# infrared one. `python tools/dataset_converters/night_scenes.py data/night` writes them.
_base_ = ["./night-128x160.py"]

noise = dict(
    type="mmagic.RandomNoise",
    params=dict(noise_type=["gaussian"], noise_prob=[1], gaussian_sigma=[25, 25], gaussian_gray_noise_prob=0),
    keys=["img"],
)
loaded = [
    dict(type="LoadImageFromFile", key="gt"),
    dict(type="mmfusion.LoadPairedImage", folders=("visible", "infrared")),
    dict(type="mmfusion.VisibleOnly", transform=noise),
]
flip = dict(type="Flip", keys=["img", "gt"], direction="horizontal", flip_ratio=0.5)
train_pipeline = [*loaded, flip, dict(type="PackInputs")]
test_pipeline = [*loaded, dict(type="PackInputs")]

scenes = dict(
    type="BasicImageDataset",
    metainfo=dict(dataset_type="night", task_name="denoising"),
    data_root=_base_.data_root,
)
train_dataloader = dict(
    dataset=dict(scenes, data_prefix=dict(img="train/visible", gt="train/visible"), pipeline=train_pipeline)
)
val_dataloader = dict(
    batch_size=1,
    dataset=dict(
        scenes,
        data_prefix=dict(img="val/visible", gt="val/visible"),
        test_mode=True,
        pipeline=test_pipeline,
    ),
)
test_dataloader = val_dataloader
val_evaluator = dict(type="Evaluator", metrics=[dict(type="PSNR")])
test_evaluator = val_evaluator
