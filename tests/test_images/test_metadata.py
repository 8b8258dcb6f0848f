"""What source A's file says about camera, place, colour space and resolution goes with the result."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from mmfusion_distill.cli import fuse as fuse_command
from mmfusion_distill.images.image_io import is_own_picture, read_image, write_image
from mmfusion_distill.images.metadata import metadata_of
from mmfusion_distill.images.stored_image import image_size
from mmfusion_distill.inference.folder_fusing import fuse_files

EXIF, GPS = 34665, 34853
RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (12, 20, 3), np.uint8)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
FORMATS = ("jpg", "png", "webp", "tif")


def facts():
    exif = Image.Exif()
    exif[271], exif[272], exif[274] = "Maker", "Camera 1", 6
    exif[EXIF] = {
        36867: "2024:05:01 10:20:30",
        33434: 0.01,
        40962: 20,
        40963: 12,
        37500: b"notes of the maker",
    }
    exif[GPS] = {1: "N", 2: (48.0, 8.0, 30.0), 3: "E", 4: (11.0, 34.0, 0.0)}
    return exif.tobytes()


@pytest.fixture
def source(tmp_path):
    def write(extension, **facts_of_file):
        path = tmp_path / f"a.{extension}"
        Image.fromarray(PICTURE).save(path, **facts_of_file)
        return path

    return write


@pytest.mark.parametrize("of_result", FORMATS)
@pytest.mark.parametrize("of_source", [*FORMATS, "avif"])
def test_camera_place_colour_space_and_resolution_go_along(of_source, of_result, source, tmp_path):
    path = source(of_source, exif=facts(), icc_profile=PROFILE, dpi=(300, 300))
    pixels = read_image(path)
    write_image(tmp_path / f"out.{of_result}", pixels, metadata_of(path.read_bytes()))
    with Image.open(tmp_path / f"out.{of_result}") as result:
        exif = result.getexif()
        assert exif[272].rstrip("\0") == "Camera 1"
        assert exif.get_ifd(EXIF)[36867].rstrip("\0") == "2024:05:01 10:20:30"
        assert tuple(map(float, exif.get_ifd(GPS)[2])) == (48, 8, 30)
        assert result.info["icc_profile"] == PROFILE
        # The pixels are upright now, and the notes of a maker point nowhere.
        assert exif.get(274, 1) == 1 and 37500 not in exif.get_ifd(EXIF)
        assert (exif.get_ifd(EXIF)[40962], exif.get_ifd(EXIF)[40963]) == (12, 20) == result.size
        if of_result != "webp" and of_source not in ("webp", "avif"):
            assert result.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    if of_result != "jpg":
        assert np.array_equal(read_image(tmp_path / f"out.{of_result}"), pixels)
    if of_result in ("jpg", "png"):
        assert is_own_picture(tmp_path / f"out.{of_result}")


def test_a_source_without_facts_has_none(source, tmp_path):
    assert metadata_of(source("png").read_bytes()) is None
    np.save(tmp_path / "a.npy", PICTURE)
    assert metadata_of((tmp_path / "a.npy").read_bytes()) is None
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe1\x00\x10Exif\0\0II*\0")
    assert metadata_of((tmp_path / "broken.jpg").read_bytes()) is None


def test_a_colour_space_of_other_channels_is_left_out(source, tmp_path):
    path = source("png", icc_profile=PROFILE, dpi=(100, 50))
    write_image(tmp_path / "out.png", PICTURE[:, :, 0], metadata_of(path.read_bytes()))
    with Image.open(tmp_path / "out.png") as result:
        assert result.mode == "L" and "icc_profile" not in result.info
        assert result.info["dpi"] == pytest.approx((100, 50), abs=0.1)


def test_a_resolution_is_turned_with_the_image(source):
    path = source("jpg", exif=facts(), dpi=(300, 150))
    assert metadata_of(path.read_bytes()).dpi == pytest.approx((150, 300), abs=0.1)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "tif"])
def test_the_size_of_a_file_is_that_of_its_image_as_it_is_turned(extension, orientation, tmp_path):
    exif = Image.Exif()
    exif[274] = orientation
    Image.new("RGB", (32, 24)).save(tmp_path / f"a.{extension}", exif=exif)
    size = image_size(tmp_path / f"a.{extension}")
    assert (
        size
        == read_image(tmp_path / f"a.{extension}").shape[:2]
        == ((32, 24) if orientation > 4 else (24, 32))
    )


def test_what_describes_the_pixels_of_a_tiff_stays_there(tmp_path):
    tags = {270: "a wall", 271: "Maker", 700: b"<xmp/>", 33550: (1.0, 1.0, 0.0)}
    Image.fromarray(PICTURE).save(tmp_path / "a.tif", tiffinfo=tags)
    assert metadata_of((tmp_path / "a.tif").read_bytes()).exif == {270: "a wall", 271: "Maker"}


class CopyOfA:
    """A network that returns source A."""

    guided = False
    backend = "numpy"

    def load(self, pair, text=None):
        return pair["img_a"]

    def size_of(self, loaded):
        return loaded.shape

    def fuse_loaded(self, batch):
        return list(batch)


def test_results_have_them_unless_they_are_not_wanted(source, tmp_path, monkeypatch):
    path = source("jpg", exif=facts(), icc_profile=PROFILE, dpi=(300, 300))
    write_image(tmp_path / "b.png", RNG.integers(0, 256, (20, 12)))
    fuse_files(CopyOfA(), path, tmp_path / "b.png", tmp_path / "out.png")
    assert Image.open(tmp_path / "out.png").getexif().get_ifd(GPS)
    monkeypatch.setattr(fuse_command, "build_inferencer", lambda args: CopyOfA())
    fuse_command.main([str(path), str(tmp_path / "b.png"), str(tmp_path / "out.png"), "--no-metadata"])
    with Image.open(tmp_path / "out.png") as result:
        assert not result.getexif() and not {"icc_profile", "dpi"} & set(result.info)
