"""The data set pairs by name, reports what it leaves out, and augments both sources alike."""

import logging
import random
import shutil

import numpy as np
import pytest
from mmengine.logging import MMLogger

from mmfusion_distill.data.paired_fusion_dataset import PairedFusionDataset
from mmfusion_distill.data.seeded_samplers import SeededIndex
from mmfusion_distill.data.transforms import LoadImagePair
from mmfusion_distill.images.image_files import PairingError
from mmfusion_distill.images.image_io import write_image
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.registry import DATASETS
from mmfusion_distill.user_errors import UserError

PREFIX = dict(img_a="a", img_b="b", annotation="annotations")


def build(root, **kwargs):
    return DATASETS.build(
        dict(type="PairedFusionDataset", **{"data_root": str(root), "data_prefix": PREFIX, **kwargs})
    )


def load(channels_a=3):
    return dict(type="LoadImagePair", channels_a=channels_a)


def test_pairs_are_sorted_and_carry_their_annotation(pair_folder):
    infos = [build(pair_folder).get_data_info(index) for index in range(6)]
    assert [info["key"] for info in infos] == [f"pair_{index}" for index in range(6)]
    assert infos[1]["annotation"].event_types == ("low_light",)
    assert "scene 1 is dark" in infos[1]["annotation"].text


def test_extensions_may_differ_and_other_dots_belong_to_the_name(pair_folder):
    write_image(pair_folder / "a" / "scene.v2.png", np.zeros((9, 9, 3)))
    write_image(pair_folder / "b" / "scene.v2.jpg", np.zeros((9, 9, 1)))
    dataset = build(pair_folder)
    info = dataset.get_data_info(6)
    assert info["key"] == "scene.v2" and info["vis_name"] == "scene_v2"


@pytest.fixture
def messages():
    """Warnings that are logged."""
    logged = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: logged.append(record.getMessage())
    logger = MMLogger.get_current_instance()
    logger.addHandler(handler)
    yield logged
    logger.removeHandler(handler)


def test_what_has_no_partner_is_reported_by_name(pair_folder, messages):
    (pair_folder / "b" / "pair_2.png").unlink()
    write_image(pair_folder / "b" / "lonely.png", np.zeros((9, 9, 1)))
    assert len(build(pair_folder)) == 5
    assert any("pair_2.png" in message and "lonely.png" in message for message in messages)


def test_events_that_no_loss_knows_are_named_once(pair_folder, messages):
    assert len(build(pair_folder)) == 6 and not messages
    for name in ("pair_1", "pair_4"):
        text = "Event Type: lens flare\n\nEvent Type: Low-Ligth\n"
        (pair_folder / "annotations" / f"{name}.txt").write_text(text)
    build(pair_folder)
    (message,) = messages
    assert message.startswith("no loss knows 1 event of the annotations: ")
    assert "lens_flare (2);" in message and "Known are low_light, " in message


def test_a_list_chooses_and_may_have_extensions(pair_folder):
    (pair_folder / "some.txt").write_text("pair_4.png\r\n\r\npair_1\r\n")
    dataset = build(pair_folder, ann_file="some.txt")
    assert [dataset.get_data_info(i)["key"] for i in range(2)] == ["pair_4", "pair_1"]


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda root: (root / "some.txt").write_text("pair_9\n"), "1 listed pairs .*: pair_9"),
        (lambda root: (root / "some.txt").write_text("\n"), "some.txt is empty"),
        (lambda root: None, "some.txt does not exist"),
        (lambda root: shutil.rmtree(root / "a"), "a does not exist: check data_root"),
    ],
)
def test_lists_and_folders_that_do_not_fit_are_named(pair_folder, change, message):
    change(pair_folder)
    with pytest.raises(PairingError, match=message):
        build(pair_folder, ann_file="some.txt" if "a does" not in message else "")


def test_nothing_in_common_and_equal_names_are_errors(pair_folder):
    with pytest.raises(PairingError, match="no file of .* has a partner"):
        build(pair_folder, data_prefix=dict(img_a="a", img_b="annotations"))
    write_image(pair_folder / "a" / "pair_0.jpg", np.zeros((9, 9, 3)))
    with pytest.raises(PairingError, match="pair_0.jpg and .*pair_0.png have the same name"):
        build(pair_folder)


def test_missing_annotations_are_named_where_they_are_required(pair_folder):
    (pair_folder / "annotations" / "pair_3.txt").unlink()
    assert build(pair_folder).get_data_info(3)["annotation"] is None
    with pytest.raises(ValueError, match="1 of 6 pairs have no annotation.*pair_3.*mmfusion annotate"):
        build(pair_folder, require_annotation=True)


def test_the_statistics_annotator_fills_in_what_is_missing_and_writes_nothing_into_the_data_set(pair_folder):
    shutil.rmtree(pair_folder / "annotations")
    before = sorted(pair_folder.rglob("*"))
    dataset = build(pair_folder, require_annotation=True, annotator="statistics")
    assert all(dataset.get_data_info(index)["annotation"] is not None for index in range(6))
    kept = pair_folder / "cache"  # where tests have their cache
    assert [path for path in sorted(pair_folder.rglob("*")) if kept not in (path, *path.parents)] == before
    again = build(pair_folder, require_annotation=True, annotator="statistics")
    assert again.get_data_info(0)["annotation"] == dataset.get_data_info(0)["annotation"]


def test_crops_and_flips_hit_both_sources_alike(pair_folder):
    for index in range(6):
        image = np.random.default_rng(index).integers(0, 256, (72, 80, 1))
        write_image(pair_folder / "a" / f"pair_{index}.png", image)
        write_image(pair_folder / "b" / f"pair_{index}.png", image)
    keys = ["img_a", "img_b"]
    dataset = build(
        pair_folder,
        pipeline=[
            load(channels_a=1),
            dict(type="RandomPairCrop", crop_size=(32, 24)),
            dict(type="mmagic.Flip", keys=keys, direction="horizontal", flip_ratio=0.5),
            dict(type="mmagic.Flip", keys=keys, direction="vertical", flip_ratio=0.5),
            dict(type="PackPair"),
        ],
    )
    patches = [dataset[0]["inputs"] for _ in range(8)]
    for patch in patches:
        assert patch["img_a"].shape == (1, 32, 24)
        assert (patch["img_a"] == patch["img_b"]).all()
    assert any((patch["img_a"] != patches[0]["img_a"]).any() for patch in patches)


def test_a_seeded_index_fixes_the_augmentation_and_nothing_else(pair_folder):
    dataset = build(
        pair_folder, pipeline=[load(), dict(type="RandomPairCrop", crop_size=(16, 16)), dict(type="PackPair")]
    )
    np.random.seed(3)
    before = np.random.get_state()[1].copy()
    first = dataset[SeededIndex(2, 11)]["inputs"]["img_a"]
    assert (np.random.get_state()[1] == before).all()
    np.random.rand(100)
    assert (dataset[SeededIndex(2, 11)]["inputs"]["img_a"] == first).all()
    assert (dataset[SeededIndex(2, 12)]["inputs"]["img_a"] != first).any()


def test_different_sizes_name_both_files(pair_folder):
    write_image(pair_folder / "b" / "pair_0.png", np.zeros((72, 81, 1)))
    with pytest.raises(ImageReadError, match="a/pair_0.png is 80x72, .*b/pair_0.png is 81x72"):
        build(pair_folder, pipeline=[load()])[0]


def test_a_crop_larger_than_the_image_names_it(pair_folder):
    dataset = build(pair_folder, pipeline=[load(), dict(type="RandomPairCrop", crop_size=(128, 64))])
    with pytest.raises(ValueError, match="pair_0.png is 80x72, smaller than the training crop of 64x128"):
        dataset[0]


def test_a_pipeline_that_loads_nothing_is_one_sentence(pair_folder):
    dataset = build(pair_folder, pipeline=[dict(type="RandomPairCrop", crop_size=(32, 32))])
    with pytest.raises(
        UserError, match="wants 'img_a', .*begin the pipeline with dict\\(type='LoadImagePair'"
    ):
        dataset[0]


def test_prefix_and_modality_are_checked(pair_folder):
    with pytest.raises(ValueError, match="data_prefix lacks img_b"):
        build(pair_folder, data_prefix=dict(img_a="a"))
    with pytest.raises(ValueError, match="modality 'x-ray'"):
        build(pair_folder, modality="x-ray")


def test_real_pairs_load(road_scene):
    dataset = build(
        road_scene,
        data_prefix=dict(img_a="crop_LR_visible", img_b="cropinfrared"),
        ann_file="val.txt",
        pipeline=[load(), dict(type="PackPair")],
    )
    assert len(dataset) == 19
    inputs = dataset[0]["inputs"]
    assert inputs["img_a"].shape[0] == 3 and inputs["img_a"].shape[1:] == inputs["img_b"].shape[1:]


@pytest.mark.parametrize(("channels", "expected"), [(3, (3, 3)), (1, (1, 1)), (None, (3, 1))])
def test_source_a_has_the_channels_asked_for(tmp_path, channels, expected):
    rng = np.random.default_rng(0)
    color, gray = rng.integers(0, 256, (8, 9, 3), np.uint8), rng.integers(0, 256, (8, 9), np.uint8)
    load = LoadImagePair(channels_a=channels)
    loaded = [load(dict(img_a_path=img_a, img_b_path=color)) for img_a in (color, gray)]
    assert tuple(results["img_a"].shape[2] for results in loaded) == expected
    assert {results["img_b"].shape for results in loaded} == {(8, 9, 1)}
    assert all(results["ori_img_shape"] == results["img_a"].shape for results in loaded)
    assert (loaded[1]["img_a"] == gray[:, :, None]).all()
    if channels != 1:
        assert (loaded[0]["img_a"] == color).all()


def test_a_seeded_index_fixes_both_generators_and_leaves_them_as_they_were(pair_folder):
    drawn = []
    dataset = PairedFusionDataset(
        data_root=str(pair_folder),
        data_prefix=dict(img_a="a", img_b="b"),
        pipeline=[lambda results: drawn.append((random.random(), np.random.random())) or results],
    )
    before = random.getstate(), np.random.get_state()[1].copy()
    for seed in (11, 12, 11):
        dataset[SeededIndex(2, seed)]
    assert drawn[0] == drawn[2]
    assert drawn[0][0] != drawn[1][0] and drawn[0][1] != drawn[1][1]
    assert random.getstate() == before[0] and (np.random.get_state()[1] == before[1]).all()
