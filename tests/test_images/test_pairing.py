"""Which images belong together: equal names, patterns, the marks of cameras, one folder, sub-folders."""

import json
import os
import re
import unicodedata

import numpy as np
import pytest

from mmfusion_distill.annotation.annotation_file import (
    annotation_path_of,
    read_annotation_of,
    write_annotation,
)
from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.cli import annotate, check, evaluate
from mmfusion_distill.images.image_files import PairingError, read_name_list
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.images.name_pattern import NamePattern
from mmfusion_distill.images.pairing import find_pairs, named_pairs
from mmfusion_distill.inference.folder_fusing import fuse_files
from mmfusion_distill.user_errors import UserError


def folder(path, *names):
    """A folder with a small image of another gray for each name."""
    for level, name in enumerate(names, 10):
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        if name.endswith((".png", ".jpg", ".tiff")):
            write_image(path / name, np.full((16, 20), level))
        else:
            (path / name).write_bytes(b"")
    return path


def names_of(pairs):
    return {
        pair.name: (
            f"{pair.path_a.parent.name}/{pair.path_a.name}",
            f"{pair.path_b.parent.name}/{pair.path_b.name}",
        )
        for pair in pairs
    }


#: Names of A, names of B, and the pairs by the places of their names.
MARKED = [
    ("0001_vis 0002_vis", "0001_ir 0002_ir", {"0001": (0, 0), "0002": (1, 1)}),
    ("0001-VIS", "0001-IR", {"0001": (0, 0)}),
    ("rgb_7", "thermal_7", {"7": (0, 0)}),
    ("VIS1 VIS10", "IR1 IR10", {"1": (0, 0), "10": (1, 1)}),
    ("00001v", "00001i", {"00001": (0, 0)}),
    ("v00001", "i00001", {"00001": (0, 0)}),
    ("vis", "ir", {"vis": (0, 0)}),
    ("0001", "0001_thermal", {"0001": (0, 0)}),
    ("DJI_0001_W DJI_0001_Z", "DJI_0001_T", {"DJI_0001": (0, 0)}),
    ("FLIR_00002_RGB", "FLIR_00002_PreviewData", {"FLIR_00002": (0, 0)}),
    ("MAX_0001", "IRX_0001", {"0001": (0, 0)}),
    ("DC_0124 DC_0126", "IR_0123 IR_0125", {"0123": (0, 0), "0125": (1, 1)}),
    ("DC_0124", "FLIR0123", {"0123": (0, 0)}),
    ("video-x1-frame-000411-ab", "video-y2-frame-000411-cd", {"000411": (0, 0)}),
    ("female_front_rgb_01", "female_front_ir_01", {"female_front_01": (0, 0)}),
    ("day/0001_vis night/0001_vis", "day/0001_ir night/0001_ir", {"day/0001": (0, 0), "night/0001": (1, 1)}),
    ("1_CT", "1_MRI", {"1": (0, 0)}),
    ("FLIR0001_Visual", "FLIR0001", {"FLIR0001": (0, 0)}),
    ("x/vis y/vis", "x/ir y/ir", {"x": (0, 0), "y": (1, 1)}),
    ("00000_co", "00000_ir", {"00000": (0, 0)}),
    ("DJI_1_RGB DJI_1_Z", "DJI_1_T", {"DJI_1": (0, 0)}),
    ("1_V", "1_thermal", {"1": (0, 0)}),
    ("IMG_1_vis IMG_2_vis", "img_001_IR img_002_IR", {"IMG_1": (0, 0), "IMG_2": (1, 1)}),
    ("DJI_20230101120000_0001_W", "DJI_20230101120001_0001_T", {"DJI_20230101120000_0001": (0, 0)}),
]


@pytest.mark.parametrize(("names_a", "names_b", "expected"), MARKED, ids=lambda value: str(value)[:20])
def test_marks_of_cameras_and_data_sets_pair_up_by_themselves(names_a, names_b, expected, tmp_path):
    a, b = ([f"{name}.png" for name in names.split()] for names in (names_a, names_b))
    folder(tmp_path / "a", *a), folder(tmp_path / "b", *b)
    pairs, _ = find_pairs(tmp_path / "a", tmp_path / "b")
    assert {pair.name: (pair.path_a, pair.path_b) for pair in pairs} == {
        name: (tmp_path / "a" / a[i], tmp_path / "b" / b[j]) for name, (i, j) in expected.items()
    }


@pytest.mark.parametrize(
    ("names_a", "names_b", "expected"),
    [
        ("IMG_1 IMG_2", "img_1 img_2", {"IMG_1": (0, 0), "IMG_2": (1, 1)}),
        ("day/IMG_1", "Day/img_1", {"day/IMG_1": (0, 0)}),
        ("1 2 100", "001 002 100", {"1": (0, 0), "2": (1, 1), "100": (2, 2)}),
        # what is equal belongs together, and nothing is near to two
        ("1 01 2", "01 001 2", {"01": (1, 0), "2": (2, 2)}),
        ("x0.05 x0.5", "x0.05 x0.50", {"x0.05": (0, 0)}),
    ],
)
def test_case_and_leading_zeros_of_names_do_not_count_where_that_is_clear(
    names_a, names_b, expected, tmp_path
):
    a, b = ([f"{name}.png" for name in names.split()] for names in (names_a, names_b))
    folder(tmp_path / "a", *a), folder(tmp_path / "b", *b)
    pairing = named_pairs(tmp_path / "a", tmp_path / "b")
    assert {pair.name: (pair.path_a, pair.path_b) for pair in pairing.pairs} == {
        name: (tmp_path / "a" / a[i], tmp_path / "b" / b[j]) for name, (i, j) in expected.items()
    }
    differ = any(a[i] != b[j] for i, j in expected.values())
    assert ("upper and lower case and leading zeros aside" in pairing.note) == differ


def test_names_that_are_near_to_two_others_are_refused_with_a_remedy(tmp_path):
    folder(tmp_path / "a", "1.png", "01.png"), folder(tmp_path / "b", "001.png")
    message = "01, 1 of the one and 001 of the other differ in case and leading zeros only: rename them"
    with pytest.raises(PairingError, match=message):
        find_pairs(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize(
    ("names_a", "names_b", "patterns"),
    [
        ("1_left 2_left", "1_right 2_right 3_right", "'{name}_left' and '{name}_right'"),
        ("1 2", "1D 2D", "'{name}' and '{name}D'"),
        ("cam_1", "th_1", "'cam_{name}' and 'th_{name}'"),
        ("0001_VIS", "0001_IR_8bit", "'{name}_VIS' and '{name}_IR_8bit'"),
        ("x/1_left", "x/1_right", "'{name}_left' and '{name}_right'"),
    ],
)
def test_words_that_nobody_knows_pair_up_where_all_names_of_a_folder_have_them(
    names_a, names_b, patterns, tmp_path
):
    a, b = ([f"{name}.png" for name in names.split()] for names in (names_a, names_b))
    folder(tmp_path / "a", *a), folder(tmp_path / "b", *b)
    pairing = named_pairs(tmp_path / "a", tmp_path / "b")
    assert [(pair.path_a.name, pair.path_b.name) for pair in pairing.pairs] == [
        (os.path.basename(one), os.path.basename(two)) for one, two in zip(a, b)
    ]
    assert pairing.note.endswith(patterns)


@pytest.mark.parametrize(
    ("names_a", "names_b"),
    [
        ("DJI_1 DJI_3", "DJI_2 DJI_4"),  # one counter for both cameras
        ("cam1_7", "cam2_7"),
        ("12_00_vis", "12_01_ir"),
        ("IMG_1 IMG_4", "THM_2 THM_4"),
        ("1_thermal", "1_left"),
        ("a", "b"),
    ],
)
def test_what_only_may_belong_together_is_left_to_a_pattern(names_a, names_b, tmp_path):
    folder(tmp_path / "a", *(f"{name}.png" for name in names_a.split()))
    folder(tmp_path / "b", *(f"{name}.png" for name in names_b.split()))
    with pytest.raises(PairingError, match="say how by --pattern"):
        find_pairs(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize(
    ("files", "pattern", "expected"),
    [
        (["0001_vis.png", "0001_ir.png"], ("{name}_vis", "{name}_ir"),
         {"0001": ("p/0001_vis.png", "p/0001_ir.png")}),
        (["DJI_1_W.jpg", "DJI_1_T.jpg", "DJI_1_Z.jpg"], ("{name}_W", "{name}_T"),
         {"DJI_1": ("p/DJI_1_W.jpg", "p/DJI_1_T.jpg")}),
        (["rgb/1.png", "thermal/1.png"], ("rgb/{name}", "thermal/{name}"), {"1": ("rgb/1.png", "thermal/1.png")}),
    ],
)  # fmt: skip
def test_one_folder_may_hold_both_sources_if_a_pattern_says_so(files, pattern, expected, tmp_path):
    p = folder(tmp_path / "p", *files)
    with pytest.raises(PairingError, match=re.escape("--pattern '{}' '{}'".format(*pattern))):
        find_pairs(p, p)
    pairs, unmatched = find_pairs(p, p, pattern=pattern)
    assert names_of(pairs) == expected
    assert len(unmatched) == len(files) - 2 * len(pairs)


def test_names_that_pair_up_in_two_ways_are_refused(tmp_path):
    folder(tmp_path / "a", "1_vis.png", "1_rgb.png"), folder(tmp_path / "b", "1_ir.png")
    with pytest.raises(UserError, match="1_vis with 1_ir and 1_rgb with 1_ir: say which by --pattern"):
        find_pairs(tmp_path / "a", tmp_path / "b")
    pairs, _ = find_pairs(tmp_path / "a", tmp_path / "b", pattern=("{name}_rgb", "{name}_ir"))
    assert names_of(pairs) == {"1": ("a/1_rgb.png", "b/1_ir.png")}


def test_folders_the_wrong_way_round_are_named(tmp_path):
    folder(tmp_path / "a", "1_ir.png"), folder(tmp_path / "b", "1_vis.png")
    with pytest.raises(PairingError, match="the other way round: give the visible images first"):
        find_pairs(tmp_path / "a", tmp_path / "b")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (("{name}_left", "{name}_right"), {"1": ("p/1_left.png", "p/1_right.tiff")}),
        (("{name}_left.png", "{name}_right.tiff"), {"1": ("p/1_left.png", "p/1_right.tiff")}),
        (("s*_{name}_L", "s*_{name}_R"), {"07": ("p/s1_07_L.png", "p/s2_07_R.png")}),
        (("{scene}.L.{take}", "{scene}.R.{take}"), {"k_3": ("p/k.L.3.png", "p/k.R.3.png")}),
        (("{name}.png", "{name}.tiff"), {"same": ("p/same.png", "p/same.tiff")}),
        (("up_{name}", "down_{name}"), {"M1": ("p/up_M1.png", "p/down_m01.png")}),
    ],
)
def test_patterns_pair_what_marks_do_not(pattern, expected, tmp_path):
    names = [
        "1_left.png",
        "1_right.tiff",
        "s1_07_L.png",
        "s2_07_R.png",
        "k.L.3.png",
        "k.R.3.png",
        "same.png",
        "same.tiff",
        "up_M1.png",
        "down_m01.png",
    ]
    p = folder(tmp_path / "p", *names)
    pairs, unmatched = find_pairs(p, p, pattern=pattern)
    assert names_of(pairs) == expected
    assert len(unmatched) == len(names) - 2


def test_a_star_stays_in_its_folder():
    assert NamePattern("s*_{name}").read("s1_07") == {"name": "07"}
    assert NamePattern("s*_{name}").read("s1/x_07") is None


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (("{name}_left", "right"), "the pattern 'right' is none: write {name}"),
        (("{}_left", "{name}"), "the pattern '{}_left' is none"),
        (("{name}_{name}", "{name}"), "is none"),
        (("{name}_left", "{other}_right"), "have not the same in braces"),
        (("{name}_*", "{name}_right"), "takes both .* for 1: make it narrower"),
        (("{name}", "{name}"), "A and B are the same file .*1_left.png"),
        (("{name}_up", "{name}_down"), "has a partner by the patterns '{name}_up' and '{name}_down'"),
        (("{name}_left",), "is none: give one for the names of A and one for those of B"),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused(pattern, message, tmp_path):
    p = folder(tmp_path / "p", "1_left.png", "1_right.png")
    with pytest.raises(UserError, match=message):
        find_pairs(p, p, pattern=pattern)


@pytest.mark.parametrize("files", [["1.png", "2.png"], ["1_vis.png", "1_ir.png"]])
def test_the_same_folder_twice_is_an_error_at_every_door(files, tmp_path):
    p = folder(tmp_path / "p", *files)
    (tmp_path / "link").symlink_to(p)
    message = "A and B are the same folder .*: if it holds both .*--pattern '{name}_vis' '{name}_ir'"
    for other in (p, tmp_path / "link"):
        with pytest.raises(PairingError, match=message):
            find_pairs(p, other)
    with pytest.raises(PairingError, match=message):
        fuse_files(None, p, p, tmp_path / "o")
    for run, arguments in (
        (annotate.main, (p, p)),
        (check.main, (p, p)),
        (evaluate.main, ("--a", p, "--b", p, "--out", tmp_path / "s")),
    ):
        with pytest.raises(SystemExit, match="^error: A and B are the same folder"):
            run([str(argument) for argument in arguments])
    assert not (tmp_path / "o").exists() and not (tmp_path / "annotations").exists()


def test_one_file_as_both_sources_is_an_error(tmp_path):
    p = folder(tmp_path / "p", "1.png")
    (tmp_path / "q").mkdir()
    (tmp_path / "q" / "1.png").symlink_to(p / "1.png")
    for a, b in ((p / "1.png",) * 2, (p / "1.png", tmp_path / "q" / "1.png"), (p, tmp_path / "q")):
        with pytest.raises(PairingError, match="A and B are the same file"):
            fuse_files(None, a, b, tmp_path / "o")


def test_sub_folders_are_read_where_a_folder_has_no_pictures(tmp_path):
    (
        folder(tmp_path / "a", "day/1.png", "night/1.png", ".hidden/1.png"),
        folder(tmp_path / "b", "day/1.jpg", "night/1.jpg"),
    )
    pairs, _ = find_pairs(tmp_path / "a", tmp_path / "b")
    assert names_of(pairs) == {"day/1": ("day/1.png", "day/1.jpg"), "night/1": ("night/1.png", "night/1.jpg")}
    assert [pair.name for pair in find_pairs(tmp_path / "a", tmp_path / "b", ["night/1.png"])[0]] == [
        "night/1"
    ]
    # Beside images sub-folders hold something else, e.g. results.
    folder(tmp_path / "a", "2.png"), folder(tmp_path / "b", "2.png")
    assert names_of(find_pairs(tmp_path / "a", tmp_path / "b")[0]) == {"2": ("a/2.png", "b/2.png")}


@pytest.mark.parametrize("extension", ["pgm", "ppm", "jp2", "avif", "heic", "PGM"])
def test_pictures_of_other_formats_are_listed(extension, tmp_path):
    folder(tmp_path / "a", f"1.{extension}"), folder(tmp_path / "b", "1.png")
    assert find_pairs(tmp_path / "a", tmp_path / "b")[0][0].name == "1"


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_accents_may_be_written_apart_from_their_letters(forms, tmp_path):
    a, b = (unicodedata.normalize(form, "Küche_é.png") for form in forms)
    folder(tmp_path / "a", a), folder(tmp_path / "b", b)
    (pair,), unmatched = find_pairs(tmp_path / "a", tmp_path / "b")
    assert (pair.path_a.name, pair.path_b.name, unmatched) == (a, b, [])
    assert find_pairs(tmp_path / "a", tmp_path / "b", [b])[0] == [pair]
    assert find_pairs(tmp_path / "a", tmp_path / "b", pattern=("K{name}", "K{name}"))[0][0].path_b.name == b
    write_annotation(
        tmp_path / "t" / unicodedata.normalize(forms[1], "Küche_é.txt"), Annotation((Event("haze"),))
    )
    assert read_annotation_of(pair, tmp_path / "t").event_types == ("haze",)


def test_the_map_of_flirs_film_frames_is_used(tmp_path):
    (
        folder(tmp_path / "rgb" / "data", "video-a-frame-000-x.jpg"),
        folder(tmp_path / "thermal" / "data", "video-b-frame-007-y.jpg"),
    )
    table = {"video-a-frame-000-x.jpg": "video-b-frame-007-y.jpg"}
    (tmp_path / "rgb_to_thermal_vid_map.json").write_text(json.dumps(table))
    (pair,), _ = find_pairs(tmp_path / "rgb" / "data", tmp_path / "thermal" / "data")
    assert pair.path_b.name == "video-b-frame-007-y.jpg"


def test_names_of_a_list_are_those_of_pairs_or_of_files(tmp_path):
    folder(tmp_path / "p", "1_vis.png", "1_ir.png", "2_vis.png", "2_ir.png")
    p, pattern = tmp_path / "p", ("{name}_vis", "{name}_ir")
    for name in ("2", "2_vis", "2_vis.png", "2_ir", "p/2_vis.png"):
        assert [pair.name for pair in find_pairs(p, p, [name], pattern)[0]] == ["2"]
    with pytest.raises(PairingError, match="1 listed pairs are not in both .*: 3"):
        find_pairs(p, p, ["1", "3"], pattern)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_list_may_have_any_encoding_of_unicode(encoding, tmp_path):
    (tmp_path / "list.txt").write_bytes("0001.png\r\nK\u00fcche\r\n\r\nday\\0002.JPG\r\n".encode(encoding))
    assert read_name_list(tmp_path / "list.txt") == ["0001", "K\u00fcche", "day/0002"]


def test_a_list_that_is_no_text_is_named(tmp_path):
    (tmp_path / "list.txt").write_bytes(bytes(range(256)))
    with pytest.raises(PairingError, match=r"list\.txt is no text: name a text file"):
        read_name_list(tmp_path / "list.txt")


def test_annotations_of_equal_names_in_sub_folders_do_not_meet(tmp_path):
    a = folder(tmp_path / "a", "dawn/1.png", "dusk/1.png", "x/vis.png")
    b = folder(tmp_path / "b", "dawn/1.png", "dusk/1.png")
    for pair in find_pairs(a, b)[0]:
        write_annotation(
            annotation_path_of(pair, tmp_path / "t"), Annotation((Event(pair.name.split("/")[0]),))
        )
        assert read_annotation_of(pair, tmp_path / "t").event_types == (pair.name.split("/")[0],)
    p = folder(tmp_path / "p", "x/vis.png", "x/ir.png", "y/vis.png", "y/ir.png")
    paths = [
        annotation_path_of(pair, tmp_path / "t")
        for pair in find_pairs(p, p, pattern=("{name}/vis", "{name}/ir"))[0]
    ]
    assert paths == [tmp_path / "t" / "x.txt", tmp_path / "t" / "y.txt"]


def test_every_door_takes_a_pattern(tmp_path, capsys):
    pytest.importorskip("mmengine")
    rng = np.random.default_rng(0)
    p = tmp_path / "p"
    for name in ("1-l", "1-r", "2-l", "2-r"):
        write_image(p / f"{name}.png", rng.integers(0, 256, (64, 72)))
    write_image(tmp_path / "f" / "1.png", read_image(p / "1-l.png"))
    write_image(tmp_path / "f" / "2-l.png", read_image(p / "2-l.png"))
    pattern = ["--pattern", "{name}-l", "{name}-r"]
    assert check.main([str(p), str(p), *pattern]) == 0
    assert capsys.readouterr().out == "2 pairs, 0 problems\n"
    assert annotate.main([str(p), str(p), *pattern]) == 0
    assert sorted(os.listdir(tmp_path / "annotations")) == ["1-l_1-r.txt", "2-l_2-r.txt"]
    assert "2 pairs by their names, '{name}-l' and '{name}-r'" in capsys.readouterr().err
    arguments = [
        "--a",
        p,
        "--b",
        p,
        "--fused",
        f"copy={tmp_path / 'f'}",
        "--out",
        tmp_path / "s",
        "--metrics",
        "MSE",
    ]
    assert evaluate.main([*map(str, arguments), "--bootstrap", "0", "--grid", "2", *pattern]) == 0
    assert "left out" not in capsys.readouterr().err
