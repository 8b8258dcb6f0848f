"""mmfusion annotate: summary, exit codes, wrong arguments."""

import re

import pytest

from mmfusion_distill.cli import annotate as command


@pytest.fixture
def annotate():
    """The command as a function of its arguments, which gives its exit code."""
    return lambda *arguments: command.main(list(map(str, arguments)))


def test_folders_are_annotated_and_summed_up(annotate, pair_folder, capsys):
    out = pair_folder / "new"
    assert annotate(pair_folder / "a", pair_folder / "b", "--out", out) == 0
    assert f"6 written to {out}, 0 there before, 0 failed" in capsys.readouterr().out
    assert len(list(out.iterdir())) == 6
    assert annotate(pair_folder / "a", pair_folder / "b", "--out", out) == 0
    assert "0 written" in capsys.readouterr().out


def test_a_failure_is_listed_and_makes_the_exit_code_1(annotate, pair_folder, capsys):
    (pair_folder / "a" / "pair_4.png").write_bytes(b"")
    assert annotate(pair_folder / "a", pair_folder / "b", "--out", pair_folder / "new") == 1
    assert "FAILED pair_4: " in capsys.readouterr().out
    assert not (pair_folder / "new" / "pair_4_pair_4.txt").exists()


def test_shards_write_disjoint_parts(annotate, pair_folder):
    out = pair_folder / "new"
    counts = []
    for shard in ("1/4", "2/4", "3/4", "4/4"):
        assert annotate(pair_folder / "a", pair_folder / "b", "--out", out, "--shard", shard) == 0
        counts.append(len(list(out.iterdir())))
    assert counts == [2, 4, 5, 6]


def test_options_reach_nested_arguments(annotate, pair_folder, capsys):
    options = ["--options", "thresholds.dark_mean=256", "--out", pair_folder / "new"]
    assert annotate(pair_folder / "a", pair_folder / "b", *options) == 0
    assert "low_light                          6" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["missing_a", "missing_b"], "the folder missing_a does not exist"),
        (["a", "b", "--annotator", "gpt"], "annotator 'gpt' is none of"),
        (["a", "b", "--options", "colour=1"], "colour"),
        (["a", "b", "--annotator", "openai"], "model"),
    ],
)
def test_a_wrong_argument_is_one_sentence(annotate, pair_folder, monkeypatch, capsys, args, message):
    monkeypatch.chdir(pair_folder)
    with pytest.raises(SystemExit) as stopped:
        annotate(*args)
    # A sentence is its own exit code 1, a value out of range has 2 and its sentence on standard error.
    said = str(stopped.value.code) if stopped.value.code != 2 else capsys.readouterr().err
    assert re.match(f"error: .*{message}", said)
    assert "Traceback" not in said


@pytest.mark.parametrize("args", [["a"], ["a", "b", "c"], ["a", "b", "--shard", "5/4"]])
def test_what_cannot_be_meant_shows_the_usage(annotate, args):
    with pytest.raises(SystemExit, match="2"):
        annotate(*args)
