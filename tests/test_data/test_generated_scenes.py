"""Generated scenes say where their bodies are."""

import json

import cv2
import numpy as np
import pytest

from mmfusion_distill.data.generated_scenes import generate_degraded_pair, generate_pair, generate_scene
from mmfusion_distill.data.night_scenes import generate_night_scene, write_night_scenes


def test_the_bodies_of_a_scene_are_warm_and_in_their_boxes():
    scene = generate_scene(3)
    visible, thermal = generate_pair(3)
    assert (scene.visible == visible).all() and (scene.thermal == thermal).all()
    assert len(scene.masks) >= 3 and scene.masks.sum(0).max() == 1
    warm = scene.thermal[:, :, 0]
    assert warm[scene.masks.any(0)].mean() > warm[~scene.masks.any(0)].mean() + 60
    for mask, (left, top, right, bottom) in zip(scene.masks, scene.boxes.astype(int)):
        assert mask[top:bottom, left:right].sum() == mask.sum()
        assert mask[top:bottom, left].any() and mask[bottom - 1, left:right].any()


def contrast(picture, mask):
    """How a body differs from what is around it."""
    ring = cv2.dilate(mask.astype(np.uint8), np.ones((7, 7))).astype(bool) & ~mask
    return np.abs(picture[mask].mean(0) - picture[ring].mean(0)).max()


def test_half_of_the_people_of_the_night_are_seen_in_infrared_only():
    kinds, differences = [], {"infrared": [], "visible": [], "both": []}
    for seed in range(60):
        scene = generate_night_scene(seed, 96, 128)
        assert len(scene.seen_in) == len(scene.masks) == len(scene.boxes)
        kinds += scene.seen_in
        for mask, kind in zip(scene.masks, scene.seen_in):
            differences[kind].append((contrast(scene.visible, mask), contrast(scene.thermal, mask)))
    assert 0.4 < kinds.count("infrared") / len(kinds) < 0.6
    medians = {kind: np.median(values, axis=0) for kind, values in differences.items()}
    assert medians["infrared"][0] < 12 and medians["infrared"][1] > 60
    assert medians["visible"][0] > 60 and medians["visible"][1] < 12
    assert min(medians["both"]) > 60


def test_wrong_night_scenes_are_refused():
    with pytest.raises(ValueError, match="at most 1"):
        generate_night_scene(0, infrared_only=0.9, visible_only=0.2)
    with pytest.raises(ValueError, match="too small"):
        generate_night_scene(0, height=32)


def test_scenes_are_written_for_detectors_segmenters_and_classifiers(tmp_path):
    write_night_scenes(tmp_path, 6, height=64, width=80)
    scenes = [generate_night_scene(seed, 64, 80) for seed in range(6)]
    everybody = json.loads((tmp_path / "people.json").read_text())
    assert [image["file_name"] for image in everybody["images"]] == [f"night_{i:04d}.png" for i in range(6)]
    assert len(everybody["annotations"]) == sum(len(scene.masks) for scene in scenes) > 0
    assert not any(entry["iscrowd"] for entry in everybody["annotations"])
    counted = [
        sum(not entry["iscrowd"] for entry in json.loads(path.read_text())["annotations"])
        for path in sorted(tmp_path.glob("people_*.json"))
    ]
    assert len(counted) == 3 and sum(counted) == len(everybody["annotations"])
    for index, (line, scene) in enumerate(zip((tmp_path / "labels.txt").read_text().splitlines(), scenes)):
        assert line == f"night_{index:04d}.png {int(len(scene.masks) > 0)}"
        mask = cv2.imread(str(tmp_path / "masks" / f"night_{index:04d}.png"), cv2.IMREAD_UNCHANGED)
        assert (mask == scene.masks.any(0)).all()


def test_a_degraded_pair_differs_where_it_is_degraded():
    visible, infrared = generate_pair(4, 64, 80)
    same, noisy = generate_degraded_pair(4, {"ir_noise": 0.5}, 64, 80)
    assert np.array_equal(same, visible)
    assert noisy.shape == infrared.shape and noisy.dtype == np.uint8
    assert np.abs(noisy.astype(int) - infrared).mean() > 2
    assert np.array_equal(noisy, generate_degraded_pair(4, {"ir_noise": 0.5}, 64, 80)[1])
    dark, same = generate_degraded_pair(4, {"low_light": 0.5}, 64, 80)
    assert np.array_equal(same, infrared) and dark.mean() < 0.8 * visible.mean()
