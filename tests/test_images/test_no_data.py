"""What is no data does not enter ranges, and comes out as source A (case 06)."""

import cv2
import numpy as np
import pytest
from PIL import Image

from mmfusion_distill.images.image_io import write_image
from mmfusion_distill.images.no_data import fill_smoothly, find_no_data, show_a_in_gaps
from mmfusion_distill.images.source_options import SourceOptions
from mmfusion_distill.images.source_reading import read_source_a, read_source_b
from mmfusion_distill.inference.fusion_inferencer import FusionInferencer
from mmfusion_distill.registration.pair_reader import PairReader

HEIGHT, WIDTH = 96, 128
ROWS, COLUMNS = np.mgrid[:HEIGHT, :WIDTH]


def scene(low, high, kind):
    """A warm body before a gradient, with noise."""
    noise = np.random.default_rng(0).normal(0, 0.02, (HEIGHT, WIDTH))
    shape = 0.2 + 0.3 * COLUMNS / WIDTH + 0.4 * (np.hypot(ROWS - 48, COLUMNS - 60) < 20) + noise
    return (low + (high - low) * shape).astype(kind)


COUNTS = scene(29_000, 30_000, np.uint16)
CELSIUS = scene(10, 40, np.float32)
LEVELS = scene(40, 250, np.uint8)
SIDES = (COLUMNS < 6) | (COLUMNS >= WIDTH - 6)
TOP = ROWS < 10


def with_fill(image, mask, value):
    filled = image.copy()
    filled[mask] = value
    return filled


def gdal(path, image, value):
    import tifffile

    tifffile.imwrite(path, image, extratags=[(42113, "s", 0, str(value), True)])
    return path


FILLS = {
    "zeros beside counts": (COUNTS, SIDES, 0),
    "zeros in a corner": (COUNTS, (ROWS < 30) & (COLUMNS < 30), 0),
    "a hole": (COUNTS, np.hypot(ROWS - 70, COLUMNS - 100) < 8, 0),
    "the largest of 16 bits": (COUNTS, SIDES, 65_535),
    "-9999": (CELSIUS, TOP, -9999),
    "not a number": (CELSIUS, TOP, np.nan),
    "infinite": (CELSIUS, TOP, np.inf),
    "the largest float": (CELSIUS, TOP, 3.4e38),
    "absolute zero": (CELSIUS, SIDES, -273.15),
    "-32768": (scene(-200, 900, np.int16), TOP, -32_768),
    "black sides of 8 bits": (LEVELS, SIDES, 0),
}


@pytest.mark.parametrize("name", FILLS)
def test_fill_values_are_found_and_leave_the_range_alone(name):
    image, mask, value = FILLS[name]
    filled = with_fill(image, mask, value)
    found = find_no_data(filled)
    assert (found & ~mask).sum() <= 0.03 * mask.size and found[mask].all()
    read, whole = read_source_b(filled).pixels, read_source_b(image).pixels
    inner = ~cv2.dilate(mask.astype(np.uint8), np.ones((5, 5))).astype(bool)
    assert np.abs(read - whole)[inner].max() < 8
    assert read.min() >= 0 and read.max() <= 255


def test_a_turned_and_shifted_picture_has_black_borders():
    matrix = cv2.getRotationMatrix2D((64, 48), 4, 1) + np.array([[0, 0, 5], [0, 0, 3]])
    for image in (LEVELS, COUNTS):
        true = cv2.warpAffine(np.full((HEIGHT, WIDTH), 255, np.uint8), matrix, (WIDTH, HEIGHT)) < 255
        found = find_no_data(cv2.warpAffine(image, matrix, (WIDTH, HEIGHT)))
        assert (found & true).sum() > 0.95 * true.sum() and (found & ~true).sum() < 0.04 * true.size


def test_the_borders_of_a_jpeg_are_black_though_not_exactly(tmp_path):
    larger = cv2.resize(LEVELS, (512, 384))
    larger[:, :11] = 0
    found = find_no_data(cv2.imdecode(cv2.imencode(".jpg", larger)[1], cv2.IMREAD_UNCHANGED))
    assert found[:, :10].all() and not found[:, 16:].any()


def test_a_narrow_wedge_is_found_beside_dark_things():
    larger = cv2.resize(LEVELS, (512, 384)).astype(np.float32) + 20
    larger[100:160, 495:] = 0
    cv2.fillPoly(larger, [np.array([[512, 280], [508, 384], [512, 384]])], 0)
    larger = larger.clip(0, 255).astype(np.uint8)
    found = find_no_data(cv2.imdecode(cv2.imencode(".jpg", larger)[1], cv2.IMREAD_UNCHANGED))
    assert (
        found[310:, -1].all()
        and found[370:, -3:].all()
        and not found[:, :506].any()
        and not found[:270].any()
    )


def test_a_value_that_a_file_names_is_no_data_wherever_it_is(tmp_path):
    mask = (ROWS > 80) & (COLUMNS < 60)
    path = gdal(tmp_path / "b.tif", with_fill(CELSIUS, mask, 20.5), 20.5)
    assert np.array_equal(read_source_b(path).missing, mask)


def test_transparent_pixels_are_no_data(tmp_path):
    alpha = np.where(TOP, 0, 255).astype(np.uint8)
    Image.merge("LA", (Image.fromarray(LEVELS), Image.fromarray(alpha))).save(tmp_path / "b.png")
    assert np.array_equal(read_source_b(tmp_path / "b.png").missing, TOP)


WHOLE = {
    "counts": COUNTS,
    "degrees": CELSIUS,
    "levels": LEVELS,
    "all of one value": np.full((HEIGHT, WIDTH), 7, np.uint16),
    "half black, half white": np.where(COLUMNS < 64, 0, 60_000).astype(np.uint16),
    "a bright box on black": with_fill(
        np.zeros((HEIGHT, WIDTH), np.uint8), (ROWS > 30) & (COLUMNS > 50), 200
    ),
    "a hot body that saturates": cv2.GaussianBlur(
        with_fill(COUNTS, np.hypot(ROWS - 48, COLUMNS - 60) < 12, 65_535).astype(np.float32), (0, 0), 1.5
    ).astype(np.uint16),
    "a scan on black ground": with_fill(
        scene(60, 200, np.uint8), ((ROWS - 48) / 44) ** 2 + ((COLUMNS - 64) / 56) ** 2 > 1, 0
    ),
    "a cold sky over roofs": with_fill(
        LEVELS, ROWS < 20 + 8 * (COLUMNS // 16 % 2) + 5 * (COLUMNS // 5 % 3), 0
    ),
    "a cold post at a side": with_fill(LEVELS, (COLUMNS < 9) & (ROWS > 30) & (ROWS < 70), 0),
}


@pytest.mark.parametrize("name", WHOLE)
def test_pictures_that_are_whole_are_left_whole(name):
    assert find_no_data(WHOLE[name]) is None


def test_gaps_are_filled_without_an_edge():
    mask = (ROWS > 20) & (ROWS < 60) & (COLUMNS > 90)
    image = COLUMNS.astype(np.float32)
    filled = fill_smoothly(with_fill(image, mask, -1e6), mask)
    assert np.array_equal(filled[~mask], image[~mask])
    assert filled[mask].min() > 85 and filled[mask].max() < 128


@pytest.fixture(scope="module")
def tiny():
    return FusionInferencer(weights="tiny", device="cpu")


@pytest.fixture
def visible(tmp_path):
    write_image(tmp_path / "a.png", np.dstack([ROWS * 2, COLUMNS, 120 + 0 * ROWS]))
    return tmp_path / "a.png"


@pytest.mark.parametrize("value", [0, np.nan])
def test_the_result_is_source_a_where_b_has_no_data(value, tiny, visible, tmp_path):
    image = with_fill(CELSIUS if np.isnan(value) else COUNTS, COLUMNS >= 100, value)
    np.save(tmp_path / "b.npy", image)
    fused = tiny.fuse(visible, tmp_path / "b.npy")
    img_a = cv2.imread(str(visible))[:, :, ::-1]
    assert np.array_equal(fused[:, 100:], img_a[:, 100:])
    assert np.abs(fused[40:56, 50:70].astype(int) - img_a[40:56, 50:70]).mean() > 10


def test_single_dead_pixels_are_no_specks_of_source_a():
    fused, img_a = np.full((20, 20), 200, np.uint8), np.zeros((20, 20, 1))
    missing = np.zeros((20, 20), bool)
    missing[5, 5] = missing[10:12, 14] = True
    assert np.array_equal(show_a_in_gaps(fused, img_a, missing), fused)
    missing[:, 0] = True
    shown = show_a_in_gaps(fused, img_a, missing)
    assert (shown[:, 0] == 0).all() and shown[5, 5] > 100 and (np.diff(shown[0, :9].astype(int)) > 0).all()


def test_what_registration_leaves_unseen_is_source_a(visible, tmp_path):
    from mmfusion_distill.registration.camera_calibration import CameraCalibration

    matrix = np.array([[1.0, 0, 20], [0, 1, 0], [0, 0, 1]])
    CameraCalibration(matrix, (HEIGHT, WIDTH), (HEIGHT, WIDTH)).write(tmp_path / "c.json")
    write_image(tmp_path / "b.png", LEVELS)
    reader = PairReader(SourceOptions(calibration=tmp_path / "c.json"))
    missing = reader.read(visible, tmp_path / "b.png").missing
    assert missing[:, :20].all() and not missing[:, 21:].any()


def test_a_range_by_percentiles_leaves_no_data_of_source_a_out():
    options = SourceOptions(a_range="auto")
    whole, filled = (read_source_a(image, options).pixels for image in (COUNTS, with_fill(COUNTS, SIDES, 0)))
    assert np.abs(whole - filled)[:, 10:-10].max() < 8


def test_nothing_but_no_data_is_refused(tmp_path):
    np.save(tmp_path / "b.npy", np.full((HEIGHT, WIDTH), np.nan))
    with pytest.raises(ValueError, match=r"b\.npy holds float64 values from nan"):
        read_source_b(tmp_path / "b.npy")


def test_parts_of_source_a_that_are_no_numbers_are_named():
    image = np.full((20, 20), 0.5, np.float32)
    assert read_source_a(image).notes == ()
    image[:2] = np.nan
    ((sentence, share),) = read_source_a(image).notes
    assert "of source A [has|have] parts that are no numbers" in sentence and share == " (10.0 %)"


def test_what_interpolation_left_between_fill_and_image_shows_nothing_either():
    filled = with_fill(COUNTS, COLUMNS < 20, 0)
    filled[:, 20] //= 2
    found = find_no_data(filled)
    assert found[:, :21].all() and not found[:, 21:].any()


def test_two_fill_values_of_one_file_are_both_left_out():
    degrees = with_fill(with_fill(CELSIUS, SIDES, -273.15), TOP, -9999)
    assert np.array_equal(find_no_data(degrees), SIDES | TOP)


def test_what_b_lacks_is_resized_with_it(tmp_path):
    small = with_fill(COUNTS, TOP, 0)
    visible = np.random.default_rng(0).integers(0, 256, (2 * HEIGHT, 2 * WIDTH, 3), dtype=np.uint8)
    read = PairReader(SourceOptions(resize=True)).read(visible, small)
    assert read.missing.shape == visible.shape[:2]
    assert read.missing[:18].all() and not read.missing[24:].any()
