"""What `pip install mmfusion_distill` brings is enough to fuse; what needs more says so."""

import subprocess
import sys

import numpy as np
import pytest

from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.video.video_writer import VideoWriter

#: As if these were not installed.
BLOCKED = [
    "torch",
    "torchvision",
    "mmengine",
    "mmagic",
    "mmcv",
    "transformers",
    "scipy",
    "skimage",
    "matplotlib",
]
RUN = f"""
import sys
sys.modules.update(dict.fromkeys({BLOCKED}))
from mmfusion_distill.cli.main import main
sys.exit(main())
"""


def run(folder, *arguments):
    command = [sys.executable, "-c", RUN, *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two pairs in `a` and `b`, and a video of each camera."""
    folder = tmp_path_factory.mktemp("pairs")
    for index in range(2):
        for name, image in zip("ab", generate_pair(index, 64, 80)):
            write_image(folder / name / f"{index}.png", image)
    for name in "ab":
        film = VideoWriter(folder / f"{name}.avi")
        for index in range(3):
            film.write(read_image(folder / name / f"{index % 2}.png").squeeze().astype(np.uint8), 10)
        film.finish()
    return folder


@pytest.mark.parametrize("name", ["student", "tiny", "medical"])
def test_folders_are_fused(folder, name):
    done = run(folder, "fuse", "a", "b", name, "--weights", name, "--device", "cpu")
    assert done.returncode == 0, done.stderr
    assert np.ptp(read_image(folder / name / "1.png")) > 50


def test_a_film_is_fused(folder):
    done = run(folder, "video", "a.avi", "b.avi", "fused.avi", "--weights", "tiny", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 frames")


def test_folders_are_checked_and_weights_are_listed(folder):
    assert run(folder, "check", "a", "b").returncode == 0
    assert "medical" in run(folder, "models").stdout


@pytest.mark.parametrize(
    ("command", "extra"),
    [
        (["fuse", "a", "b", "out", "--weights", "teacher"], "train"),
        (["train", "config.py"], "train"),
        (["evaluate", "a", "b", "a"], "evaluate"),
    ],
)
def test_what_needs_more_says_which_extra(folder, command, extra):
    done = run(folder, *command)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"pip install 'mmfusion_distill[{extra}]'" in done.stderr
