"""Downloads are checked and split the same way everywhere."""

import numpy as np
import pytest

from mmfusion_distill.annotation.annotation_file import read_annotation
from mmfusion_distill.data.converters import (
    PairFolders,
    adopt_folders,
    collect_pairs_by_keyword,
    prepare_dataset,
    read_shipped_texts,
    read_split,
    split_names,
)
from mmfusion_distill.images.image_files import PairingError, read_name_list
from mmfusion_distill.images.image_io import write_image

FOLDERS = (PairFolders("a", "b", lists=(("train.txt", 0.67), ("val.txt", 0.33)), expected=6),)


def test_a_split_is_whole_repeatable_and_independent_of_the_order():
    names = [f"n{index:03d}" for index in range(101)]
    train, val = split_names(names, (0.95, 0.05))
    assert sorted(train + val) == names
    assert (len(train), len(val)) == (96, 5)
    assert split_names(names[::-1], (0.95, 0.05)) == [train, val]
    assert split_names(names, (0.95, 0.05), seed=1) != [train, val]


def test_shares_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="add up to 1"):
        split_names(["x"], (0.9, 0.2))


def test_lists_are_written_once_and_kept(pair_folder):
    report = prepare_dataset(pair_folder, FOLDERS)
    train = (pair_folder / "train.txt").read_text()
    assert len(train.splitlines()) == 4
    assert train.startswith("pair_")
    assert "train.txt: 4 pairs" in report
    (pair_folder / "train.txt").write_text("pair_0.png\n")
    assert "kept" in " ".join(prepare_dataset(pair_folder, FOLDERS))
    assert (pair_folder / "train.txt").read_text() == "pair_0.png\n"
    prepare_dataset(pair_folder, FOLDERS, overwrite=True)
    assert (pair_folder / "train.txt").read_text() == train


def test_an_incomplete_download_is_named(pair_folder):
    (pair_folder / "b" / "pair_3.png").unlink()
    with pytest.raises(PairingError, match=r"1 image without a partner: .*a/pair_3\.png"):
        prepare_dataset(pair_folder, FOLDERS)
    with pytest.raises(PairingError, match="not found: give the folder into which"):
        prepare_dataset(pair_folder / "a", FOLDERS)


def test_annotations_go_where_the_configs_look(pair_folder):
    for path in (pair_folder / "annotations").iterdir():
        path.unlink()
    prepare_dataset(pair_folder, FOLDERS, annotator="statistics")
    assert len(list((pair_folder / "annotations").glob("pair_*_pair_*.txt"))) == 6


def test_texts_that_come_with_the_package_become_annotations_and_replace_none(tmp_path):
    names = list(read_shipped_texts("llvip"))[:3] + ["another"]
    for name in names:
        for folder in ("vi", "ir"):
            write_image(tmp_path / folder / f"{name}.png", np.full((8, 8), 99, np.uint8))
    own = tmp_path / "annotations" / f"{names[0]}_{names[0]}.txt"
    own.parent.mkdir()
    own.write_text("Event Type: haze\n")
    report = prepare_dataset(tmp_path, (PairFolders("vi", "ir", texts="llvip"),))
    assert f"{tmp_path / 'annotations'}: 2 texts that come with the package" in report
    assert own.read_text() == "Event Type: haze\n" and len(list(own.parent.iterdir())) == 3
    written = read_annotation(own.parent / f"{names[1]}_{names[1]}.txt")
    assert written == read_shipped_texts("llvip")[names[1]]


@pytest.mark.parametrize("dataset", ["roadscene", "m3svd", "llvip", "m3fd"])
def test_every_text_that_comes_with_the_package_says_something(dataset):
    texts = read_shipped_texts(dataset)
    assert texts and all(annotation.events for annotation in texts.values())
    assert all(len(event.description) > 10 for one in texts.values() for event in one.events)


def test_folders_are_renamed_as_the_configs_spell_them(tmp_path):
    (tmp_path / "M3FD_Fusion" / "Ir").mkdir(parents=True)
    assert adopt_folders(tmp_path, {"ir": ("Ir", "M3FD_Fusion/Ir"), "vi": ("Vis",)}) == [
        f"renamed {tmp_path / 'M3FD_Fusion' / 'Ir'} to {tmp_path / 'ir'}"
    ]
    assert (tmp_path / "ir").is_dir()


def test_scenes_with_one_file_of_each_kind_pair_up(tmp_path):
    for name in ("scene_1/VIS_a.bmp", "scene_1/IR_a.bmp", "deep/scene_2/2_vis.tif", "deep/scene_2/2_IR.tif"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "sequence").mkdir()
    for name in ("VIS_1.bmp", "VIS_2.bmp", "IR_1.bmp", "IR_2.bmp", "first.bmp"):
        (tmp_path / "sequence" / name).touch()
    pairs = collect_pairs_by_keyword(tmp_path, ("vis",), ("ir",))
    assert {name: (a.name, b.name) for name, (a, b) in pairs.items()} == {
        "scene_1": ("VIS_a.bmp", "IR_a.bmp"),
        "deep_scene_2": ("2_vis.tif", "2_IR.tif"),
    }


def test_roadscene_is_split_alike_everywhere(tmp_path):
    part_of = read_split("roadscene")
    assert [list(part_of.values()).count(part) for part in ("train", "val")] == [152, 19]
    names = [*list(part_of)[:3], *list(part_of)[-2:], "FLIR_customary_test"]
    for name in names:
        write_image(tmp_path / "a" / f"{name}.jpg", np.zeros((8, 8)))
        write_image(tmp_path / "b" / f"{name}.jpg", np.zeros((8, 8)))
    prepare_dataset(tmp_path, (PairFolders("a", "b", split="roadscene"),))
    lists = {part: read_name_list(tmp_path / f"{part}.txt") for part in ("train", "val", "test")}
    assert lists["test"] == ["FLIR_customary_test"]
    assert {name: part for part in ("train", "val") for name in lists[part]} == {
        n: part_of[n] for n in names[:5]
    }


def test_the_split_is_that_of_the_lists_beside_the_pictures(road_scene):
    part_of = read_split("roadscene")
    for part in ("train", "val"):
        assert sorted(read_name_list(road_scene / f"{part}.txt")) == sorted(
            n for n in part_of if part_of[n] == part
        )
