"""Recordings with targets of their own, events of a whole set, areas without data."""

import cv2
import numpy as np
import pytest

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.registry import DATASETS, TRANSFORMS
from mmfusion_distill.user_errors import UserError


@pytest.fixture
def recorded(tmp_path):
    rng = np.random.default_rng(0)
    for folder in ("vi", "ir", "vi_blurred", "ir_noisy"):
        (tmp_path / folder).mkdir()
        for name in ("one", "two"):
            image = rng.integers(0, 256, (32, 40, 3 if folder.startswith("vi") else 1)).astype(np.uint8)
            cv2.imwrite(str(tmp_path / folder / f"{name}.png"), image)
    return tmp_path


def test_targets_come_with_the_pair_and_go_through_crop_and_flip_alike(recorded):
    keys = ["img_a", "img_b", "target_a", "target_b"]
    dataset = DATASETS.build(
        dict(
            type="PairedFusionDataset",
            data_root=str(recorded),
            data_prefix=dict(img_a="vi_blurred", img_b="ir_noisy", target_a="vi", target_b="ir"),
            pipeline=[
                dict(type="LoadImagePair"),
                dict(type="RandomPairResize", scale=(1.0, 1.0), keys=keys),
                dict(type="RandomPairCrop", crop_size=(32, 40), keys=keys),
                dict(type="mmagic.Flip", keys=keys, direction="horizontal", flip_ratio=1.0),
                dict(type="AppendEvents", events=dict(ir_noise="grain")),
                dict(type="RandomDegradation", prob=1.0, kinds=["stripes"]),
                dict(type="PackPair"),
            ],
        )
    )
    packed = dataset[0]
    clean = cv2.imread(str(recorded / "ir" / "one.png"), 0)[:, ::-1]
    assert np.array_equal(packed["inputs"]["target_b"][0].numpy(), clean)
    assert not np.array_equal(packed["inputs"]["img_b"][0].numpy(), clean)
    facts = packed["data_samples"].metainfo
    assert facts["annotation"].event_types == ("ir_noise", "sensor_artifact")
    assert facts["target_annotation"] is None


def test_appended_events_replace_normal_and_themselves():
    append = TRANSFORMS.build(dict(type="AppendEvents", events=dict(ir_noise="grain, strong")))
    own = Annotation((Event("normal"), Event("haze", "far away"), Event("ir_noise", "some")))
    results = append(dict(annotation=own))
    assert results["annotation"].event_types == ("haze", "ir_noise")
    assert results["annotation"].events[1].description == "grain, strong"
    assert results["target_annotation"] is own
    with pytest.raises(UserError, match="events is empty"):
        TRANSFORMS.build(dict(type="AppendEvents", events={}))


def test_an_area_without_data_has_the_other_source_as_its_target():
    np.random.seed(0)
    fill = TRANSFORMS.build(dict(type="RandomFillArea", prob=1.0, share_of_b=1.0, max_width=0.3))
    a, b = np.full((60, 80, 3), 200, np.float32), np.full((60, 80, 1), 50, np.float32)
    for _ in range(8):
        results = fill(dict(img_a=a, img_b=b, target_a=a, target_b=b))
        area = results["img_b"] != 50
        assert area.any() and not area.all() and set(np.unique(results["img_b"][area])) <= {0, 255}
        assert np.allclose(results["target_b"][area], 200)
        # no edge at the border of the area, and far from it B as it was
        steps = (
            np.abs(np.diff(results["target_b"], axis=0)).max(),
            np.abs(np.diff(results["target_b"], axis=1)).max(),
        )
        assert max(steps) < 60 and results["target_b"].min() == 50
        assert np.array_equal(results["img_a"], a) and np.array_equal(results["target_a"], a)
    assert np.array_equal(b, np.full((60, 80, 1), 50))
    with pytest.raises(UserError, match="prob 2 and share_of_b"):
        TRANSFORMS.build(dict(type="RandomFillArea", prob=2))
