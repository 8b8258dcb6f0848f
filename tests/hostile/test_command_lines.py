"""Arguments of the tools: one sentence and an exit code, no traceback, nothing outside of the target."""

import os

import pytest

from mmfusion_distill.cli import main as mmfusion

PAIR = ("--a", "a", "--b", "b")


def run(capsys, tool, *arguments):
    """Exit code and what was said, in this process."""
    try:
        code = mmfusion.main([tool, *arguments])
    except SystemExit as end:
        code = end.code
    said = capsys.readouterr()
    if isinstance(code, str):
        return 1, code
    return code, said.err + said.out


#: name, tool, arguments, what is said
CASES = (
    (
        "method out of the target",
        "evaluate",
        (*PAIR, "--fused", "../../x=a", "--out", "o"),
        "no plain name",
    ),
    (
        "method from the root",
        "evaluate",
        (*PAIR, "--fused", "/tmp/x=a", "--out", "o"),
        "no plain name",
    ),
    ("method of spaces", "evaluate", (*PAIR, "--fused", " =a", "--out", "o"), "no plain name"),
    (
        "method with a line break",
        "evaluate",
        (*PAIR, "--fused", "x\ny=a", "--out", "o"),
        "no plain name",
    ),
    (
        "method that is a baseline",
        "evaluate",
        (*PAIR, "--fused", "mean=a", "--out", "o"),
        "a baseline",
    ),
    (
        "target that is a file",
        "evaluate",
        (*PAIR, "--fused", "m=a", "--out", "a/good.png"),
        "is no folder",
    ),
    (
        "list that is a pipe",
        "evaluate",
        (*PAIR, "--ann-file", "pipe", "--out", "o"),
        "is a named pipe",
    ),
    (
        "list that is a device",
        "evaluate",
        (*PAIR, "--ann-file", "/dev/zero", "--out", "o"),
        "is a device",
    ),
    (
        "list of names out of the folders",
        "evaluate",
        (*PAIR, "--ann-file", "list", "--out", "o"),
        "passwd",
    ),
    (
        "folder that is a file",
        "evaluate",
        ("--a", "list", "--b", "b", "--out", "o"),
        "does not exist",
    ),
    ("unknown metric", "evaluate", (*PAIR, "--metrics", "XX", "--out", "o"), "XX"),
    ("checked folder that is not there", "check", ("a", "nowhere"), "nowhere does not exist"),
    ("checked folder that is a pipe", "check", ("a", "pipe"), "pipe does not exist"),
    ("annotated by a broken config", "annotate", ("bad.py",), "bad.py cannot be read (SyntaxError"),
    (
        "annotated by a config that is its own base",
        "annotate",
        ("self.py",),
        "self.py inherits from itself",
    ),
    ("annotated by a config that is not there", "annotate", ("no.py",), "no.py does not exist"),
    ("annotated below a file", "annotate", ("a", "b", "--out", "list/x"), "is no folder"),
    (
        "annotated by no model",
        "annotate",
        ("a", "b", "--annotator", "transformers", "--model", "a"),
        "model a",
    ),
    (
        "scored without images",
        "evaluate",
        ("--a", "none", "--b", "b", "--out", "o"),
        "is missing",
    ),
    (
        "scored with a list of others",
        "evaluate",
        (*PAIR, "--ann-file", "names", "--out", "o"),
        "nobody",
    ),
    ("fused with weights that are not there", "fuse", ("a", "b", "o", "--weights", "no.onnx"), "no.onnx"),
    ("range that is none", "fuse", ("a", "b", "o", "--ir-range", "9", "x"), "--ir-range 9 x is none"),
    ("range that ends before it begins", "fuse", ("a", "b", "o", "--ir-range", "9", "3"), "lower value"),
    ("calibration that is a pipe", "fuse", ("a", "b", "o", "--calibration", "pipe"), "is a named pipe"),
    ("calibration that is a list", "fuse", ("a", "b", "o", "--calibration", "list"), "no calibration"),
    ("calibration without end", "fuse", ("a", "b", "o", "--calibration", "/dev/zero"), "is a device"),
    ("calibrated into a folder", "calibrate", ("a", "b", "a"), "a is a folder"),
    ("calibrated below a file", "calibrate", ("a", "b", "list/c.json"), "is no folder"),
    (
        "calibrated of what is not there",
        "calibrate",
        ("a", "nowhere", "c.json"),
        "nowhere does not exist: correct",
    ),
    ("fused of what is not there", "fuse", ("nowhere", "b", "o"), "nowhere does not exist: correct its path"),
    ("calibrated of noise", "calibrate", ("a", "b", "c.json"), "too few edges in common"),
    ("video without a target", "video", ("a.avi", "b.avi"), "2 paths given"),
    ("video with too many paths", "video", ("a", "b", "c", "d"), "4 paths given"),
    (
        "fused with weights that are an image",
        "fuse",
        ("a", "b", "o", "--weights", "bad.onnx"),
        "bad.onnx",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_a_bad_argument_is_one_sentence(case, pair, capsys, monkeypatch):
    _, tool, arguments, says = case
    monkeypatch.chdir(pair)
    os.mkfifo(pair / "pipe")
    (pair / "none").mkdir()
    (pair / "names").write_text("nobody\n")
    (pair / "list").write_text("../../../etc/passwd\n")
    (pair / "bad.onnx").write_bytes((pair / "a" / "good.png").read_bytes())
    (pair / "bad.py").write_text("train_dataloader = dict(")
    (pair / "self.py").write_text("_base_ = './self.py'")
    before = sorted(pair.parent.iterdir())
    code, said = run(capsys, tool, *arguments)
    # Wrong use, where the value itself is none.
    assert code == (2 if "range" in case[0] or "paths given" in says else 1)
    assert says in said and "Traceback" not in said and "\n" not in said.strip().removeprefix("error: ")
    assert sorted(pair.parent.iterdir()) == before


#: option, what is given, what is said
SHARES = (
    ("--shard", "0/2", "'0/2' is no shard: write 1/4"),
    ("--shard", "3/2", "'3/2' is no shard"),
    ("--shard", "1/0", "'1/0' is no shard"),
    ("--shard", "x", "'x' is no shard"),
    ("--shard", "", "'' is no shard"),
    ("--shard", "1/2/3", "'1/2/3' is no shard"),
    ("--shard", "1/2\n", "is no shard"),
    ("--shard", "1.0/2", "is no shard"),
    ("--shard", "\u0661/\u0662", "is no shard"),
    ("--shard", f"1/{'9' * 5000}", "is no shard"),
    ("--shard=-1/2", None, "'-1/2' is no shard"),
    ("--launcher", "ssh", "invalid choice: 'ssh'"),
    ("--local_rank", "x", "'x' is not a whole number of at least 0"),
    ("--local_rank", "-1", "'-1' is not a whole number of at least 0"),
)


@pytest.mark.parametrize("tool", ["fuse", "annotate"])
@pytest.mark.parametrize("share", SHARES, ids=lambda share: str(share[1])[:9])
def test_a_share_that_is_none_shows_the_usage(tool, share, pair, capsys, monkeypatch):
    *option, says = [part for part in share if part is not None]
    monkeypatch.chdir(pair)
    code, said = run(capsys, tool, "a", "b", *(["o"] if tool == "fuse" else []), *option)
    assert code == 2 and says in said and said.startswith("usage:")
    assert not (pair / "o").exists() and not (pair / "annotations").exists()


#: what a launcher is said to have told, what is said
ENVIRONMENTS = (
    (dict(RANK="x"), "cannot join the others (invalid literal for int"),
    (dict(WORLD_SIZE="0"), "cannot join the others"),
    (dict(MASTER_PORT="99999999"), "cannot join the others"),
    (dict(MASTER_ADDR=""), "the environment has no MASTER_ADDR"),
)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda case: "".join(case[0]))
def test_what_a_launcher_would_not_tell_is_one_sentence(environment, pair, capsys, monkeypatch):
    told, says = environment
    good = dict(RANK="0", LOCAL_RANK="0", WORLD_SIZE="1", MASTER_ADDR="127.0.0.1", MASTER_PORT="29544")
    for name, value in (good | told).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(pair)
    code, said = run(capsys, "fuse", "a", "b", "o", "--launcher", "pytorch")
    assert code == 1 and says in said and "\n" not in said


def test_a_name_that_is_no_text_is_scored_and_printed(pair, capsys, monkeypatch):
    name = os.fsdecode(b"caf\xe9.png")
    for source in ("a", "b"):
        os.rename(pair / source / "hostile.png", pair / source / name)
    monkeypatch.chdir(pair)
    arguments = (*PAIR, "--fused", "m=a", "--out", "o", "--metrics", "EN", "--bootstrap", "0")
    code, said = run(capsys, "evaluate", *arguments)
    assert code == 0 and "EN" in said
    assert "caf" in (pair / "o" / "per_image.csv").read_text()


def test_an_interruption_is_one_line(capsys):
    from mmfusion_distill.user_errors import exit_on_user_error

    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as end:
        exit_on_user_error(interrupted)
    assert end.value.code == 130
    assert capsys.readouterr().err == "interrupted: what was finished is kept\n"
