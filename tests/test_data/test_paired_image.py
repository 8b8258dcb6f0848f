"""Two images as one of four channels, through the transforms of other toolboxes."""

import numpy as np
import pytest
from mmcv.transforms import RandomFlip, Resize

from mmfusion_distill.data.transforms import LoadPairedImage, VisibleOnly
from mmfusion_distill.images.image_io import write_image
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.registry import TRANSFORMS


@pytest.fixture
def pair(tmp_path):
    """An image whose left half is red and another whose left half is warm; the path of the first."""
    visible, infrared = np.zeros((8, 12, 3)), np.zeros((8, 12, 1))
    visible[:, :6, 0], infrared[:, :6] = 200, 100
    write_image(tmp_path / "set" / "visible" / "day" / "x.png", visible)
    write_image(tmp_path / "set" / "infrared" / "day" / "x.png", infrared)
    return str(tmp_path / "set" / "visible" / "day" / "x.png")


def test_the_infrared_picture_is_the_fourth_channel(pair):
    results = LoadPairedImage()(dict(img_path=pair))
    assert results["img"].dtype == np.uint8 and results["img"].flags.c_contiguous
    assert results["img"][0, 0].tolist() == [0, 0, 200, 100] and not results["img"][0, 11].any()
    assert results["img_shape"] == results["ori_shape"] == (8, 12)
    assert LoadPairedImage(to_float32=True)(dict(img_path=pair))["img"].dtype == np.float32


def test_mmcvs_transforms_treat_both_alike(pair):
    results = Resize(scale=(6, 4))(LoadPairedImage()(dict(img_path=pair)))
    results = RandomFlip(prob=1.0)(results)
    assert results["img"].shape == (4, 6, 4)
    assert results["img"][0, 5].tolist() == [0, 0, 200, 100] and not results["img"][0, 0].any()


def test_the_infrared_picture_may_be_named(pair, tmp_path):
    write_image(tmp_path / "other.png", np.full((8, 12), 7))
    results = LoadPairedImage()(dict(img_path=pair, infrared_path=str(tmp_path / "other.png")))
    assert (results["img"][:, :, 3] == 7).all()


def test_a_gray_visible_picture_has_its_three_channels_too(pair):
    write_image(pair, np.full((8, 12, 1), 9))
    assert LoadPairedImage()(dict(img_path=pair))["img"][0, 0].tolist() == [9, 9, 9, 100]


def test_the_last_folder_of_that_name_is_swapped():
    load = LoadPairedImage(folders=("rgb", "ir"))
    assert load.infrared_path("/a/rgb/b/rgb/rgb.png") == "/a/rgb/b/ir/rgb.png"
    assert load.infrared_path("rgb/x.png") == "ir/x.png"
    with pytest.raises(ValueError, match="x/rgb is in no folder 'rgb'"):
        load.infrared_path("x/rgb")


def test_what_is_missing_is_named(pair, tmp_path):
    with pytest.raises(ValueError, match="is in no folder 'rgb': set folders="):
        LoadPairedImage(folders=("rgb", "ir"))(dict(img_path=pair))
    with pytest.raises(ImageReadError, match="ir/day/x.png"):
        LoadPairedImage(folders=("visible", "ir"))(dict(img_path=pair))
    for folders in ("visible", "ir", ("rgb", "depth", "ir")):
        with pytest.raises(ValueError, match="wanted two"):
            LoadPairedImage(folders=folders)


def test_changes_of_colour_leave_the_infrared_picture_alone(pair):
    noise = dict(
        type="mmagic.RandomNoise",
        params=dict(
            noise_type=["gaussian"], noise_prob=[1], gaussian_sigma=[25, 25], gaussian_gray_noise_prob=0
        ),
        keys=["img"],
    )
    before = LoadPairedImage()(dict(img_path=pair))["img"]
    results = TRANSFORMS.build(dict(type="VisibleOnly", transform=noise))(dict(img=before.copy()))
    assert (results["img"][:, :, 3] == before[:, :, 3]).all()
    assert np.abs(results["img"][:, :, :3].astype(float) - before[:, :, :3]).max() > 5
    with pytest.raises(ValueError, match="put it outside of VisibleOnly"):
        VisibleOnly(dict(type="mmcv.Resize", scale=(6, 4)))(dict(img=before.copy()))
