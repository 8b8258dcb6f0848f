"""Images of any depth are read, and files that cannot be are named."""

import sys
import zlib
from types import ModuleType

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.images.image_source import ImageReadError


@pytest.fixture
def picture():
    return np.random.default_rng(0).integers(0, 256, (12, 17, 3), dtype=np.uint8)


def test_colour_is_rgb(tmp_path, picture):
    cv2.imwrite(str(tmp_path / "x.png"), picture)
    assert np.array_equal(read_image(tmp_path / "x.png"), picture[:, :, ::-1])


def test_sixteen_bits_keep_their_precision(tmp_path):
    values = np.array([[0, 1, 256, 65535]], np.uint16)
    cv2.imwrite(str(tmp_path / "x.png"), values)
    image = read_image(tmp_path / "x.png", channels=1)
    assert image[0, :, 0].tolist() == pytest.approx([0, 255 / 65535, 256 * 255 / 65535, 255])


def test_sixteen_bit_colour_is_rgb(tmp_path):
    cv2.imwrite(str(tmp_path / "x.png"), np.full((2, 2, 3), (0, 0, 65535), np.uint16))
    assert read_image(tmp_path / "x.png")[0, 0].tolist() == [255, 0, 0]


def test_alpha_is_dropped_and_gray_is_repeated_on_request(tmp_path, picture):
    alpha = np.dstack([picture, np.full(picture.shape[:2], 7, np.uint8)])
    cv2.imwrite(str(tmp_path / "rgba.png"), alpha)
    assert np.array_equal(read_image(tmp_path / "rgba.png"), picture[:, :, ::-1])
    cv2.imwrite(str(tmp_path / "gray.png"), picture[:, :, 0])
    assert read_image(tmp_path / "gray.png").shape == (12, 17, 1)
    assert read_image(tmp_path / "gray.png", channels=3).shape == (12, 17, 3)


def test_luminance_is_that_of_bt601(picture):
    gray = read_image(picture, channels=1)
    assert np.abs(np.rint(gray[:, :, 0]) - cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)).max() <= 1


@settings(max_examples=20, deadline=None)
@given(
    kind=st.sampled_from(["uint8", "uint16", "float32"]),
    shape=st.sampled_from([(3, 4), (3, 4, 1), (3, 4, 3)]),
)
def test_arrays_of_any_type_are_scaled_to_255(kind, shape):
    full = {"uint8": 255, "uint16": 65535, "float32": 1}[kind]
    image = read_image(np.full(shape, full, kind))
    assert image.dtype == np.float32 and image.min() == image.max() == pytest.approx(255)


@pytest.mark.parametrize("extension", ["png", "jpg"])
@pytest.mark.parametrize("kept", [0, 0.5, 0.95])
def test_cut_off_files_are_named(tmp_path, picture, extension, kept):
    path = tmp_path / f"broken.{extension}"
    cv2.imwrite(str(path), cv2.resize(picture, (170, 120)))
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data))])
    with pytest.raises(ImageReadError, match=f"broken.{extension} is .*replace the file"):
        read_image(path)


def test_other_unusable_files_are_named(tmp_path):
    (tmp_path / "text.png").write_text("no image")
    with pytest.raises(ImageReadError, match="text.png is damaged or no image"):
        read_image(tmp_path / "text.png")
    with pytest.raises(ImageReadError, match="nowhere.png .No such file"):
        read_image(tmp_path / "nowhere.png")
    cv2.imwrite(str(tmp_path / "float.tiff"), np.full((4, 4), 300, np.float32))
    with pytest.raises(ImageReadError, match="float.tiff holds float32 values"):
        read_image(tmp_path / "float.tiff")


def test_writing_rounds_clips_and_replaces_at_once(tmp_path):
    path = tmp_path / "deep" / "x.png"
    write_image(path, np.array([[[-3.0, 0.6, 300.0]]]))
    assert read_image(path)[0, 0].tolist() == [0, 1, 255]
    assert [file.name for file in path.parent.iterdir()] == ["x.png"]
    with pytest.raises(ValueError, match="no image format"):
        write_image(tmp_path / "x.nonsense", np.zeros((2, 2, 1)))


@pytest.mark.parametrize("channels, kept", [(2, 1), (3, 3), (4, 3)])
def test_an_array_loses_its_alpha_channel_only(channels, kept):
    image = np.arange(10, 10 + channels, dtype=np.uint8).reshape(1, 1, channels)
    assert read_image(image)[0, 0].tolist() == image[0, 0, :kept].tolist()


@pytest.mark.parametrize("shape", [(4,), (2, 2, 5), (1, 2, 2, 3), (0, 4), (2, 2, 0)])
def test_arrays_that_are_no_image_are_named(shape):
    with pytest.raises(ImageReadError, match="is no image"):
        read_image(np.zeros(shape, np.uint8))


def test_a_picture_with_more_pixels_than_can_be_decoded_is_named(tmp_path, picture):
    cv2.imwrite(str(tmp_path / "x.png"), picture)
    data = bytearray((tmp_path / "x.png").read_bytes())
    data[16:24] = 2 * (100000).to_bytes(4, "big")
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    (tmp_path / "x.png").write_bytes(data)
    with pytest.raises(ImageReadError, match="x.png"):
        read_image(tmp_path / "x.png")


@pytest.mark.parametrize("name", ["x.pgm", "x.exr", "x", "x.abc"])
def test_a_format_that_cannot_hold_the_image_is_named(tmp_path, picture, name):
    with pytest.raises(ValueError, match=f"cannot write .*{name}"):
        write_image(tmp_path / name, picture)


def test_sources_are_told_apart_while_another_thread_imports_pillow(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", ModuleType("PIL.Image"))
    with pytest.raises(ImageReadError, match="a value of type dict"):
        read_image({})
