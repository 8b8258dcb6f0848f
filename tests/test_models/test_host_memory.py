"""Freed memory is kept for the next picture, unless the environment says what shall become of it."""

import ctypes
from types import SimpleNamespace

import pytest

from mmfusion_distill.models.host_memory import keep_host_memory


@pytest.mark.parametrize("variable", [None, "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES"])
def test_the_environment_has_the_last_word(variable, monkeypatch):
    calls = []
    library = SimpleNamespace(mallopt=lambda option, value: calls.append((option, value)))
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES"):
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "0")
    keep_host_memory.__wrapped__()
    assert sorted(option for option, _ in calls) == ([] if variable else [-3, -1])
