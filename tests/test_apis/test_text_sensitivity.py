"""The tool that shows whether text matters."""

import pytest
import torch
from mmagic.registry import MODELS

from mmfusion_distill.apis.text_sensitivity import text_sensitivity, wrong_annotation
from mmfusion_distill.datasets import Annotation, Event, read_image


@pytest.fixture
def config(tiny_teacher, pair_folder):
    tiny_teacher["guidance"]["null_embedding"] = True
    model = dict(
        type="ImageFusor",
        generator=tiny_teacher,
        text_encoder=dict(type="SentenceTextEncoder"),
        text_cache=None,
    )
    torch.save(dict(state_dict=MODELS.build(model).state_dict()), pair_folder / "teacher.pth")
    prefix = dict(img_a="a", img_b="b", annotation="annotations")
    dataset = dict(type="PairedFusionDataset", data_root=str(pair_folder), data_prefix=prefix)
    path = pair_folder / "teacher.py"
    path.write_text(f"model = {model!r}\ntest_dataloader = dict(dataset={dataset!r})\n")
    return path


def test_right_wrong_and_no_text_are_told_apart(config, pair_folder):
    table = text_sensitivity(config, pair_folder / "teacher.pth", pair_folder / "out.png", pairs=2)
    rows = {line.split()[0]: line.split() for line in table.splitlines()}
    assert float(rows["right"][1]) == 0
    assert float(rows["wrong"][1]) > 0
    assert "none" in rows and "Mean of 2 pairs" in table
    assert read_image(pair_folder / "out.png").shape == (2 * (72 + 4), 5 * 80, 3)


def test_a_student_is_refused(tiny_network, pair_folder):
    path = pair_folder / "student.py"
    model = dict(type="ImageFusor", generator=tiny_network)
    path.write_text(f"model = {model!r}\n")
    torch.save(dict(state_dict=MODELS.build(model).state_dict()), pair_folder / "student.pth")
    with pytest.raises(ValueError, match="not guided by text"):
        text_sensitivity(path, pair_folder / "student.pth", pair_folder / "out.png")


def test_the_wrong_text_is_wrong():
    for name in ("low_light", "over_exposure", "motion_blur", "haze"):
        annotation = Annotation((Event(name),))
        assert not set(wrong_annotation(annotation).event_types) & set(annotation.event_types)
