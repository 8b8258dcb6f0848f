"""Pairs of your own are found under the usual names, and parted."""

import numpy as np
import pytest

from mmfusion_distill.data.own_pairs import find_own_pairs
from mmfusion_distill.images.image_files import PairingError
from mmfusion_distill.images.image_io import write_image
from mmfusion_distill.images.name_marks import side_of


def write(folder, names, size=(64, 80)):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        write_image(folder / name, np.full((*size, 3), 7, np.uint8))


NAMES = [f"{number:03d}.png" for number in range(8)]


@pytest.mark.parametrize(
    "a, b",
    [
        ("visible", "infrared"),
        ("crop_LR_visible", "cropinfrared"),
        ("RGB", "thermal"),
        ("Vis", "Ir"),
        ("PET", "MRI"),
    ],
)
def test_folders_are_told_apart_by_their_names(a, b, tmp_path):
    write(tmp_path / a, NAMES)
    write(tmp_path / b, NAMES)
    (tmp_path / "annotations").mkdir()
    found = find_own_pairs([tmp_path])
    assert (found.train.folder_a, found.train.folder_b) == (tmp_path / a, tmp_path / b)
    assert found.train.texts == tmp_path / "annotations"
    assert found.modality == ("medical" if a == "PET" else "infrared-visible")
    assert found.size == (64, 80) and found.span == ((64, 80), (64, 80)) and not found.left_out
    assert sorted(found.train.names + found.val.names) == [name[:-4] for name in NAMES]
    assert found.val.names == ["004"]


def test_texts_lie_in_any_folder_that_has_annotations_of_the_pairs(tmp_path):
    for source in ("vi", "ir"):
        write(tmp_path / source / "day", NAMES)
    (tmp_path / "boxes" / "day").mkdir(parents=True)
    (tmp_path / "boxes" / "day" / "000.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    sources = [tmp_path / "vi", tmp_path / "ir"]
    assert find_own_pairs(sources).train.texts is None, "boxes of a detector are no annotations"
    (tmp_path / "vi" / "day" / "001.txt").write_text("haze")
    found = find_own_pairs(sources)
    assert (found.train.texts, found.texts) == (tmp_path / "vi", 1), "beside the images"
    (tmp_path / "notes" / "day").mkdir(parents=True)
    for name in ("000", "001"):
        (tmp_path / "notes" / "day" / f"{name}.txt").write_text("low light: the road is dark")
    for folders in ([tmp_path], sources):
        found = find_own_pairs(folders)
        assert (found.train.texts, found.val.texts, found.texts) == (*[tmp_path / "notes"] * 2, 2)
    (tmp_path / "annotations").mkdir()
    assert find_own_pairs(sources).train.texts == tmp_path / "annotations", "where `mmfusion annotate` writes"


def test_names_of_files_do_too(tmp_path):
    write(tmp_path, ["one_vis.png", "one_ir.png", "two_vis.png", "two_ir.png"])
    with pytest.raises(PairingError, match="--pattern"):
        find_own_pairs([tmp_path])
    found = find_own_pairs([tmp_path], ("{name}_vis", "{name}_ir"))
    assert found.pattern == ("{name}_vis", "{name}_ir")
    assert sorted(found.train.names + found.val.names) == ["one", "two"]


def test_folders_of_parts_are_heeded(tmp_path):
    for part, names in (("train", NAMES[:5]), ("test", NAMES[5:])):
        for source in ("vi", "ir"):
            write(tmp_path / part / source, names)
    found = find_own_pairs([tmp_path])
    assert len(found.train.names) == 5 and found.val.names == ["005", "006", "007"]
    assert found.val.folder_a == tmp_path / "test" / "vi"


def test_lists_are_heeded(tmp_path):
    for source in ("vi", "ir"):
        write(tmp_path / source, NAMES)
    (tmp_path / "val.txt").write_text("003\ngone\n")
    found = find_own_pairs([tmp_path])
    assert found.val.names == ["003"] and len(found.train.names) == 7, "the rest train"
    assert found.left_out == [f"1 of {tmp_path / 'val.txt'} left out, not among the pairs: gone"]
    (tmp_path / "train.txt").write_text("001.png\n002.png\n")
    found = find_own_pairs([tmp_path])
    assert (found.train.names, found.val.names) == (["001", "002"], ["003"])
    (tmp_path / "train.txt").write_text("img_001.png\n")
    with pytest.raises(PairingError, match="train.txt names none of the pairs, e.g. 000"):
        find_own_pairs([tmp_path])


def test_those_that_validate_are_spread_in_runs_of_neighbours(tmp_path):
    names = [f"{number:03d}.png" for number in range(100)]
    for source in ("vi", "ir"):
        write(tmp_path / source, names, (64, 64))
    val = [int(name) for name in find_own_pairs([tmp_path / "vi", tmp_path / "ir"]).val.names]
    assert len(val) == 15
    gaps = np.diff(val)
    assert (gaps == 1).sum() == 11 and (gaps[gaps > 1] > 20).all()


def test_what_cannot_be_trained_with_is_left_out_and_named(tmp_path):
    for source in ("vi", "ir"):
        write(tmp_path / source, NAMES)
    write(tmp_path / "vi", ["000.png"], (70, 80))
    write(tmp_path / "vi", ["lonely.png"])
    for source in ("vi", "ir"):
        write(tmp_path / source, ["001.png"], (32, 80))
        (tmp_path / source / "002.png").write_bytes(b"nothing")
    found = find_own_pairs([tmp_path])
    assert len(found.train.names + found.val.names) == 5
    assert found.left_out == [
        "1 left out, without a partner: vi/lonely.png",
        "1 left out, of two sizes, which --register of mmfusion fuse may fix: 000",
        "1 left out, smaller than 64 pixels: 001",
        "1 left out, unreadable: 002",
    ]


def test_folders_that_do_not_say_which_is_which_are_asked_for(tmp_path):
    for source in ("FLIR", "Night Cam"):
        write(tmp_path / source, NAMES, (64, 80))
    write(tmp_path / "Night Cam", NAMES[:1], (80, 96))
    write(tmp_path / "FLIR", NAMES[:1], (80, 96))
    with pytest.raises(PairingError) as error:
        find_own_pairs([tmp_path])
    assert "(FLIR, Night Cam) do not say by their names which holds source A and which B" in str(error.value)
    assert str(error.value).endswith(f"--data '{tmp_path}/Night Cam' {tmp_path}/FLIR"), "FLIR's is thermal"
    assert find_own_pairs([tmp_path / "Night Cam", tmp_path / "FLIR"]).span == ((64, 80), (80, 96))


def test_what_is_not_found_is_one_sentence(tmp_path):
    with pytest.raises(PairingError, match="has no images: give the folder of your pairs"):
        find_own_pairs([tmp_path])
    with pytest.raises(PairingError, match="gone does not exist"):
        find_own_pairs([tmp_path / "gone"])
    for folder in ("vi", "vi_blurred", "ir_noisy", "ir_clean"):
        write(tmp_path / folder, NAMES[:1])
    with pytest.raises(
        PairingError, match="several folders of one source .ir_clean, ir_noisy.: .*--data A B"
    ):
        find_own_pairs([tmp_path])
    with pytest.raises(PairingError, match="have 1 pair that can be trained with"):
        find_own_pairs([tmp_path / "vi", tmp_path / "ir_noisy"])


def test_a_name_that_speaks_of_both_speaks_of_neither():
    assert side_of("visible_and_infrared") is None
    assert side_of("pictures") is None
    assert side_of("director") is None, "ends with no mark that counts there"
