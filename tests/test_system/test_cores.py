"""Threads and reading processes leave room for each other and for others."""

import os

import cv2
import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from mmfusion_distill.system import cores


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A function that makes a machine: processors of this process, of one core each or in twos, load, quota."""

    def make(cpus, twins=False, load=0.0, quota="max 100000", told=""):
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cpus)), raising=False)
        monkeypatch.setattr(os, "getloadavg", lambda: (load, 0, 0))
        monkeypatch.setenv("OMP_NUM_THREADS", told)
        monkeypatch.setattr(cores, "_CPUS", tmp_path / "cpu")
        monkeypatch.setattr(cores, "_QUOTA", tmp_path / "cpu.max")
        (tmp_path / "cpu.max").write_text(f"{quota}\n")
        for cpu in range(cpus):
            folder = tmp_path / "cpu" / f"cpu{cpu}" / "topology"
            folder.mkdir(parents=True, exist_ok=True)
            core = cpu // 2 * 2 if twins else cpu
            (folder / "thread_siblings_list").write_text(f"{core}")

    return make


@pytest.mark.parametrize(
    "settings, threads, workers",
    [
        (dict(cpus=2), 2, 1),
        (dict(cpus=16), 16, 1),
        (dict(cpus=16, twins=True), 8, 4),
        (dict(cpus=2, load=1.2), 1, 1),
        (dict(cpus=2, load=13.0), 1, 1),
        (dict(cpus=16, load=10.0), 6, 4),
        (dict(cpus=64, quota="400000 100000"), 4, 1),
        (dict(cpus=8, told="3"), 3, 4),
    ],
)
def test_no_more_threads_than_cores_that_are_free(machine, settings, threads, workers):
    machine(**settings)
    plan = cores.plan_cores()
    assert (plan.threads, plan.workers) == (threads, workers)


def test_the_plan_says_what_was_chosen(machine):
    machine(cpus=4, load=3.0)
    assert str(cores.plan_cores()) == "1 thread and 3 reading processes (4 cores, load 3)"
    machine(cpus=4, told="2")
    assert str(cores.plan_cores()) == "2 threads and 2 reading processes (OMP_NUM_THREADS)"


def test_a_network_alone_takes_what_its_container_allows(machine):
    machine(cpus=64, quota="350000 100000", load=60.0)
    assert cores.usable_threads() == 4
    machine(cpus=64, quota="350000 100000", told="2")
    assert cores.usable_threads() == 2


def test_libraries_have_one_thread_each_while_ours_compute():
    def threads():
        # NumPy's and SciPy's, beside those of PyTorch.
        blas = [found["num_threads"] for found in threadpool_info() if found["internal_api"] == "openblas"]
        return [cv2.getNumThreads(), *blas]

    np.ones((2, 2)) @ np.ones((2, 2))
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        with cores.opencv_in_one_thread(), cores.numpy_in_one_thread():
            assert len(threads()) > 1 and set(threads()) == {1}
        assert threads() == before
