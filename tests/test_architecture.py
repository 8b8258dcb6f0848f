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
GROUND = ("compat", "compat_operators", "extras", "registry", "user_errors", "version")


@cache
def plan() -> tuple[str, ...]:
    """The rooms of the plan, from left to right."""
    return _rooms_after("```\n(tools.*?)```")


@cache
def plan_of_models() -> tuple[str, ...]:
    """The rooms within `models`, from left to right."""
    return _rooms_after("Within `models`:\n\n```\n(.*?)```")


def _rooms_after(pattern: str) -> tuple[str, ...]:
    text = (ROOT / "docs" / "architecture.md").read_text()
    return tuple(re.findall(r"[\w.]+", re.search(pattern, text, re.DOTALL).group(1)))


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    return {module_name(path): path for path in files(PACKAGE)}


@cache
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
        elif isinstance(node, ast.Call) and _name(node.func) == "import_module":
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


def room_of_models(name: str) -> str | None:
    """Room of a module within `models`; None for the first page and modules that lie in no room."""
    parts = name.split(".")
    return parts[2] if len(parts) > 2 and parts[1] == "models" and parts[2] in plan_of_models() else None


def test_rooms_of_models_are_those_of_the_plan():
    folders = {path.parent.name for path in (ROOT / PACKAGE / "models").glob("*/__init__.py")}
    assert folders == set(plan_of_models())


def test_rooms_of_models_import_only_from_their_right():
    wrong = []
    for module, path in modules().items():
        own = room_of_models(module)
        if own is None:
            continue
        allowed = plan_of_models()[plan_of_models().index(own) :]
        for target, line in imported(path).items():
            if room(target) == "models" and room_of_models(target) not in allowed:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {target}")
    assert not wrong, "\n".join(["docs/architecture.md says whom a room imports from; against it:", *wrong])


#: What a light room does without, or imports when it is used.
HEAVY = {
    "torch",
    "torchvision",
    "mmengine",
    "mmagic",
    "mmcv",
    "mmdet",
    "mmseg",
    "transformers",
    "gradio",
    "scipy",
    "pywt",
    "skimage",
}


#: Lines within `models` that ask an object of another library for an attribute by its name.
ASKS_ANOTHER_LIBRARY = {"fusors/preprocessors.py: getattr(self.wrapped, name)"}


def test_models_ask_no_part_for_optional_behaviour():
    models = ROOT / PACKAGE / "models"
    found = {
        f"{path.relative_to(models)}: {ast.unparse(node)}"
        for path in models.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _name(node.func) in ("getattr", "hasattr")
    }
    assert found == ASKS_ANOTHER_LIBRARY


@cache
def light() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Light rooms, and modules in them that are not light."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    rooms, others = re.search(
        r"^Light rooms[^:]*: ([^\n]*)\nThese modules in them do not: (.*?)\n\n",
        text,
        re.MULTILINE | re.DOTALL,
    ).groups()
    return tuple(re.findall(r"`([\w.]+)`", rooms)), tuple(re.findall(r"`([\w.]+)`", others))


def is_light(name: str) -> bool:
    inner = name.removeprefix(f"{PACKAGE}.")
    rooms, others = light()
    return room(name) in (*rooms, "ground") and not any(
        f"{inner}.".startswith(f"{other}.") for other in others
    )


def imported_at_once(path: Path) -> set[str]:
    """Packages and modules that importing a file imports, by absolute names: what functions import comes later."""
    tree = ast.parse(path.read_text())
    waiting, found = list(tree.body), set()
    package = module_name(path).split(".")[: None if path.name == "__init__.py" else -1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            found.update(f"{base}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.If) and _name(node.test) == "TYPE_CHECKING":
            continue
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def test_light_rooms_need_no_pytorch():
    wrong = []
    for module, path in modules().items():
        if room(module) in light()[0] and is_light(module):
            for name in sorted(imported_at_once(path)):
                top = name.split(".")[0]
                if top in HEAVY or (top == PACKAGE and not is_light(_module_of(name))):
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(["docs/architecture.md says which rooms are light; against it:", *wrong])


def test_no_folders_import_each_other_in_a_circle():
    def folder(name: str) -> str:
        inside = room_of_models(name)
        return f"models.{inside}" if inside else room(name)

    graph: dict[str, set[str]] = {}
    for name, path in modules().items():
        if folder(name) not in ("ground", "models"):
            graph.setdefault(folder(name), set()).update(map(folder, imported(path)))
    for name, needed in graph.items():
        needed -= {name, "ground"}
    in_circle = {name: needed for name, needed in graph.items() if _reaches(graph, needed, name)}
    assert not in_circle, "\n".join(f"{name} -> {', '.join(sorted(in_circle[name]))}" for name in in_circle)


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
