"""Degradations in training: known answer, text that names them, the same ones again from the same seed."""

from collections import Counter
from itertools import product

import numpy as np
import pytest

from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.annotation.event_types import EVENT_TYPES, MEDICAL_EVENT_TYPES
from mmfusion_distill.data.degradations.degradation_kinds import (
    DEGRADATION_TEXTS,
    STRENGTH_WORDS,
    degradation_kinds,
    describe_degradation,
)
from mmfusion_distill.data.seeded_samplers import SeededIndex
from mmfusion_distill.data.transforms import PackPair, RandomDegradation
from mmfusion_distill.registry import DATASETS

MODALITIES = ("infrared-visible", "medical")
EVERY_KIND = [(modality, name) for modality in MODALITIES for name in degradation_kinds(modality)]
NORMAL = Annotation((Event("normal", "nothing is wrong"),))


@pytest.fixture
def sources():
    # Smooth shapes on a gradient: noise and blur both change them.
    y, x = np.mgrid[:48, :64].astype(np.float32)
    gray = 90 + x + 40 * ((x // 8 + y // 8) % 2)
    return dict(
        img_a=np.stack([gray, 0.8 * gray, 0.6 * gray], axis=2), img_b=(230 - gray)[:, :, None], key="pair"
    )


@pytest.mark.parametrize("modality, kind", EVERY_KIND)
def test_every_kind_changes_its_source_alone_and_more_the_stronger_it_is(sources, modality, kind):
    before = sources["img_a"].copy(), sources["img_b"].copy()
    source = degradation_kinds(modality)[kind].source
    changes = []
    for strength in (0.1, 1.0):
        transform = RandomDegradation(modality, prob=1, kinds=[kind], strength=(strength, strength), seed=0)
        results = transform(dict(sources))
        images = results["img_a"], results["img_b"]
        assert np.array_equal(results["target_a"], before[0]) and np.array_equal(
            results["target_b"], before[1]
        )
        assert np.array_equal(images[1 - source], before[1 - source])
        assert images[source].shape == before[source].shape and images[source].dtype == np.float32
        assert images[source].min() >= 0 and images[source].max() <= 255
        changes.append(np.abs(images[source] - before[source]).mean())
    assert 0 < changes[0] < changes[1]


@pytest.mark.parametrize("modality, kind", EVERY_KIND)
def test_every_kind_is_told_in_eight_wordings_with_strength_and_place(modality, kind):
    known = degradation_kinds(modality)[kind]
    assert known.event in (EVENT_TYPES if modality == "infrared-visible" else MEDICAL_EVENT_TYPES)
    rng = np.random.default_rng(0)
    for place in known.places:
        slight, strong = (
            {describe_degradation(kind, strength, place, rng) for _ in range(200)} for strength in (0.1, 0.9)
        )
        assert len(slight) == len(set(DEGRADATION_TEXTS[kind])) >= 8
        assert any(place in text.lower() and "slight" in text.lower() for text in slight)
        assert any("strong" in text.lower() for text in strong)
        assert not any("slight" in text.lower() for text in strong)


def test_all_texts_are_few_enough_to_be_embedded_once():
    lines = set()
    for modality, name in EVERY_KIND:
        kind = degradation_kinds(modality)[name]
        for text, place, word in product(DEGRADATION_TEXTS[name], kind.places, STRENGTH_WORDS):
            line = text.format(strength=word, place=place)
            lines.add((kind.event, line[0].upper() + line[1:]))
    assert len(lines) < 600
    transform = RandomDegradation(prob=1)
    image = np.full((16, 16, 3), 128, np.float32)
    for _ in range(50):
        annotation = transform(dict(img_a=image, img_b=image[..., :1]))["annotation"]
        assert {(event.type, event.description) for event in annotation.events} <= lines


def test_events_are_appended_and_normal_goes(sources):
    transform = RandomDegradation(prob=1, kinds=["haze"], max_degradations=1)
    results = transform(dict(sources, annotation=NORMAL))
    assert results["annotation"].event_types == ("haze",)
    assert results["target_annotation"] == NORMAL
    blurred = Annotation((Event("motion_blur"),))
    assert transform(dict(sources, annotation=blurred))["annotation"].event_types == ("motion_blur", "haze")
    assert transform(dict(sources))["annotation"].event_types == ("haze",)
    silent = RandomDegradation(prob=1, annotate=False)
    assert silent(dict(sources, annotation=NORMAL))["annotation"] == NORMAL


def test_a_clean_sample_has_targets_too_and_keeps_its_text(sources):
    results = PackPair()(RandomDegradation(prob=0)(dict(sources, annotation=NORMAL)))
    assert set(results["inputs"]) == {"img_a", "img_b", "target_a", "target_b"}
    assert (results["inputs"]["img_a"] == results["inputs"]["target_a"]).all()
    facts = results["data_samples"].metainfo
    assert facts["annotation"] == NORMAL
    assert facts["target_b_channel_order"] == facts["img_b_channel_order"] == "single"
    assert facts["target_a_channel_order"] == facts["img_a_channel_order"] == "RGB"
    # Samples of a batch have to have the same facts.
    assert facts["drop_text"] is None and facts["img_a_path"] is None


def test_about_the_share_is_degraded_by_one_or_two_kinds_that_go_together(sources):
    transform = RandomDegradation(prob=0.5)
    counts = Counter()
    for _ in range(300):
        results = transform(dict(sources))
        annotation = results.get("annotation")
        events = () if annotation is None else annotation.event_types
        counts[len(events)] += 1
        assert not {"low_light", "over_exposure"} <= set(results["degradations"])
        assert not {"lights", "over_exposure"} <= set(results["degradations"])
    assert set(counts) == {0, 1, 2}
    assert 110 < counts[0] < 190


def test_weights_choose_the_kinds_anew_for_a_pair_each_time(sources):
    sources["sample_idx"] = 0
    transform = RandomDegradation(prob=1, kinds=dict(haze=0.6, ir_noise=0.2, jpeg=0), max_degradations=1)
    counts = Counter(transform(dict(sources))["annotation"].event_types[0] for _ in range(200))
    assert set(counts) == {"haze", "ir_noise"} and counts["haze"] > counts["ir_noise"]


def test_the_sampler_seed_fixes_what_happens(pair_folder):
    dataset = DATASETS.build(
        dict(
            type="PairedFusionDataset",
            data_root=str(pair_folder),
            data_prefix=dict(img_a="a", img_b="b", annotation="annotations"),
            pipeline=[
                dict(type="LoadImagePair"),
                dict(type="RandomDegradation", prob=1),
                dict(type="PackPair"),
            ],
        )
    )
    first, other, again = (dataset[SeededIndex(2, seed)] for seed in (11, 12, 11))
    assert (again["inputs"]["img_a"] == first["inputs"]["img_a"]).all()
    assert again["data_samples"].metainfo["annotation"] == first["data_samples"].metainfo["annotation"]
    assert other["data_samples"].metainfo["annotation"] != first["data_samples"].metainfo["annotation"]


def test_a_fixed_set_is_the_same_every_time_and_goes_through_the_kinds_in_turn(sources):
    transform = RandomDegradation(prob=1, max_degradations=1, seed=5)
    kinds = degradation_kinds("infrared-visible")
    np.random.seed(1)
    state = np.random.get_state()[1].copy()
    rounds = [
        [transform(dict(sources, key=f"pair_{i}", sample_idx=i)) for i in range(len(kinds))] for _ in range(2)
    ]
    assert (np.random.get_state()[1] == state).all()
    for one, two in zip(*rounds):
        assert one["annotation"] == two["annotation"]
        assert np.array_equal(one["img_a"], two["img_a"]) and np.array_equal(one["img_b"], two["img_b"])
    assert [r["annotation"].event_types[0] for r in rounds[0]] == [kind.event for kind in kinds.values()]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (dict(modality="x-ray"), "modality 'x-ray' is none of"),
        (dict(prob=2), "prob is 2"),
        (dict(max_degradations=0), "max_degradations is 0"),
        (dict(strength=(0.5, 0.1)), "strength is"),
        (dict(strength=(0.5, 1.5)), "strength is"),
        (dict(strength=(0.1, 0.5, 0.9)), "strength is"),
        (dict(kinds=["rain"]), "no infrared-visible kind 'rain', choose from haze"),
        (dict(kinds=dict(haze=0)), "weights above 0"),
        (dict(kinds=dict(haze=2, ir_noise=-1)), "weights above 0"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        RandomDegradation(**arguments)


def test_what_happens_in_a_fixed_set_depends_on_the_pair_and_the_seed(sources):
    def degraded(seed, key, folder="here"):
        transform = RandomDegradation(prob=1, kinds=["ir_noise"], seed=seed)
        return transform(dict(sources, key=key, img_b_path=f"{folder}/b.png"))["img_b"]

    first = degraded(5, "pair_1")
    assert np.array_equal(first, degraded(5, "pair_1", "moved"))
    assert np.array_equal(first, degraded(5, "pair_1"))
    assert not np.array_equal(first, degraded(5, "pair_2"))
    assert not np.array_equal(first, degraded(6, "pair_1"))


def test_the_kinds_of_a_fixed_set_come_in_turn_beside_those_drawn(sources):
    names = ["haze", "ir_noise", "jpeg"]
    transform = RandomDegradation(prob=1, kinds=names, max_degradations=3, seed=1)
    for index in range(9):
        done = transform(dict(sources, key=f"pair_{index}", sample_idx=index))["degradations"]
        assert names[index % 3] in done


def test_what_was_done_is_named_in_the_order_of_the_events(sources):
    known = degradation_kinds("infrared-visible")
    transform, counts = RandomDegradation(prob=1, max_degradations=3), Counter()
    for _ in range(60):
        results = transform(dict(sources, annotation=NORMAL))
        done = results["degradations"]
        assert tuple(known[name].event for name in done) == results["annotation"].event_types
        assert list(done) == sorted(done, key=list(known).index) and len(set(done)) == len(done)
        counts[len(done)] += 1
    assert set(counts) == {1, 2, 3} and min(counts.values()) > 5
    assert RandomDegradation(prob=0)(dict(sources))["degradations"] == ()


def test_strengths_are_drawn_from_the_range_given(sources):
    for strength, word in (((0, 0.1), "slight"), ((0.9, 1), "strong")):
        transform = RandomDegradation(prob=1, kinds=["haze"], max_degradations=1, strength=strength)
        texts = [transform(dict(sources))["annotation"].events[0].description.lower() for _ in range(40)]
        other = {"slight": "strong", "strong": "slight"}[word]
        assert any(word in text for text in texts) and not any(other in text for text in texts)
    transform = RandomDegradation(prob=1, kinds=["haze"], max_degradations=1, strength=(0, 1))
    changes = [np.abs(transform(dict(sources))["img_a"] - sources["img_a"]).mean() for _ in range(40)]
    assert max(changes) > 4 * min(changes), "a range, not one strength"


def test_what_was_degraded_has_whole_levels_and_the_other_source_stays_as_it_is(sources):
    sources["img_a"] += 0.3
    for kind, name, other in (("haze", "img_a", "img_b"), ("ir_noise", "img_b", "img_a")):
        results = RandomDegradation(prob=1, kinds=[kind])(dict(sources))
        assert np.array_equal(results[name], np.rint(results[name]))
        assert results[other] is sources[other]


def test_a_normal_medical_pair_is_normal_no_more(sources):
    normal = Annotation((Event("medical_normal", "nothing is wrong"), Event("edge_preservation")))
    results = RandomDegradation("medical", prob=1, max_degradations=1)(dict(sources, annotation=normal))
    kept, added = results["annotation"].event_types
    assert kept == "edge_preservation"
    assert added in {kind.event for kind in degradation_kinds("medical").values()}
    assert results["annotation"].annotator == "RandomDegradation"


@pytest.mark.parametrize("modality, kind", EVERY_KIND)
def test_black_and_white_stay_within_the_range(modality, kind):
    transform = RandomDegradation(modality, prob=1, kinds=[kind], strength=(1, 1))
    for level in (0, 255):
        image = np.full((24, 32, 3), level, np.float32)
        results = transform(dict(img_a=image, img_b=image[..., :1]))
        for name in ("img_a", "img_b"):
            assert results[name].min() >= 0 and results[name].max() <= 255


@pytest.mark.parametrize("level", [0, 255])
def test_blurred_black_is_black_and_blurred_white_is_white(level):
    image = np.full((24, 32, 3), level, np.float32)
    results = RandomDegradation(prob=1, kinds=["defocus"])(dict(img_a=image, img_b=image[..., :1]))
    assert (results["img_a"] == level).all()
