"""What a text moves, on images of which it is known."""

import numpy as np
import pytest

from mmfusion_distill.analysis.scored_pairs import ScoredPair
from mmfusion_distill.analysis.steering import (
    NAMED,
    QUANTITIES,
    fuse_named,
    measure_steering,
    quantities_of,
    steering_picture,
    steering_table,
)
from mmfusion_distill.annotation.event_types import EVENT_TYPES
from mmfusion_distill.data.degradations.degradation_kinds import strong_annotation


@pytest.fixture
def scene():
    """Dark on the left, bright on the right, with colour and fine texture on the right of each half."""
    rng = np.random.default_rng(0)
    image = np.full((64, 96, 3), 60.0)
    image[:, 48:] = 160
    image[:, 24:48, 0] += 30
    image[:, 72:] += np.kron(rng.uniform(-40, 40, (16, 6)), np.ones((4, 4)))[..., None]
    return image.astype(np.uint8)


def changed(scene, image):
    before, after = quantities_of(scene, scene), quantities_of(np.clip(image, 0, 255).astype(np.uint8), scene)
    return {name: after[name] / before[name] for name in QUANTITIES}


def test_each_quantity_is_what_it_is_called(scene):
    rng, image = np.random.default_rng(1), scene.astype(float)
    darker = np.where(scene[..., :1] < 100, 1.5 * image, image)
    assert changed(scene, darker)["dark_half"] == pytest.approx(1.5, rel=0.05)
    assert changed(scene, darker)["bright_half"] == pytest.approx(1, rel=0.05)
    assert changed(scene, image + 20)["black_point"] > 1.2
    assert changed(scene, image + rng.normal(0, 8, (64, 96, 1)))["noise"] > 3
    gray = np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2)
    assert changed(scene, gray)["saturation"] < 0.3
    assert changed(scene, 110 + 0.5 * (image - 110))["contrast"] == pytest.approx(0.5, abs=0.02)
    assert changed(scene, 110 + 0.5 * (image - 110))["sharpness"] == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("event", EVENT_TYPES)
def test_every_event_has_a_text_and_names_a_quantity(event):
    (named,) = strong_annotation([event]).events
    assert named.type == event and "strong" in named.text.lower()
    assert NAMED[event] in QUANTITIES


def test_a_network_that_brightens_by_one_text_alone(scene):
    def fuse(pair, event):
        return np.clip(pair.img_a * (1.2 if event == "low_light" else 1.0), 0, 255).astype(np.uint8)

    pair = ScoredPair("scene", scene, scene[..., 1], scene, scene[..., 1], None)
    steering = measure_steering(fuse, [pair, pair], ["low_light", "haze"], shown=1)
    assert steering.changes["low_light"]["dark_half"] == pytest.approx(1.2, abs=0.02)
    assert steering.changes["haze"]["dark_half"] == 1
    first, second = steering_table(steering).splitlines()[2:]
    assert "**+20 %**" in first and second.startswith("| haze |")
    assert steering_picture(steering).shape[1] == 5 * 300 + 4 * 4


@pytest.mark.parametrize("guided", [True, False])
def test_a_teacher_is_told_by_text_and_a_student_by_name(scene, guided):
    class Network:
        def __call__(self, sources):
            told.append(sources)
            return dict(predictions=[scene])

    told = []
    Network.guided = guided
    pair = ScoredPair("scene", scene, scene[..., 1], scene, scene[..., 1], None)
    for event in ("haze", None):
        assert fuse_named(Network(), pair, event) is scene
    named, bare = told
    if guided:
        assert named["annotation"].event_types == ("haze",)
    else:
        assert named["events"] == ["haze"]
    assert not {"annotation", "events"} & set(bare)
