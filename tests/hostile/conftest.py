"""Guards around every case: it ends, and it stays within its folder."""

import os
import signal

import numpy as np
import pytest

from mmfusion_distill.images.image_io import write_image

#: Of processor time, since other programs may run; and in all, where a door waits for something.
SECONDS, WAITING_SECONDS = 20, 300


@pytest.fixture(autouse=True)
def _ends_soon():
    def give_up(*_):
        raise AssertionError(f"did not end within {SECONDS} s")

    timers = (
        (signal.ITIMER_PROF, signal.SIGPROF, SECONDS),
        (signal.ITIMER_REAL, signal.SIGALRM, WAITING_SECONDS),
    )
    before = [signal.signal(number, give_up) for _, number, _ in timers]
    for timer, _, seconds in timers:
        signal.setitimer(timer, seconds)
    yield
    for (timer, number, _), handler in zip(timers, before):
        signal.setitimer(timer, 0)
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _leaves_nothing_behind(tmp_path):
    yield
    left = [path for path in os.listdir(tmp_path) if path.endswith(".tmp")]
    for folder, _, names in os.walk(tmp_path):
        left += [os.path.join(folder, name) for name in names if name.endswith(".tmp")]
    assert not left


@pytest.fixture
def pair(tmp_path):
    """Two good pairs, `a/good.png` and `a/hostile.png` with their partners in `b`; returns the folder."""
    rng = np.random.default_rng(0)
    for name in ("good", "hostile"):
        write_image(tmp_path / "a" / f"{name}.png", rng.integers(0, 256, (64, 72, 3)))
        write_image(tmp_path / "b" / f"{name}.png", rng.integers(0, 256, (64, 72)))
    return tmp_path


class MeanFuser:
    """The simplest network: the mean of both sources."""

    def load(self, pair, text=None):
        from mmfusion_distill.images.image_io import read_image_pair

        return read_image_pair(pair["img_a"], pair["img_b"])

    def size_of(self, loaded):
        return loaded[0].shape

    def fuse_loaded(self, batch):
        return [(img_a + img_b) / 2 for img_a, img_b in batch]

    def fuse(self, img_a, img_b):
        return self.fuse_loaded([self.load(dict(img_a=img_a, img_b=img_b))])[0]


@pytest.fixture
def fuser():
    return MeanFuser()
