"""Look which mutants of the package the tests notice: CONTRIBUTING.md, "Mutation testing", has the commands.

Everything runs in one process. It imports the package and collects the tests once, notes which test comes to which
line, and forks for every mutant, whose tests run from the fastest to the slowest until one fails.
"""

import argparse
import builtins
import gc
import importlib
import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from types import FunctionType
from zlib import crc32

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings
from mutants import Mutant, count_lines, mutants_of

PACKAGE = "mmfusion_distill"
#: What belongs together: files of the package, and of the tests that ask most of them.
GROUPS = {
    "fusors": (
        ["models/fusors/*.py"],
        [
            "test_models/test_fusion_distiller.py",
            "test_models/test_distillation_terms.py",
            "test_models/test_image_fusor.py",
            "test_models/test_own_text.py",
            "test_models/test_tiling.py",
            "test_models/test_exact_tiles.py",
        ],
    ),
    "tiling": (
        ["models/tiling.py", "models/networks/exact_tiles.py", "io/tiles.py"],
        [
            "test_models/test_tiling.py",
            "test_models/test_tiling_memory.py",
            "test_models/test_exact_tiles.py",
        ],
    ),
    "checkpoints": (
        ["models/checkpoints.py"],
        ["test_models/test_checkpoints.py", "hostile/test_weights.py"],
    ),
    "guidance": (["models/guidance/*.py"], ["test_models/test_guidance.py"]),
    "losses": (
        ["models/losses/*.py"],
        [
            "test_models/test_losses.py",
            "test_models/test_fusion_measures.py",
            "test_models/test_loss_formulas.py",
            "test_models/test_pyramid_losses.py",
            "test_models/test_structure_losses.py",
        ],
    ),
    "transforms": (
        ["datasets/transforms/*.py"],
        [
            "test_datasets/test_paired_fusion_dataset.py",
            "test_datasets/test_paired_image.py",
            "test_datasets/test_random_degradation.py",
            "test_datasets/test_random_drop_text.py",
            "test_datasets/test_random_text_conflict.py",
            "test_datasets/test_random_variety.py",
            "test_models/test_image_fusor.py",
        ],
    ),
}
NOTE = "_note_line"
SURVIVED, KILLED, NOT_APPLIED = 0, 1, 3
STATUS = {SURVIVED: "survived", KILLED: "killed", NOT_APPLIED: "no mutant"}
UNTESTED = "no test"


class MutantRun:
    """Runs, in place of the tests collected, those of one mutant after another, each in a fork."""

    def __init__(self, groups: dict[str, list[Mutant]], out: Path, stop: float, seconds: float) -> None:
        self.groups, self.out, self.stop, self.seconds = groups, out, stop, seconds

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for group, mutants in self.groups.items():
            gc.unfreeze()  # what is frozen is not among the objects that the collector lists
            files = [Path("tests", file).resolve() for file in GROUPS[group][1]]
            self._run_group(mutants, [item for item in session.items if item.path in files])
        gc.unfreeze()
        return True

    def _run_group(self, mutants: list[Mutant], items: list[pytest.Item]) -> None:
        paths = {mutant.path for mutant in mutants}
        functions = _living_functions(paths)
        tests = _note_lines(items, paths, functions)
        for mutant in mutants:
            if time.time() > self.stop:
                break
            asked, total = [], 0.0
            for duration, item, lines in tests:
                if (str(mutant.path), mutant.line) in lines and (
                    not asked or total + duration < self.seconds
                ):
                    asked.append(item)
                    total += duration
            started = time.process_time(), _time_of_forks()
            key = (str(mutant.path), *mutant.key)
            status = _fork(mutant, functions.get(key, []), asked, total) if asked else UNTESTED
            spent = time.process_time() - started[0] + _time_of_forks() - started[1]
            entry = dict(mutant=mutant.name, file=str(mutant.path), status=status, seconds=round(spent, 2))
            with self.out.open("a") as out:
                out.write(json.dumps(entry) + "\n")
            print(f"{status:9s} {spent:5.1f} s  {mutant.name}", file=sys.__stdout__, flush=True)
        if _fork(None, [], [item for _, item, _ in tests[:20]], self.seconds) != STATUS[SURVIVED]:
            raise pytest.UsageError("tests fail without a mutant by now: do not trust these results")


def _living_functions(paths: set[Path]) -> dict[tuple, list[FunctionType]]:
    """Functions of the files, whatever decorators did to them, by file, name and first line."""
    for path in paths:
        importlib.import_module(".".join(path.with_suffix("").parts))
    found: dict[tuple, list[FunctionType]] = {}
    for function in gc.get_objects():
        if isinstance(function, FunctionType):
            code = function.__code__
            path = os.path.relpath(code.co_filename) if code.co_filename.endswith(".py") else ""
            if Path(path) in paths:
                found.setdefault((path, code.co_name, code.co_firstlineno), []).append(function)
    return found


def _note_lines(
    items: list[pytest.Item], paths: set[Path], functions: dict[tuple, list[FunctionType]]
) -> list[tuple[float, pytest.Item, set]]:
    """Run all tests; their durations and the lines that they come to, the fastest test first."""
    lines: set = set()
    codes = {function: function.__code__ for living in functions.values() for function in living}
    setattr(builtins, NOTE, lines.add)
    for path in paths:
        count_lines(path, functions, NOTE)
    tests = []
    for item in items:
        lines.clear()
        started = time.process_time()
        for report in runtestprotocol(item, log=False, nextitem=None):
            if report.failed:
                raise pytest.UsageError(f"{item.nodeid} fails without a mutant: {report.longreprtext}")
        tests.append((time.process_time() - started, item, set(lines)))
    for function, code in codes.items():
        function.__code__ = code
    tests.sort(key=lambda test: test[0])
    gc.freeze()
    total = sum(duration for duration, _, _ in tests)
    print(f"{len(tests)} tests take {total:.0f} s", file=sys.__stdout__, flush=True)
    return tests


def _fork(mutant: Mutant | None, living: list[FunctionType], items: list[pytest.Item], seconds: float) -> str:
    """What the tests say of a mutant, or without one."""
    pid = os.fork()
    if pid:
        return STATUS.get(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), "killed")
    code = KILLED
    try:
        # A mutant may have made a loop endless, or a tensor huge.
        limit = int(time.process_time() + 5 * seconds) + 10
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            # Nobody reads how a test failed.
            pytest.Function.repr_failure = lambda *_, **__: ""
            code = NOT_APPLIED
            if mutant is None or mutant.apply(living):
                code = SURVIVED
                for item in items:
                    if any(report.failed for report in runtestprotocol(item, log=False, nextitem=None)):
                        code = KILLED
                        break
    finally:
        os._exit(code)


def _time_of_forks() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Test the mutants of some groups."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "groups", nargs="*", default=list(GROUPS), help=f"{', '.join(GROUPS)}; all if none is named"
    )
    parser.add_argument("--sample", type=int, help="so many mutants of every file, always the same ones")
    parser.add_argument("--files", default="", help="only files whose path has this in it")
    parser.add_argument("--seconds", type=float, default=15, help="tests of a mutant take no longer together")
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="when to stop; a later run goes on"
    )
    parser.add_argument("--again", action="store_true", help="only those that have survived, once more")
    parser.add_argument("--out", type=Path, default=Path("build/mutants.jsonl"), help="where results go")
    args = parser.parse_args()
    unknown = set(args.groups) - set(GROUPS)
    if unknown:
        parser.error(f"no group {', '.join(sorted(unknown))}: the groups are {', '.join(GROUPS)}")
    # A failing example is enough; the smallest one is of no use here.
    settings.register_profile(
        "mutants", phases=(Phase.explicit, Phase.generate), database=None, deadline=None
    )
    settings.load_profile("mutants")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.touch()
    status = _read(args.out)
    wanted = ("survived", UNTESTED) if args.again else (None,)
    everything, groups = {}, {}
    for group in args.groups:
        paths = [path for pattern in GROUPS[group][0] for path in sorted(Path(PACKAGE).glob(pattern))]
        # At random, but always the same ones, and a larger sample has the smaller one in it.
        for path in paths:
            drawn = sorted(mutants_of(path), key=_draw)[: args.sample]
            everything[path] = drawn if args.files in str(path) else []
        mutants = sorted((mutant for path in paths for mutant in everything[path]), key=_draw)
        groups[group] = [mutant for mutant in mutants if status.get(mutant.name) in wanted]
    groups = {group: mutants for group, mutants in groups.items() if mutants}
    run = MutantRun(groups, args.out, time.time() + 60 * args.minutes, args.seconds)
    tests = dict.fromkeys(f"tests/{file}" for group in groups for file in GROUPS[group][1])
    options = ["-q", "-s", "--assert=plain", "-p", "no:cacheprovider", "-o", "tmp_path_retention_policy=none"]
    # Not pytest's own folder, which others that run pytest remove: every test would fail.
    with tempfile.TemporaryDirectory() as folder:
        code = int(pytest.main([*options, f"--basetemp={folder}/tests", *tests], plugins=[run]))
    status = _read(args.out)
    for path, mutants in everything.items():
        counts = Counter(status.get(mutant.name, "not run") for mutant in mutants)
        if counts:
            print(f"{path}: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    return code


def _read(results: Path) -> dict[str, str]:
    """Status of each mutant so far; the last one counts."""
    return {entry["mutant"]: entry["status"] for entry in map(json.loads, results.open())}


def _draw(mutant: Mutant) -> int:
    return crc32(mutant.name.encode())


if __name__ == "__main__":
    sys.exit(main())
