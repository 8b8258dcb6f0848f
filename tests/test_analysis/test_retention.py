"""The claim of the paper as a table: ratios, verdicts, and a measurement of small networks."""

import pytest
import torch

from mmfusion_distill.analysis import retention
from mmfusion_distill.analysis.retention import (
    Claim,
    MethodResult,
    RetentionReport,
    measure_retention,
    retention_table,
)
from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer
from mmfusion_distill.registry import MODELS


@pytest.fixture
def report():
    teacher = dict(EN=7.0, quality=1.0, balanced_quality=0.8)
    student = dict(EN=6.3, quality=0.95, balanced_quality=0.76)
    rows = [
        MethodResult("teacher", teacher, parameters=1000, gflops=20.0, seconds=2.0, peak_bytes=400),
        MethodResult("student", student, parameters=100, gflops=1.0, seconds=0.15, peak_bytes=100),
        MethodResult("A", teacher),
    ]
    return RetentionReport(rows, "3 pairs")


def test_ratios_are_student_over_teacher(report):
    assert report.ratio("parameters") == pytest.approx(0.1)
    assert report.ratio("seconds") == pytest.approx(0.075)
    assert report.ratio("peak_bytes") == pytest.approx(0.25)
    assert report.ratio("EN") == pytest.approx(0.9)


def test_the_claim_is_judged_part_by_part(report):
    assert all(report.verdicts().values())
    assert report.verdicts(Claim(seconds=0.05)) == {
        "parameters": True,
        "seconds": False,
        "quality": True,
        "balanced_quality": True,
    }
    assert "Verdict: the claim holds." in retention_table(report)
    table = retention_table(report, Claim(quality=0.99))
    assert "- quality: 95.0%, does not hold" in table
    assert "Verdict: the claim does not hold." in table
    assert "| peak memory, MiB |" in table


def test_a_system_that_does_not_tell_memory_has_no_such_line(report):
    report.row("teacher").peak_bytes = None
    assert "memory" not in retention_table(report)


def test_measuring_networks(tiny_network, pair_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(retention, "in_fresh_process", lambda *arguments: 2**20)
    networks = {}
    for role, dim in (("teacher", 8), ("student", 4)):
        config = tmp_path / f"{role}.py"
        generator = dict(tiny_network, dim=dim)
        config.write_text(f"model = dict(type='ImageFusor', generator={generator!r})\n")
        model = MODELS.build(dict(type="ImageFusor", generator=generator))
        torch.save(dict(meta={}, state_dict=model.state_dict()), tmp_path / f"{role}.pth")
        networks[role] = (config, tmp_path / f"{role}.pth")
    pair = dict(img_a=pair_folder / "a" / "pair_0.png", img_b=pair_folder / "b" / "pair_0.png")

    report = measure_retention(networks, [pair], PyTorchInferencer, metrics=["EN"], repeats=1, device="cpu")

    assert [row.name for row in report.results] == [
        "teacher",
        "student",
        "A",
        "B",
        "mean",
        "maximum",
        "pyramid",
    ]
    assert 0 < report.ratio("parameters") < 0.5
    assert report.ratio("peak_bytes") == 1.0
    assert list(report.row("student").scores) == ["EN", "quality", "balanced_quality"]
    assert "1 pairs; device cpu" in retention_table(report)
    with pytest.raises(ValueError, match="at least one pair"):
        measure_retention(networks, [], PyTorchInferencer)
