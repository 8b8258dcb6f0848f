"""Whether the text of a teacher matters, measured."""

import json

import numpy as np
import pytest
import torch
from scripts import run_script

from mmfusion_distill.analysis.scored_pairs import ScoredPair, folder_dataset, load_scored_pairs
from mmfusion_distill.analysis.text_sensitivity import (
    measure_text_sensitivity,
    sensitivity_table,
    write_sensitivity,
    wrong_texts,
)
from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer
from mmfusion_distill.registry import MODELS


class Restorer:
    """A network that gives the clean image to whom names what was done to it."""

    guided = True

    def __init__(self, pairs, null=True):
        self.pairs = {pair.name: pair for pair in pairs}
        reader = type("Reader", (), {"null": object() if null else None})
        self.model = type("Model", (), {"generator": type("Network", (), {"text_reader": reader})})

    def __call__(self, inputs):
        pair = self.pairs[inputs["key"]]
        clean = inputs["annotation"] == pair.annotation
        if not clean and inputs["annotation"] is not None:
            return dict(predictions=[np.zeros_like(pair.img_a)])
        return dict(predictions=[pair.target_a if clean else pair.img_a])


@pytest.fixture
def folders(pair_folder):
    return [pair_folder / name for name in ("a", "b", "annotations")]


@pytest.fixture
def pairs(folders):
    return load_scored_pairs(folder_dataset(*folders), seed=0)


def test_the_pictures_are_those_that_the_configs_validate_on(folders, pairs):
    again = load_scored_pairs(folder_dataset(*folders), seed=0, limit=3)
    assert [pair.name for pair in again] == [f"pair_{index}" for index in range(3)]
    for one, other in zip(pairs, again):
        assert np.array_equal(one.img_a, other.img_a) and np.array_equal(one.img_b, other.img_b)
        assert one.kinds == other.kinds and len(one.kinds) in (1, 2)
        assert not (np.array_equal(one.img_a, one.target_a) and np.array_equal(one.img_b, one.target_b))
        # its own text, and what was done to it
        assert one.annotation.event_types[0] == "low_light"
        assert len(one.annotation.events) == 1 + len(one.kinds)
    assert any(
        not np.array_equal(one.img_a, other.img_a)
        for one, other in zip(pairs, load_scored_pairs(folder_dataset(*folders), seed=1))
    )


def test_without_a_seed_pairs_are_clean(folders):
    pair = load_scored_pairs(folder_dataset(*folders), limit=1)[0]
    assert pair.kinds == () and np.array_equal(pair.img_a, pair.target_a)


def test_the_wrong_text_is_another_pairs_with_other_events():
    def pair(name, *kinds):
        picture = np.zeros((8, 8), np.uint8)
        events = tuple(Event(kind) for kind in ("normal", *kinds))
        return ScoredPair(name, picture, picture, picture, picture, Annotation(events), kinds)

    pairs = [pair("p", "haze"), pair("q", "haze"), pair("r", "ir_noise"), pair("s", "ir_noise", "low_light")]
    others = wrong_texts(pairs)
    assert sorted(others) == [0, 1, 2, 3]
    for index, other in enumerate(others):
        assert not set(pairs[index].kinds) & set(pairs[other].annotation.event_types)
    with pytest.raises(ValueError, match="no wrong text"):
        wrong_texts(pairs[:2])


def test_a_network_that_heeds_its_text_passes(pairs, tmp_path):
    result = measure_text_sensitivity(Restorer(pairs), pairs)
    means = dict(zip(result.scores.methods, result.scores.means[:, 0]))
    assert means["right"] > means["none"] > means["wrong"]
    assert result.differences.means[0, 0] == pytest.approx(means["right"] - means["none"])
    assert result.low[1, 0] <= result.differences.means[1, 0] <= result.high[1, 0]
    assert result.verdicts()["wrong"]
    counts = {kind: count for kind, (count, _) in result.by_kind().items()}
    assert sum(counts.values()) == sum(len(pair.kinds) for pair in pairs)
    table = sensitivity_table(result)
    assert "right - none" in table and "right - wrong" in table and "95% interval" in table
    write_sensitivity(result, tmp_path / "new" / "out.json")
    written = json.loads((tmp_path / "new" / "out.json").read_text())
    assert written["means"]["right"]["balanced_quality"] == pytest.approx(means["right"])
    assert set(written["differences"]["right - wrong"]["SSIM"]) == {"mean", "interval"}
    write_sensitivity(result, tmp_path / "out.csv")
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 1 + 3 * len(pairs)


def test_a_network_that_needs_text_has_no_row_without(pairs):
    result = measure_text_sensitivity(Restorer(pairs, null=False), pairs)
    assert result.scores.methods == ["right", "wrong"]
    assert "does not run" in sensitivity_table(result)


def test_a_real_teacher_is_measured(tiny_teacher, pair_folder, folders):
    tiny_teacher["guidance"]["null_embedding"] = True
    model = dict(
        type="ImageFusor",
        generator=tiny_teacher,
        text_encoder=dict(type="SentenceTextEncoder"),
        text_cache=None,
    )
    dataset = dict(
        type="PairedFusionDataset",
        data_root=str(pair_folder),
        data_prefix=dict(img_a="a", img_b="b", annotation="annotations"),
    )
    torch.save(dict(state_dict=MODELS.build(model).state_dict()), pair_folder / "teacher.pth")
    path = pair_folder / "teacher.py"
    path.write_text(f"model = {model!r}\nval_dataloader = dict(dataset={dataset!r})\n")
    command = ["analysis_tools/text_sensitivity.py", path, pair_folder / "teacher.pth", "--limit", "3"]
    picture, out = pair_folder / "out.png", pair_folder / "out.txt"
    done = run_script(*command, "--picture", picture, "--out", out, folder=pair_folder)
    assert done.returncode == 0, done.stderr
    assert out.read_text().strip() in done.stdout and "3 degraded pairs" in done.stdout
    assert picture.is_file()
    done = run_script(*command, "--out", "out.xlsx", folder=pair_folder)
    assert done.returncode == 1 and "out.xlsx: the report ends in one of" in done.stderr


def test_a_student_is_refused(tiny_network, pairs, tmp_path):
    model = dict(type="ImageFusor", generator=tiny_network)
    torch.save(dict(state_dict=MODELS.build(model).state_dict()), tmp_path / "student.pth")
    network = PyTorchInferencer(dict(model=model), tmp_path / "student.pth", "cpu")
    with pytest.raises(ValueError, match="not guided by text"):
        measure_text_sensitivity(network, pairs)
