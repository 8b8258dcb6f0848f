# Five cameras and scanners: which pairs train and which validate. RoadScene is in roadscene-128x128.py, the Whole
# Brain Atlas in harvard.py; here M3SVD (and its own degraded recordings, with the clean ones as targets), LLVIP and
# M3FD.
data_folder = "{{$MMFUSION_DATA_ROOT:data}}"
camera = dict(
    type="PairedFusionDataset",
    data_prefix=dict(img_a="vi", img_b="ir", annotation="annotations"),
    annotator="statistics",
)
m3svd = dict(camera, data_root=f"{data_folder}/M3SVD")
llvip = dict(camera, data_root=f"{data_folder}/LLVIP")
m3fd = dict(camera, data_root=f"{data_folder}/M3FD")
recorded = dict(
    type="PairedFusionDataset",
    data_root=f"{data_folder}/M3SVD",
    annotator="statistics",
    ann_file="{{fileDirname}}/m3svd_degraded_train.txt",
)
targets = dict(target_a="vi", target_b="ir", annotation="annotations")
m3svd_blurred_noisy = dict(recorded, data_prefix=dict(img_a="vi_blurred", img_b="ir_noisy", **targets))
m3svd_noisy = dict(recorded, data_prefix=dict(img_a="vi", img_b="ir_noisy", **targets))
m3svd_blurred = dict(recorded, data_prefix=dict(img_a="vi_blurred", img_b="ir", **targets))
recorded_val_list = "{{fileDirname}}/m3svd_degraded_val.txt"
blurred_text = dict(motion_blur="The visible image is soft and smeared by a camera that shakes, strong.")
noisy_text = dict(
    ir_noise="Grain covers the infrared image, strong.",
    sensor_artifact="Stripes run down the columns of the infrared image, strong.",
)
