"""Every command, path, name and piece of code that the documents show fits the package as it is."""

import argparse
import ast
import contextlib
import importlib
import importlib.util
import re
import runpy
import shlex
import sys
from functools import cache

import pytest
from conftest import ROOT
from documents import blocks, commands, inline_code, paths
from mmengine.registry import Registry

from mmfusion_distill import registry as our_registries
from mmfusion_distill.cli import main as mmfusion

LAUNCHERS = {"mpirun", "torchrun"}
#: Programs that are not ours: their arguments are their business.
OTHERS = {"git", "pre-commit", "source", "vllm"}
ALL_COMMANDS = sorted({command.text: command for command in commands()}.values())
REGISTRIES = [value for value in vars(our_registries).values() if isinstance(value, Registry)]
_parse_known_args = argparse.ArgumentParser.parse_known_args


class _Reached(BaseException):
    """A program would parse its arguments now."""


@pytest.fixture
def parse(monkeypatch):
    """Run a program up to where it parses its arguments, and let its parser have these."""

    def stop(parser, arguments=None, namespace=None):
        # The one that only looks for the subcommand.
        if parser.prog == "mmfusion":
            return _parse_known_args(parser, arguments, namespace)
        # Arguments of its own come before: short names of others' subcommands.
        raise _Reached(parser, arguments or [])

    def refuse(problem):
        raise AssertionError(problem)

    def parse_arguments(arguments, run, *inputs):
        with monkeypatch.context() as patch:
            patch.setattr(argparse.ArgumentParser, "parse_known_args", stop)
            patch.setattr(sys, "argv", ["program"])
            patch.syspath_prepend(ROOT / "tools")
            with pytest.raises(_Reached) as reached:
                run(*inputs)
        parser, own = reached.value.args
        parser.error = refuse
        with contextlib.suppress(SystemExit):  # --help
            parser.parse_args([*own, *arguments])

    return parse_arguments


def check_command(words, parse):
    program, *arguments = words
    if program in LAUNCHERS:
        # Behind its own options comes ours.
        start = next(i for i, word in enumerate(arguments) if word.startswith(("python", "-m", "tools/")))
        check_command(
            ["python", *arguments[start:]] if arguments[start] != "python" else arguments[start:], parse
        )
    elif program == "bash":
        program, arguments = arguments[0], arguments[1:]
        assert (ROOT / program).is_file(), f"there is no {program}"
    elif program == "python" and arguments[0] == "-m" and arguments[1] != "mmfusion_distill":
        assert importlib.util.find_spec(arguments[1]), f"there is no module {arguments[1]}"
    elif program == "python" and arguments[0] == "-c":
        compile(arguments[1], "-c", "exec")
    elif program == "python" and arguments[0].startswith("tests/"):
        assert (ROOT / arguments[0]).is_file(), f"there is no {arguments[0]}"
    elif program == "python" and arguments[0].startswith("tools/"):
        check_script(arguments[0], arguments[1:], parse)
    elif program == "mmfusion" or program == "python":
        check_subcommand(arguments if program == "mmfusion" else arguments[2:], parse)
    elif program == "make":
        targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert set(arguments) <= set(targets)
    elif program == "pip":
        check_installation(arguments)
    elif program == "pytest":
        for word in arguments:
            assert word.startswith("-") or (ROOT / word).exists(), f"there is no {word}"
    else:
        assert program in OTHERS, f"unknown program {program}"


def check_script(path, arguments, parse):
    assert (ROOT / path).is_file(), f"there is no {path}"
    if arguments:
        parse(arguments, runpy.run_path, str(ROOT / path), None, "__main__")


def check_subcommand(arguments, parse):
    if not arguments or arguments[0].startswith("-") or arguments[0] == "COMMAND":
        return
    name, *arguments = arguments
    assert name in mmfusion.SUBCOMMANDS, f"there is no mmfusion {name}"
    if arguments:
        parse(arguments, mmfusion.main, [name])


def check_installation(arguments):
    extras = {path.stem for path in (ROOT / "requirements").glob("*.txt")} - {"runtime"}
    for before, word in zip([None, *arguments], arguments):
        if before in ("-c", "-r"):
            assert (ROOT / word).is_file(), f"there is no {word}"
        found = re.fullmatch(r"(?:\.|mmfusion_distill)\[([\w,]+)\]", word)
        assert not found or set(found[1].split(",")) <= extras, f"there is no such extra: {word}"


@pytest.mark.parametrize("command", ALL_COMMANDS, ids=lambda command: command.place)
def test_a_command_is_one_that_its_program_takes(command, parse):
    try:
        check_command(shlex.split(command.text), parse)
    except AssertionError as problem:
        if command.whole or "the following arguments are required" not in str(problem):
            raise


@pytest.mark.parametrize(
    "command",
    ["mmfusion fly", "mmfusion fuse a b", "mmfusion fuse a b c --fast", "python tools/fly.py", "make fly"],
)
def test_a_command_that_is_none_is_found(command, parse):
    with pytest.raises(AssertionError):
        check_command(shlex.split(command), parse)


def test_paths_are_there():
    missing = [
        f"{place}: {path}" for place, path, _ in paths() if not list(ROOT.glob(path.replace("NAME", "*")))
    ]
    assert not missing


def test_configs_that_are_named_are_there():
    known = {path.stem for path in (ROOT / "configs").rglob("*.py")}
    missing = []
    for place, text, _ in [*inline_code(), *commands()]:
        for folder, name, ending in re.findall(r"(work_dirs/)?([a-z][\w-]*_1xb[\w-]+)(\.py)?", text):
            if (folder or ending) and name not in known:
                missing.append(f"{place}: {name}")
    assert not missing


@pytest.mark.parametrize("block", blocks("python"), ids=lambda block: block.place)
def test_code_parses_and_imports_what_is_there(block):
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("mmfusion_distill"):
            module = importlib.import_module(node.module)
            for name in node.names:
                assert hasattr(module, name.name), f"{node.module} has no {name.name}"
        if isinstance(node, ast.keyword) and node.arg == "type" and isinstance(node.value, ast.Constant):
            scope, _, name = node.value.value.rpartition(".")
            is_known = name in defined_classes() or is_registered(name)
            assert scope not in ("", "mmfusion") or is_known, f"{name} is registered nowhere"


def test_the_table_of_parts_has_all_that_are_registered_and_no_other():
    table = (ROOT / "docs" / "parts.md").read_text().partition("| Part | Registered names |")[2]
    listed = set(re.findall(r"`(\w+)`", table))
    for registry in REGISTRIES:
        registry.import_from_location()
    ours = {
        name
        for registry in REGISTRIES
        for name, part in registry.module_dict.items()
        if part.__module__.startswith("mmfusion_distill.")
    }
    assert listed == ours


@cache
def defined_classes():
    """Names of the classes that documents define themselves."""
    nodes = (node for block in blocks("python") for node in ast.walk(ast.parse(block.text)))
    return {node.name for node in nodes if isinstance(node, ast.ClassDef)}


def is_registered(name):
    return any(registry.get(name) for registry in REGISTRIES)
