"""Every door reads a pair by the same code, with the same options and notes (cases 04, 11, 16, 17)."""

import warnings

import cv2
import numpy as np
import pytest
from test_images.test_sources import flir

from mmfusion_distill.annotation.annotators.statistics_annotator import StatisticsAnnotator
from mmfusion_distill.annotation.prompting import load_pictures
from mmfusion_distill.cli import check as check_command
from mmfusion_distill.cli.source_arguments import add_source_arguments, source_options
from mmfusion_distill.data.folder_check import check_folders
from mmfusion_distill.data.transforms import LoadImagePair, LoadPairedImage
from mmfusion_distill.evaluation.report.folder import evaluate_folders, read_sources
from mmfusion_distill.export.calibration import calibration_pairs
from mmfusion_distill.images.image_io import read_image_pair, write_image
from mmfusion_distill.images.pairing import ImagePair
from mmfusion_distill.images.source_notes import SourceWarning
from mmfusion_distill.images.source_options import SourceOptions
from mmfusion_distill.inference.exported_inferencer import ExportedInferencer
from mmfusion_distill.inference.folder_fusing import fuse_files
from mmfusion_distill.inference.fusion_inferencer import FusionInferencer
from mmfusion_distill.registration.pair_reader import PairReader
from mmfusion_distill.video.pair_preparer import PairPreparer
from mmfusion_distill.video.video_options import VideoOptions
from mmfusion_distill.video.video_reader import Frame

HEIGHT, WIDTH = 64, 80
ROWS, COLUMNS = np.mgrid[:HEIGHT, :WIDTH]
CELSIUS = (10 + 20 * COLUMNS / WIDTH + 8 * (np.hypot(ROWS - 30, COLUMNS - 40) < 12)).astype(np.float32)


class SecondSource:
    """A network that returns what it was given as B."""

    guided = False

    def load(self, pair, text=None):
        return pair["img_b"]

    def size_of(self, loaded):
        return loaded.shape

    def fuse_loaded(self, batch):
        return [(b if b.dtype == np.uint8 else np.rint(b * 255).astype(np.uint8))[..., 0] for b in batch]


@pytest.fixture
def pair(tmp_path):
    """A file of A, and one of B as a function of its name; A shows something else than B."""
    for folder in ("a", "b", "visible", "infrared"):
        (tmp_path / folder).mkdir()
    seed = np.random.default_rng(5).integers(0, 256, (8, 10, 3)).astype(np.uint8)
    picture = cv2.resize(seed, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    write_image(tmp_path / "a" / "1.png", picture)
    write_image(tmp_path / "visible" / "1.png", picture)
    return tmp_path


def save_temperatures(kind, folder):
    if kind == "radiometric jpeg":
        return flir(CELSIUS, folder / "1.jpg")
    if kind == "float tiff":
        cv2.imwrite(str(folder / "1.tif"), CELSIUS + 273.15)
        return folder / "1.tif"
    if kind == "16 bits":
        cv2.imwrite(str(folder / "1.png"), ((CELSIUS + 273.15) * 100).astype(np.uint16))
        return folder / "1.png"
    np.save(folder / "1.npy", CELSIUS)
    return folder / "1.npy"


def by_fuse(a, b, tmp_path):
    fuse_files(SecondSource(), a, b, tmp_path / "out.png")
    return cv2.imread(str(tmp_path / "out.png"), cv2.IMREAD_UNCHANGED)


def by_api(a, b, tmp_path):
    return FusionInferencer(weights="tiny", device="cpu").reader.read(a, b).img_b


def by_pair(a, b, tmp_path):
    return read_image_pair(a, b)[1]


def by_training(a, b, tmp_path):
    return LoadImagePair()(dict(img_a_path=str(a), img_b_path=str(b)))["img_b"]


def by_detection(a, b, tmp_path):
    results = dict(img_path=str(a), infrared_path=str(b))
    return LoadPairedImage(to_float32=True)(results)["img"][:, :, 3]


def by_evaluation(a, b, tmp_path):
    return read_sources(PairReader(), a, b)[1]


def by_calibration(a, b, tmp_path):
    (_, img_b), *_ = calibration_pairs(a.parent, b.parent, 1, 1)
    return img_b[0, 0] * 255


def by_annotation(a, b, tmp_path):
    return load_pictures(ImagePair("1", a, b), 500)[1][:, :, 0]


DOORS = (by_fuse, by_api, by_pair, by_training, by_detection, by_evaluation, by_calibration, by_annotation)
KINDS = ("radiometric jpeg", "float tiff", "16 bits", "npy")


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_temperatures_are_read_as_temperatures(kind, door, pair):
    read = np.asarray(door(pair / "a" / "1.png", save_temperatures(kind, pair / "b"), pair), float).squeeze()
    assert read.shape == CELSIUS.shape
    assert np.corrcoef(read.ravel(), CELSIUS.ravel())[0, 1] > 0.999 and np.ptp(read) > 250


@pytest.mark.parametrize("kind", KINDS)
def test_folders_of_temperatures_are_checked_annotated_and_scored(kind, pair):
    path = save_temperatures(kind, pair / "b")
    reader = PairReader()
    count, problems = check_folders(pair / "a", pair / "b", reader=reader)
    assert count == 1 and problems == [] and "stretched between" in " ".join(reader.notes())
    annotator = StatisticsAnnotator()
    annotator.reader = PairReader()
    (result,) = annotator.annotate([ImagePair("1", pair / "a" / "1.png", path)])
    assert result.annotation is not None and annotator.reader.noted == reader.noted
    scored = evaluate_folders(pair / "a", pair / "b", dict(a=pair / "a"), ["SD"], baselines=False)
    assert scored.names == ["1"]


def test_the_api_warns_of_what_the_command_notes(pair):
    from mmfusion_distill.images.source_notes import warn_of_source

    reader = PairReader(announce=warn_of_source)
    b = save_temperatures("float tiff", pair / "b")
    with pytest.warns(SourceWarning, match=r"1 image of source B holds degrees or counts .*1\.tif"):
        reader.read(pair / "a" / "1.png", b)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reader.read(pair / "a" / "1.png", b)
    assert "2 images of source B hold degrees" in reader.notes()[0]


@pytest.mark.parametrize("inferencer", [FusionInferencer, ExportedInferencer])
def test_inferencers_take_the_options_of_the_commands(inferencer):
    import inspect

    assert "sources" in inspect.signature(inferencer).parameters


def test_options_reach_training_and_wrong_ones_are_named(pair):
    b = save_temperatures("npy", pair / "b")
    loaded = LoadImagePair(sources=dict(ir_range=(0, 100)))(
        dict(img_a_path=str(pair / "a" / "1.png"), img_b_path=str(b))
    )
    assert np.abs(loaded["img_b"][..., 0] - CELSIUS * 2.55).max() < 0.1
    with pytest.raises(
        ValueError, match="LoadImagePair: sources has no option 'range': take ir_range, a_range"
    ):
        LoadImagePair(sources=dict(range=(0, 1)))


#: Source A of 12 bits in 16 (case 11).
DEEP = (np.dstack([COLUMNS * 50, ROWS * 60, 2000 + 0 * ROWS])).astype(np.uint16)


def test_12_bits_in_16_are_noted_and_have_a_range(pair):
    cv2.imwrite(str(pair / "a" / "1.png"), DEEP)
    write_image(pair / "b" / "1.png", CELSIUS[:, :, None] * 5)
    reader = PairReader()
    dark = reader.read(pair / "a" / "1.png", pair / "b" / "1.png").img_a
    assert dark.max() < 17
    assert any("uses a small part of 16 bits" in note and "12 bits?" in note for note in reader.notes())
    for a_range in ((0, 4095), "auto"):
        reader = PairReader(SourceOptions(a_range=a_range))
        read = reader.read(pair / "a" / "1.png", pair / "b" / "1.png").img_a
        assert read.max() > 235 and not any("16 bits" in note for note in reader.notes())
    assert np.abs(read[..., ::-1] - np.clip(DEEP / DEEP.max() * 255, 0, 255)).max() < 6


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ([], None),
        (["--a-range", "full"], None),
        (["--a-range", "auto"], "auto"),
        (["--a-range", "0", "4095"], (0, 4095)),
    ],
)
def test_a_range_is_an_argument_of_every_command_that_reads_pairs(arguments, expected):
    import argparse

    parser = argparse.ArgumentParser()
    add_source_arguments(parser)
    assert source_options(parser.parse_args(arguments)).a_range == expected


@pytest.mark.parametrize("values", [["9"], ["9", "1"], ["dark", "bright"], ["nan", "1"], ["1", "2", "3"]])
def test_a_range_that_is_none_is_named(values):
    import argparse

    parser = argparse.ArgumentParser()
    add_source_arguments(parser)
    with pytest.raises(ValueError, match="--a-range.* is "):
        source_options(parser.parse_args(["--a-range", *values]))


def notes_of(img_a, img_b):
    reader = PairReader()
    reader.read(img_a, img_b)
    return [note for note in reader.notes() if "not registered" not in note]


TEXTURE = cv2.GaussianBlur(
    np.random.default_rng(2).normal(0, 40, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 1.2
)
VISIBLE = np.clip(120 + 2 * TEXTURE[:, :, None] + [0, 20, 40], 0, 255).astype(np.uint8)
INFRARED = np.clip(CELSIUS * 5, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("palette", [cv2.COLORMAP_JET, cv2.COLORMAP_RAINBOW, cv2.COLORMAP_INFERNO])
def test_a_false_colour_palette_as_source_b_is_said(palette, pair):
    colored = cv2.applyColorMap(INFRARED, palette)[:, :, ::-1]
    (note,) = notes_of(VISIBLE, colored)
    assert "1 image of source B is coloured" in note and "palette" in note
    write_image(pair / "b" / "1.png", colored)
    _, problems = check_folders(pair / "a", pair / "b")
    assert [(problem.kind, "coloured" in problem.detail) for problem in problems] == [("sources", True)]


def test_check_says_it_too_and_ends_with_1(pair, capsys):
    write_image(pair / "b" / "1.png", cv2.applyColorMap(INFRARED, cv2.COLORMAP_JET)[:, :, ::-1])
    assert check_command.main([str(pair / "a"), str(pair / "b")]) == 1
    assert "note: 1 image of source B is coloured" in capsys.readouterr().out


def test_exchanged_sources_are_said():
    (note,) = notes_of(INFRARED, VISIBLE)
    assert "has a gray source A and a coloured source B" in note and "exchanged" in note


def test_a_gray_copy_of_a_as_source_b_is_said():
    gray = cv2.cvtColor(VISIBLE, cv2.COLOR_RGB2GRAY)
    for img_b in (gray, 255 - gray, (255 * (gray / 255) ** 0.6).astype(np.uint8)):
        assert ["nothing in them is infrared" in note for note in notes_of(VISIBLE, img_b)] == [True]


def test_hot_pixels_are_counted():
    hot = INFRARED.copy()
    hot[10, 10] = hot[40, 60] = 255
    (note,) = notes_of(VISIBLE, hot)
    assert "has hot pixels" in note and "(2)" in note


def test_infrared_as_it_should_be_is_passed_over_in_silence():
    assert notes_of(VISIBLE, INFRARED) == []
    assert notes_of(VISIBLE, np.dstack([INFRARED] * 3)) == []


def test_films_are_read_by_the_same_code():
    filled = ((CELSIUS + 273.15) * 100).astype(np.uint16)
    filled[:, :5] = 0
    preparer = PairPreparer(VideoOptions(steady=0, sources=SourceOptions(a_range=(0, 4095))), "a and b")
    (prepared,) = preparer([(0, (Frame(DEEP, 0.0), Frame(filled, 0.0)))])
    expected = PairReader(SourceOptions(a_range=(0, 4095))).read(DEEP, filled)
    assert np.abs(prepared.read.img_a - expected.img_a).max() < 0.01
    assert np.abs(prepared.read.img_b - expected.img_b).max() < 0.01
    assert np.array_equal(prepared.read.missing, expected.missing) and expected.missing[:, :5].all()
    assert any("parts without data" in note for note in preparer.notes)
