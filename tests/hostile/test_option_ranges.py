"""Every number that a command or tool takes has a range, and what is out of it ends with 2 and the usage."""

import argparse
import importlib
import logging
import runpy
import sys

import pytest
from conftest import ROOT

from mmfusion_distill.cli.main import SUBCOMMANDS
from mmfusion_distill.system.number_range import NumberRange

CONFIG = str(ROOT / "configs/fusion_distill/teacher_xrestormer-d16_1xb4-2k_roadscene-64x64.py")
SCRIPTS = sorted(
    path
    for folder in ("tools", "demo")
    for path in (ROOT / folder).rglob("*.py")
    if "argparse" in path.read_text()
)
NEVER = ("nan", "inf", "-inf", "1e999", "x", "", "one", "1_000", "\u0661", "0x10", "True")


class _Found(BaseException):
    pass


def parsers_of(run, monkeypatch):
    """The parser of a program and those of its subcommands, taken when it would parse its arguments."""
    found = []

    def catch(self, *_, **__):
        found.append(self)
        raise _Found

    with monkeypatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "parse_args", catch)
        with pytest.raises(_Found):
            run()
    for parser in found:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                found += action.choices.values()
    return found


def programs():
    for name in SUBCOMMANDS:
        module = f"mmfusion_distill.cli.{name}"
        yield pytest.param(lambda module=module: importlib.import_module(module).main([]), id=name)
    for path in SCRIPTS:
        yield pytest.param(lambda path=path: runpy.run_path(str(path), run_name="__main__"), id=path.name)


@pytest.mark.parametrize("run", programs())
def test_every_number_goes_through_the_checked_type(run, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["program"])
    for parser in parsers_of(run, monkeypatch):
        for action in parser._actions:
            assert action.type not in (int, float, complex), f"{action.option_strings} has no range"
            if not isinstance(action.type, NumberRange):
                continue
            wanted = action.type
            below = "0" if wanted.is_above else repr(wanted.least - 1)
            beyond = [below.removesuffix(".0")] if wanted.least > float("-inf") else []
            beyond += [repr(wanted.most + 1)] if wanted.most < float("inf") else []
            for text in (*NEVER, *beyond):
                with pytest.raises(argparse.ArgumentTypeError):
                    wanted(text)
            if action.default is not None and not isinstance(action.default, (list, tuple, str)):
                assert action.default in wanted, f"the default of {action.option_strings} is out of its range"


#: Arguments, and what is said before anything is read or computed.
WRONG = (
    ("fuse", "a b o --batch-size 0", "--batch-size: '0' is not a whole number of at least 1"),
    ("fuse", "a b o --workers -1", "--workers: '-1' is not a whole number of at least 1"),
    ("fuse", "a b o --slice -1", "--slice: '-1' is not"),
    ("fuse", "a b o --ir-range nan 3", "is 'nan', wanted a finite number"),
    ("fuse", "a b o --ir-range 0 inf", "is 'inf', wanted a finite number"),
    ("annotate", "a b --out o --workers 0", "--workers: '0' is not"),
    ("annotate", "a b --out o --stop-after -3", "--stop-after: '-3' is not a whole number of at least 0"),
    ("annotate", "a b --out o --options abc", "--options abc: give KEY=VALUE"),
    ("annotate", "a b --out o --options =3", "--options =3: give KEY=VALUE"),
    ("annotate", "a b --out o --options a=[1,2", "--options a=[1,2: "),
    (
        "annotate",
        "a b --out o --options thresholds.dark_mean=bright",
        "dark_mean is 'bright', wanted a finite",
    ),
    ("annotate", "a b --out o --options thresholds.dark_mean=nan", "dark_mean is 'nan', wanted a finite"),
    ("annotate", "a b --out o --options medical_thresholds.noise=x", "noise is 'x', wanted a finite number"),
    ("annotate", "a b --out o --options thresholds=3", "must be a mapping"),
    ("annotate", "a b --out o --options workers=0", "workers is '0', wanted a whole number of at least 1"),
    ("annotate", "a b --out o --options workers=two", "workers is 'two', wanted a whole number"),
    ("annotate", "a b --out o --options wrkers=2", "it has no setting 'wrkers'"),
    ("annotate", "a b --out o --options thresholds.none=1", "it has no setting 'none'"),
    ("annotate", "a b --out o --options thresholds=", "must be a mapping"),
    ("annotate", "a b --out o --annotator nobody", "annotator 'nobody' is none of statistics"),
    ("annotate", "a b --out o --annotator openai --model m --options timeout=0", "timeout is '0', wanted"),
    (
        "annotate",
        "a b --out o --annotator openai --model m --options max_size=-1",
        "max_size is '-1', wanted",
    ),
    ("check", "a b --workers 0", "--workers: '0' is not"),
    ("check", "a b --min-size -5", "--min-size: '-5' is not a whole number of at least 0"),
    ("check", "a b --show -1", "--show: '-1' is not"),
    (
        "evaluate",
        "--a a --b b --out o --grid good --zoom 0,0,0,0",
        "--zoom: '0' is not a whole number of at least 1",
    ),
    ("evaluate", "--a a --b b --out o --grid good --zoom 1,2,3", "--zoom: '1,2,3' is no box: give X,Y,W,H"),
    (
        "evaluate",
        "--a a --b b --out o --grid good --zoom 60,60,64,64",
        "does not lie inside an image of 72x64",
    ),
    ("evaluate", "--a a --b b --out o --workers 0", "--workers: '0' is not"),
    ("video", "a b c.avi --offset nan", "--offset: 'nan' is not a finite number"),
    ("video", "a b c.avi --steady -1", "--steady: '-1' is not"),
    ("serve", "--port 70000", "--port: '70000' is not a whole number of at least 0 and at most 65535"),
    ("serve", "--max-megapixels 0", "--max-megapixels: '0' is not a finite number above 0"),
    ("train", "c.py --cfg-options abc", "--cfg-options abc: give KEY=VALUE"),
    ("train", "c.py --cfg-options a=(1,", "--cfg-options a=(1,: "),
    (
        "train",
        "CONFIG --cfg-options train_dataloader.batch_size=0",
        "'0' was given, wanted a whole number of at least 1",
    ),
    (
        "train",
        "CONFIG --cfg-options train_dataloader.batch_size=two",
        "'two' was given, wanted a whole number",
    ),
    ("train", "CONFIG --cfg-options val_dataloader.num_workers=-1", "'-1' was given, wanted a whole number"),
    (
        "train",
        "CONFIG --cfg-options model.generator.dim=-8",
        "'-8' was given, wanted a whole number of at least 1",
    ),
    (
        "train",
        "CONFIG --cfg-options optim_wrapper.optimizer.lr=nan",
        "'nan' was given, wanted a finite number",
    ),
    (
        "train",
        "CONFIG --cfg-options optim_wrapper.optimizer.betas=[2,3]",
        "entry 0 is '2', wanted a finite number",
    ),
    (
        "train",
        "CONFIG --cfg-options train_cfg.max_iters=0",
        "'0' was given, wanted a whole number of at least 1",
    ),
    ("train", "CONFIG --cfg-options randomness.seed=-1", "'-1' was given, wanted a whole number"),
    ("train", "CONFIG --cfg-options optim_wrapper=3", "optim_wrapper is a dict: set its keys"),
    ("train", "CONFIG --cfg-options param_scheduler=3", "param_scheduler is a list: give [...]"),
    ("train", "CONFIG --cfg-options train_dataloader.batchsize=3", "did you mean 'batch_size'?"),
    ("train", "CONFIG --local_rank -1", "'-1' is not a whole number of at least 0"),
    (
        "test",
        "CONFIG w.pth --cfg-options test_dataloader.batch_size=0",
        "'0' was given, wanted a whole number",
    ),
    ("test", "c.py w.pth --cfg-options abc", "--cfg-options abc: give KEY=VALUE"),
)


@pytest.mark.parametrize("command, arguments, says", WRONG, ids=lambda part: part if len(part) < 60 else "")
def test_a_value_out_of_its_range_is_wrong_use(command, arguments, says, pair, capsys, monkeypatch):
    monkeypatch.chdir(pair)
    # mmengine's log may still write to what an earlier test captured.
    monkeypatch.setattr(logging, "raiseExceptions", False)
    before = sorted(pair.rglob("*"))
    with pytest.raises(SystemExit) as end:
        importlib.import_module(f"mmfusion_distill.cli.{command}").main(
            arguments.replace("CONFIG", CONFIG).split()
        )
    said = capsys.readouterr()
    assert end.value.code == 2
    assert says in said.err and not said.out
    assert said.err.startswith(("usage:", "error: ")) and "Traceback" not in said.err
    assert sorted(pair.rglob("*")) == before
