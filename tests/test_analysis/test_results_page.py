"""The page of results."""

import numpy as np
import pytest
import torch
from scripts import run_script

from mmfusion_distill.analysis.named_network import load_named_network
from mmfusion_distill.analysis.results_page import (
    PYRAMID,
    networks_table,
    score_set,
    scores_table,
    write_section,
)
from mmfusion_distill.analysis.scored_pairs import folder_dataset, load_scored_pairs
from mmfusion_distill.evaluation import laplacian_pyramid_fusion
from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer
from mmfusion_distill.registry import MODELS


@pytest.fixture
def weights(tiny_network, tiny_teacher, tmp_path):
    """Arguments of a teacher and a student."""
    tiny_teacher["guidance"]["null_embedding"] = True
    models = {
        "teacher": dict(
            type="ImageFusor",
            generator=tiny_teacher,
            text_encoder=dict(type="SentenceTextEncoder"),
            text_cache=None,
        ),
        "student": dict(type="ImageFusor", generator=tiny_network),
    }
    arguments = []
    for name, model in models.items():
        torch.save(dict(state_dict=MODELS.build(model).state_dict()), tmp_path / f"{name}.pth")
        (tmp_path / f"{name}.py").write_text(f"model = {model!r}\n")
        arguments.append(f"{name}={tmp_path / name}.pth:{tmp_path / name}.py")
    return arguments


@pytest.fixture
def folders(pair_folder):
    return [pair_folder / name for name in ("a", "b", "annotations")]


def test_pairs_of_several_data_sets_follow_one_another(folders):
    part = folder_dataset(*folders)
    names = [pair.name for pair in load_scored_pairs(part)]
    both = load_scored_pairs(dict(type="SeededConcatDataset", datasets=[part, part]), seed=0)
    assert [pair.name for pair in both] == names * 2
    assert all(pair.kinds for pair in both)


def test_every_method_is_scored_against_the_clean_sources(weights, folders):
    networks = [load_named_network(text, PyTorchInferencer, "cpu") for text in weights]
    pairs = load_scored_pairs(folder_dataset(*folders), seed=0, limit=3)
    scores = score_set(networks, pairs)
    assert scores.result.methods == [
        *("teacher with text", "teacher without text", "student"),
        *("pyramid", "mean", "maximum", "copy of A", "copy of B"),
    ]
    assert np.array_equal(scores.fused[0][PYRAMID], laplacian_pyramid_fusion(pairs[0].img_a, pairs[0].img_b))
    wins = dict(zip(scores.result.methods, scores.wins()))
    assert wins[PYRAMID] == 8 and all(0 <= count <= 8 for count in wins.values())
    table = scores_table(scores).splitlines()
    assert len(table) == 2 + 8 and table[2].startswith("| teacher with text |")
    assert len({line.count("|") for line in table}) == 1
    sizes = networks_table(networks, {"degraded": scores}).splitlines()
    teacher, student = ([cell.strip() for cell in line.strip("|").split("|")] for line in sizes[2:])
    assert "balanced_quality, degraded" in sizes[0]
    assert teacher[4:] == ["100.0 %"] * 4 and float(student[4].split()[0]) < 100


def test_without_a_teacher_nothing_is_said_of_one(weights, folders):
    network = load_named_network(weights[1], PyTorchInferencer, "cpu")
    scores = score_set([network], load_scored_pairs(folder_dataset(*folders), limit=2))
    assert scores.result.methods[:2] == ["student", PYRAMID]
    assert "teacher" not in networks_table([network], {"clean": scores})


def test_a_section_replaces_its_predecessor_only(tmp_path):
    page = tmp_path / "docs" / "results.md"
    write_section(page, "One", "## One\n\nold\n")
    write_section(page, "Two", "## Two\n\nother\n")
    write_section(page, "One", "## One\n\nnew\n")
    text = page.read_text()
    assert text.startswith("# Results\n") and "old" not in text
    assert text.index("## One\n\nnew\n") < text.index("## Two\n\nother\n")


def test_the_page_starts_with_its_command(weights, folders, tmp_path, monkeypatch):
    monkeypatch.setenv("MMFUSION_DATA_ROOT", str(folders[0].parent))
    page = tmp_path / "docs" / "results.md"
    places = [f"--{name}={folder}" for name, folder in zip(("a", "b", "annotations"), folders)]
    command = ["analysis_tools/results.py", "--weights", weights[1], *places, "--limit", "2", "--out", page]
    done = run_script(*command, "--title", "Made up", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    section = page.read_text().partition("## Made up\n\n```bash\n")[2]
    assert section.startswith("python tools/analysis_tools/results.py --weights student=")
    assert "--a=$MMFUSION_DATA_ROOT/a" in section.splitlines()[0]
    assert "### Clean, 2 pairs" in section and "### Degraded, 2 pairs" in section
    assert section.count("| hot_contrast (scenes) |") == 1
    assert (page.parent / "images" / "results-made-up.png").is_file()
    assert "`images/results-made-up.png`" in section


def test_weights_without_a_place_are_refused():
    with pytest.raises(ValueError, match="'teacher=' names no weights"):
        load_named_network("teacher=", PyTorchInferencer)
