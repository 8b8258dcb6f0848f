"""Files of surveys: bands that lie apart, alpha beside deep gray, values for no data that the type cannot hold."""

import cv2
import numpy as np
import pytest
from PIL import Image

from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.images.source_reading import read_source_a, read_source_b

tifffile = pytest.importorskip("tifffile")

ROWS, COLUMNS = np.mgrid[:48, :64]
LEVELS = (3 * COLUMNS + ROWS).astype(np.uint8)
COLOURS = np.stack([LEVELS, 255 - LEVELS, (ROWS * 5 % 256).astype(np.uint8)], axis=2)
COUNTS = (28_000 + 10 * LEVELS.astype(int)).astype(np.uint16)
CELSIUS = (20 + LEVELS / 10).astype(np.float32)
TOP = ROWS < 6


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(
    "colours",
    [COLOURS.astype(np.uint16) * 257, (COLOURS / 255).astype(np.float32)],
    ids=lambda one: one.dtype.name,
)
def test_planes_of_deep_colour_that_lie_apart_are_not_mixed_up(colours, order, tmp_path):
    planes = np.moveaxis(colours, 2, 0)
    tifffile.imwrite(tmp_path / "a.tif", planes, photometric="rgb", planarconfig="separate", byteorder=order)
    assert np.abs(read_source_a(tmp_path / "a.tif").pixels - COLOURS).max() < 0.01


@pytest.mark.parametrize("layout", ["contig", "separate"])
@pytest.mark.parametrize(("image", "opaque"), [(COUNTS, 65_535), (CELSIUS, 1)], ids=["counts", "degrees"])
def test_deep_gray_with_alpha_keeps_its_depth(image, opaque, layout, tmp_path):
    bands = np.stack(
        [image, np.where(TOP, 0, opaque).astype(image.dtype)], axis=2 if layout == "contig" else 0
    )
    options = dict(photometric="minisblack", extrasamples=["unassalpha"], planarconfig=layout)
    tifffile.imwrite(tmp_path / "b.tif", bands, **options)
    source, whole = read_source_b(tmp_path / "b.tif"), read_source_b(image[6:])
    assert np.array_equal(source.missing, TOP)
    assert np.abs(source.pixels[6:] - whole.pixels).max() < 0.01


def test_a_channel_more_that_is_no_alpha_hides_nothing(tmp_path):
    near_infrared = np.where(TOP, 0, LEVELS)
    bands = np.dstack([COLOURS, near_infrared])
    tifffile.imwrite(tmp_path / "b.tif", bands, photometric="rgb", extrasamples=["unspecified"])
    assert read_source_b(tmp_path / "b.tif").missing is None


BANDS = np.dstack([COLOURS, 255 - LEVELS, LEVELS // 2, LEVELS // 3, LEVELS // 4])


@pytest.mark.parametrize("layout", ["contig", "separate"])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    ("calls_them", "count"), [("minisblack", 3), ("minisblack", 4), ("rgb", 5), ("rgb", 7)]
)
def test_the_first_three_bands_are_colours_however_they_are_stored(calls_them, count, kind, layout, tmp_path):
    # GDAL calls three bands of 16 bits gray with two bands more.
    bands = BANDS[:, :, :count].astype(kind) * kind({np.uint8: 1, np.uint16: 257, np.float32: 1 / 255}[kind])
    stored = bands if layout == "contig" else np.moveaxis(bands, 2, 0)
    tifffile.imwrite(tmp_path / "a.tif", stored, photometric=calls_them, planarconfig=layout)
    assert np.abs(read_source_a(tmp_path / "a.tif").pixels - COLOURS).max() < 0.01


@pytest.mark.parametrize("calls_them", ["minisblack", "rgb"])
def test_alpha_behind_other_bands_still_counts(calls_them, tmp_path):
    bands = np.dstack([COLOURS, LEVELS, np.where(TOP, 0, 255).astype(np.uint8)])
    extra = ["unspecified", "unassalpha"]
    if calls_them == "minisblack":
        bands, extra = bands[:, :, [0, 1, 2, 4]], ["unspecified", "unspecified", "unassalpha"]
    tifffile.imwrite(
        tmp_path / "b.tif", bands, photometric=calls_them, planarconfig="contig", extrasamples=extra
    )
    assert np.array_equal(read_source_b(tmp_path / "b.tif").missing, TOP)


@pytest.mark.parametrize("layout", ["contig", "separate"])
def test_more_bands_that_are_no_colours_are_named_with_their_number(layout, tmp_path, capfd):
    bands = BANDS if layout == "contig" else np.moveaxis(BANDS, 2, 0)
    tifffile.imwrite(tmp_path / "a.tif", bands, photometric="minisblack", planarconfig=layout)
    with pytest.raises(
        ImageReadError, match=r"a\.tif is a TIFF of 7 bands .*: save one, or red, green and blue"
    ):
        read_source_a(tmp_path / "a.tif")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("named", ["nan", "-9999", "93536", "inf", "28050.5", "1e+20"])
def test_a_value_for_no_data_that_counts_cannot_have_stands_for_none(named, tmp_path):
    # 93536 and -37536 would be 28000 in 16 bits.
    tifffile.imwrite(tmp_path / "b.tif", COUNTS, extratags=[(42113, "s", 0, named, True)])
    source = read_source_b(tmp_path / "b.tif")
    assert source.missing is None and np.array_equal(source.pixels, read_source_b(COUNTS).pixels)


def test_the_transparent_level_of_a_gray_png_is_no_data(tmp_path):
    for name, image in (("8.png", LEVELS), ("16.png", COUNTS)):
        level = int(image[20, 30])
        Image.fromarray(image).save(tmp_path / name, transparency=level)
        assert np.array_equal(read_source_b(tmp_path / name).missing, image == level)


def test_a_file_that_calls_all_of_it_no_data_is_refused(tmp_path):
    tifffile.imwrite(
        tmp_path / "b.tif", np.full((8, 8), 5, np.float32), extratags=[(42113, "s", 0, "5", True)]
    )
    with pytest.raises(ImageReadError, match=r"b\.tif holds nothing but the value that it calls no data"):
        read_source_b(tmp_path / "b.tif")


def test_black_and_white_is_a_source_b():
    assert np.array_equal(read_source_b(LEVELS > 99).pixels[..., 0], np.where(LEVELS > 99, 255, 0))


def test_values_above_the_largest_that_pnm_names_are_white(tmp_path):
    (tmp_path / "a.pgm").write_bytes(b"P5\n64 48\n1023\n" + (COUNTS // 20).astype(">u2").tobytes())
    assert (read_source_a(tmp_path / "a.pgm").pixels == 255).all()


def test_pnm_of_text_may_end_with_its_last_number(tmp_path, capfd):
    numbers = b" ".join(str(level).encode() for level in LEVELS.ravel())
    (tmp_path / "a.pgm").write_bytes(b"P2\n# by hand\n64 48\n255\n" + numbers)
    assert np.array_equal(read_source_a(tmp_path / "a.pgm").pixels[..., 0], LEVELS)
    assert capfd.readouterr() == ("", "")


def test_an_archive_is_called_one(tmp_path):
    np.savez(tmp_path / "a.npz", LEVELS)
    (tmp_path / "a.npz").rename(tmp_path / "a.png")
    with pytest.raises(ImageReadError, match="ZIP"):
        read_source_a(tmp_path / "a.png")


@pytest.mark.parametrize(("fourcc", "ending"), [("MJPG", ".avi"), ("mp4v", ".mp4"), ("MJPG", ".mkv")])
def test_a_video_in_place_of_an_image_is_sent_to_its_command(fourcc, ending, tmp_path):
    writer = cv2.VideoWriter(str(tmp_path / f"v{ending}"), cv2.VideoWriter_fourcc(*fourcc), 25, (64, 48))
    writer.write(COLOURS)
    writer.release()
    with pytest.raises(ImageReadError, match="is video, .* `mmfusion video A B OUT`"):
        read_source_a(tmp_path / f"v{ending}")


def test_alpha_of_colour_in_8_bits_still_counts(tmp_path):
    cv2.imwrite(str(tmp_path / "b.png"), np.dstack([COLOURS, np.where(TOP, 0, 255).astype(np.uint8)]))
    assert np.array_equal(read_source_b(tmp_path / "b.png").missing, TOP)
