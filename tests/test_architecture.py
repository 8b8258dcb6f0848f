"""The plan of docs/architecture.md is what the code does: who imports whom, read from the source."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = "mmfusion_distill"
#: What is imported from outside the package: everything there.
OUTSIDE = ("tools", "demo", "tests")
GROUND = ("compat", "compat_operators", "deferred_imports", "lazy", "user_errors", "version")


@cache
def plan() -> tuple[str, ...]:
    """The rooms of the plan, from left to right."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    return tuple(re.findall(r"\w+", re.search(r"```\n(tools.*?)```", text, re.DOTALL).group(1)))


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    return {module_name(path): path for path in files(PACKAGE)}


def imported(path: Path) -> dict[str, int]:
    """Modules of the package that a file imports, anywhere in it, by name or by a string, and in which line."""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    found: dict[str, int] = {}
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and _name(node.func) in ("import_module", "lazy_attributes"):
            names = [_absolute(text, package) for text in _strings(node)]
        for name in names:
            if name.split(".")[0] == PACKAGE:
                found.setdefault(_module_of(name), node.lineno)
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _strings(node: ast.AST) -> list[str]:
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def _absolute(name: str, package: list[str]) -> str:
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    return ".".join([*package[: len(package) - level + 1], name[level:]])


def _module_of(name: str) -> str:
    """The module that `from x import name` reads: `x.name` if that is one, or else `x`."""
    while name not in modules():
        name = name.rpartition(".")[0]
    return name


def room(name: str) -> str:
    """Room of a module; the package's `__init__` counts to the ground, as it imports nothing else."""
    parts = name.split(".")
    if len(parts) == 1 or parts[1] in GROUND:
        return "ground"
    return parts[1]


def test_every_room_of_the_plan_exists_and_every_room_is_in_the_plan():
    rooms = {room(name) for name in modules()}
    assert rooms - set(plan()) == set()
    assert set(plan()) - set(OUTSIDE) - rooms == set()


@pytest.mark.parametrize("name", [name for name in plan() if name not in OUTSIDE])
def test_a_room_imports_only_from_its_right(name):
    allowed = plan()[plan().index(name) :]
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {target}"
        for module, path in modules().items()
        if room(module) == name
        for target, line in imported(path).items()
        if room(target) not in allowed
    ]
    assert not wrong, "\n".join(["docs/architecture.md says whom a room imports from; against it:", *wrong])


def test_no_modules_import_each_other_in_a_circle():
    graph = {name: set(imported(path)) - {name, PACKAGE} for name, path in modules().items()}
    # A package's `__init__` hands out its modules: it is needed by nobody inside that package.
    while leaves := [name for name, needed in graph.items() if not needed]:
        for name in leaves:
            del graph[name]
        for needed in graph.values():
            needed.difference_update(leaves)
    # What is left is in a circle, or needs one.
    in_circle = {name: needed for name, needed in graph.items() if _reaches(graph, needed, name)}
    assert not in_circle, "\n".join(f"{name} <-> {', '.join(sorted(in_circle[name]))}" for name in in_circle)


def _reaches(graph: dict[str, set[str]], start: set[str], goal: str) -> bool:
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            waiting.extend(graph.get(name, ()))
    return False


def test_no_tool_imports_from_the_tests():
    names = {"tests", *(path.stem for path in (ROOT / "tests").glob("*.py"))}
    for path in [*files("tools"), *files("demo"), *files(PACKAGE)]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module.split(".")[0] not in names, path
            elif isinstance(node, ast.Import):
                assert not {alias.name.split(".")[0] for alias in node.names} & names, path


def test_files_stay_below_300_lines():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files(PACKAGE)}
    assert not {name: lines for name, lines in long.items() if lines > 300}


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_the_files_that_a_page_names_exist(page):
    text = (ROOT / page).read_text()
    named = set(re.findall(r"`((?:mmfusion_distill|configs|tools|tests|docs|requirements)/[\w./-]+)`", text))
    assert {name for name in named if not (ROOT / name).exists()} == set()
