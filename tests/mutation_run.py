"""Test mutants of mutmut with pytest started once, where `mutmut run` starts it for every mutant.

CONTRIBUTING.md, "Mutation testing", has the commands. Results go where mutmut keeps its own.
"""

import argparse
import os
import resource
import sys
import time
from fnmatch import fnmatch
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.stats import load_stats, status_by_exit_code
from mutmut.utils.file_utils import change_cwd, setup_source_paths, walk_mutatable_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name

#: Processor seconds of the tests of a mutant: more is a loop that it made endless.
LIMIT = 90
NO_TESTS = 33


class MutantRun:
    """Runs, in place of the tests collected, those of one mutant after another, each in a fork."""

    def __init__(self, patterns: list[str], stop: float) -> None:
        self.stop = stop
        files = [SourceFileMutationData(path=path) for path in walk_mutatable_files()]
        for file in files:
            file.load()
            file.meta_path = file.meta_path.absolute()
        self.mutants = [
            (file, name)
            for pattern in patterns
            for file in files
            for name, code in file.exit_code_by_key.items()
            if code is None and fnmatch(name, pattern)
        ]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        if _fork("", session.items) != 0:
            raise pytest.UsageError("the tests fail without a mutant: see them with pytest")
        for file, name in self.mutants:
            if time.time() > self.stop:
                break
            if file.exit_code_by_key[name] is not None:
                continue  # another pattern's
            called_by = state().tests_by_mangled_function_name.get(mangled_name_from_mutant_name(name), set())
            tests = sorted(called_by & items.keys(), key=state().duration_by_test.__getitem__)
            started = time.time()
            code = _fork(name, [items[test] for test in tests]) if tests else NO_TESTS
            file.exit_code_by_key[name] = code
            file.durations_by_key[name] = time.time() - started
            file.save()
            print(f"{status_by_exit_code[code]:10s} {name}", file=sys.__stdout__, flush=True)
        return True


def _fork(mutant: str, items: list[pytest.Item]) -> int:
    """Exit code of the tests of a mutant: 0 if all pass."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        limit = LIMIT + int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            set_mutant_under_test(mutant)
            reports = (report for item in items for report in runtestprotocol(item, log=False, nextitem=None))
            code = int(any(report.failed for report in reports))
    finally:
        os._exit(code)


def main() -> int:
    """Test the mutants of the patterns, in their order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "patterns", nargs="*", default=["*"], help="mutants, e.g. 'mmfusion_distill.models.losses.*'"
    )
    parser.add_argument(
        "--minutes", type=float, default=float("inf"), help="when to stop; a later run goes on"
    )
    args = parser.parse_args()
    # A failing example is enough; the smallest one is of no use here.
    settings.register_profile(
        "mutants", phases=(Phase.explicit, Phase.generate), database=None, deadline=None
    )
    settings.load_profile("mutants")
    set_mutant_under_test("")
    setup_source_paths()
    if not load_stats():
        parser.error("no mutants here: `mutmut run NAME` makes them")
    run = MutantRun(args.patterns, time.time() + 60 * args.minutes)
    # Each fork empties the folder that it is given; numbered ones would go when others run pytest three times.
    options = ["--rootdir=.", "-q", "-s", "-p", "no:cacheprovider", "--basetemp=tmp"]
    selection = config().pytest_add_cli_args_test_selection
    with change_cwd(Path("mutants")):
        return int(pytest.main([*options, *selection], plugins=[run]))


if __name__ == "__main__":
    sys.exit(main())
