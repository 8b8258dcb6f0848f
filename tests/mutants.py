"""Mutants: the package's functions with one thing changed, made from their syntax trees.

`tests/mutation_run.py` looks which of them the tests notice.
"""

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef

_OPPOSITES = [
    (ast.Lt, ast.LtE),
    (ast.Gt, ast.GtE),
    (ast.Eq, ast.NotEq),
    (ast.Is, ast.IsNot),
    (ast.In, ast.NotIn),
    (ast.Add, ast.Sub),
    (ast.Mult, ast.Div),
    (ast.BitAnd, ast.BitOr),
    (ast.And, ast.Or),
]
OPERATORS = dict(_OPPOSITES) | {other: operator for operator, other in _OPPOSITES}
OPERATORS |= {ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult}
_PAIRS = [
    ("min", "max"),
    ("amin", "amax"),
    ("minimum", "maximum"),
    ("any", "all"),
    ("sum", "mean"),
    ("height", "width"),
    ("row", "column"),
    ("rows", "columns"),
    ("ours", "theirs"),
    ("student", "teacher"),
    ("removeprefix", "removesuffix"),
    ("stop", "start"),
    ("floor", "ceil"),
    ("zeros", "ones"),
    ("new_zeros", "new_ones"),
]
#: Names that are taken for each other; those in `_a` and `_b` besides.
SWAPS = dict(_PAIRS) | {other: name for name, other in _PAIRS}
# Texts of messages, types and what other programs run are not what a mutant should be about.
_LEFT_ALONE = (ast.Raise, ast.JoinedStr, ast.Import, ast.ImportFrom, ast.Assert)
_LEFT_ALONE_FIELDS = {"annotation", "returns", "decorator_list"}
_EITHER_WAY = ("min", "max", "minimum", "maximum")
_MODULES = ("np", "torch", "nn", "self", "math", "cv2", "re", "os")


@dataclass(eq=False)
class Mutant:
    """A function with one thing changed.

    Args:
        path (Path): Its module's file.
        function (Function): The function, in the tree of its module.
        line (int): Where the statement with the change starts.
        change (str): The statement before and after.
    """

    path: Path
    tree: ast.Module
    function: Function
    line: int
    change: str
    _parent: Any
    _field: str
    _index: int | None
    _new: Any

    @property
    def name(self) -> str:
        """Place and change, the same in every run."""
        return f"{self.path}:{self.line} {self.function.name}: {self.change}"

    @property
    def key(self) -> tuple[str, int]:
        """Name and first line of the function's code."""
        return key_of(self.function)

    def apply(self, functions: list[FunctionType]) -> bool:
        """Give the change to the living functions; whether that was possible."""
        if self._field == "default":
            for function in functions:
                values = list(function.__defaults__ or ())
                values[self._index - len(self.function.args.defaults)] = self._new
                function.__defaults__ = tuple(values)
            return bool(functions)
        _put(self._parent, self._field, self._index, self._new)
        return swap_code(self.tree, self.path, self.function, functions)


def swap_code(tree: ast.Module, path: Path, function: Function, living: list[FunctionType]) -> bool:
    """Compile a changed tree and give a function's code to those that live; whether that was possible."""
    ast.fix_missing_locations(tree)
    code = _find_code(compile(tree, str(path), "exec"), *key_of(function))
    if not living or code is None:
        return False
    for function_ in living:
        if code.co_freevars != function_.__code__.co_freevars:
            return False  # e.g. without its `super()`, which no test would miss
        function_.__code__ = code
    return True


def key_of(function: Function) -> tuple[str, int]:
    """What a function's code object calls it: name and first line, decorators included."""
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return function.name, first


def functions_of(tree: ast.Module) -> list[Function]:
    """Functions and methods; those inside of others are parts of these."""
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    return [node for body in bodies for node in body if isinstance(node, Function)]


def mutants_of(path: Path) -> list[Mutant]:
    """All mutants of a file, in the order of its lines."""
    tree = ast.parse(path.read_text())
    found = []
    for function in functions_of(tree):
        places = _places(function)
        names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        names |= {arg.arg for arg in ast.walk(function) if isinstance(arg, ast.arg)}
        for parent, field, index, node, statement in places:
            for new in _alternatives(node, names):
                before = ast.unparse(statement)
                _put(parent, field, index, new)
                after = "(removed)" if isinstance(new, ast.Pass) else ast.unparse(statement)
                _put(parent, field, index, node)
                change = _shorten(before, after)
                found.append(
                    Mutant(path, tree, function, statement.lineno, change, parent, field, index, new)
                )
        for index, default in enumerate(function.args.defaults):
            if isinstance(default, ast.Constant) and isinstance(default.value, bool | int | float):
                name = function.args.args[index - len(function.args.defaults)].arg
                new = not default.value if isinstance(default.value, bool) else default.value + 1
                change = f"{name}={default.value} -> {new}"
                line = function.body[_is_text(function.body[0])].lineno
                found.append(Mutant(path, tree, function, line, change, None, "default", index, new))
    unique = {mutant.name: mutant for mutant in found if mutant.change}
    return list(unique.values())


def _places(function: Function) -> list[tuple]:
    """Every node inside a function's body: parent, field, index, node, and the statement that it is part of."""
    places: list[tuple] = []

    def visit(parent: ast.AST, statement: ast.AST | None) -> None:
        for field, value in ast.iter_fields(parent):
            if field in _LEFT_ALONE_FIELDS or (parent is function and field != "body"):
                continue
            children = value if isinstance(value, list) else [value]
            for index, node in enumerate(children):
                if not isinstance(node, ast.AST) or isinstance(node, _LEFT_ALONE) or _is_for_readers(node):
                    continue
                inside = node if isinstance(node, ast.stmt) else statement
                places.append((parent, field, index if isinstance(value, list) else None, node, inside))
                visit(node, inside)

    visit(function, None)
    return places


def _alternatives(node: ast.AST, names: set[str]) -> Iterator[Any]:
    """What a node may be mistaken for."""
    if type(node) in OPERATORS:
        yield OPERATORS[type(node)]()
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, int | float):
            yield ast.Constant(node.value + 1)
            if node.value > 1:
                yield ast.Constant(node.value - 1)
        elif isinstance(node.value, str) and _swapped(node.value) != node.value:
            yield ast.Constant(_swapped(node.value))
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        other = _swapped(node.id)
        if other in names or (other != node.id and node.id in ("min", "max", "any", "all")):
            yield ast.Name(other, node.ctx)
    elif isinstance(node, ast.Attribute) and _swapped(node.attr) != node.attr:
        yield ast.Attribute(node.value, _swapped(node.attr), node.ctx)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
    elif isinstance(node, ast.comprehension):
        for index in range(len(node.ifs)):
            yield _with(node, ifs=node.ifs[:index] + node.ifs[index + 1 :])
    elif isinstance(node, ast.Slice) and (node.lower or node.upper):
        yield ast.Slice()
    elif isinstance(node, ast.Call):
        yield from _other_calls(node)
    elif isinstance(node, ast.BoolOp):
        for index in range(len(node.values)):
            others = node.values[:index] + node.values[index + 1 :]
            yield others[0] if len(others) == 1 else _with(node, values=others)
    elif isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.AugAssign):
        target = copy(node.target)
        yield ast.Assign([target], node.value)
    elif isinstance(node, ast.Expr | ast.Delete) or (
        isinstance(node, ast.Assign)
        and all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    ):
        yield ast.Pass()


def _other_calls(node: ast.Call) -> Iterator[ast.AST]:
    for index in range(len(node.keywords)):
        yield _with(node, keywords=node.keywords[:index] + node.keywords[index + 1 :])
    if len(node.args) > 1 and not any(isinstance(argument, ast.Starred) for argument in node.args):
        yield _with(node, args=node.args[:-1])
        if not ast.unparse(node.func).endswith(_EITHER_WAY):
            yield _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
    # Without the call of a method, unless it is a module's or a class's: x.abs() -> x.
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    of_module = isinstance(owner, ast.Name) and (owner.id in _MODULES or not owner.id.islower())
    if owner is not None and not of_module and not ast.unparse(owner).startswith("super()"):
        yield owner


def _with(node: Any, **fields: Any) -> Any:
    new = copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _swapped(name: str) -> str:
    if name.endswith(("_a", "_b")):
        return name[:-1] + {"a": "b", "b": "a"}[name[-1]]
    return SWAPS.get(name, name)


def _is_text(node: ast.AST) -> bool:
    """Whether this is a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_for_readers(node: ast.AST) -> bool:
    """Whether this is a docstring or a line of the log."""
    return _is_text(node) or (isinstance(node, ast.Expr) and ast.unparse(node).startswith("print_log("))


def _put(parent: Any, field: str, index: int | None, node: Any) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _shorten(before: str, after: str) -> str:
    """The first line that differs, before and after; empty if none does."""
    pairs = zip(before.splitlines(), [*after.splitlines(), *[""] * before.count("\n")])
    return next((f"{old.strip()}  ->  {new.strip()}" for old, new in pairs if old != new), "")


def _find_code(code: CodeType, name: str, line: int) -> CodeType | None:
    if (code.co_name, code.co_firstlineno) == (name, line):
        return code
    inner = (_find_code(part, name, line) for part in code.co_consts if isinstance(part, CodeType))
    return next((part for part in inner if part is not None), None)


def count_lines(path: Path, functions: dict[tuple, list[FunctionType]], note: str) -> None:
    """Let the living functions of a file say which statements they come to: `note(path, line)` before each."""
    tree = ast.parse(path.read_text())
    for function in functions_of(tree):
        for node in list(ast.walk(function)):
            for field in ("body", "orelse", "finalbody"):
                body = getattr(node, field, None)
                if isinstance(body, list):
                    setattr(node, field, [part for item in body for part in _noted(item, str(path), note)])
    for function in functions_of(tree):
        swap_code(tree, path, function, functions.get((str(path), *key_of(function)), []))


def _noted(statement: ast.stmt, path: str, note: str) -> list[ast.stmt]:
    if _is_text(statement) or isinstance(statement, ast.ImportFrom):
        return [statement]
    call = ast.parse(f"{note}(({path!r}, {statement.lineno}))").body[0]
    ast.copy_location(call, statement)
    for node in ast.walk(call):
        ast.copy_location(node, statement)
    return [call, statement]
