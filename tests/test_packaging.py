"""The wheel works where the repository is not."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig

import numpy as np
import pytest
import setuptools
import setuptools.command.build_py  # noqa: F401  (setup.py finds it imported)
from conftest import ROOT

from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.extras import EXTRAS
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.zoo.model_index import shipped_models

#: What a build needs, and a checkout has.
PARTS = ("LICENSE", "MANIFEST.in", "README.md", "model-index.yml", "pyproject.toml", "setup.py")
FOLDERS = ("configs", "mmfusion", "mmfusion_distill", "requirements", "tools")


def pip(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The wheel, built once and installed into an empty folder. Without isolation, which would need a network."""
    folder = tmp_path_factory.mktemp("packaging")
    source = folder / "source"
    ignore = shutil.ignore_patterns("__pycache__", ".mim")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, source / name, ignore=ignore)
    for name in PARTS:
        shutil.copy(ROOT / name, source / name)
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", source, "-w", folder / "dist")
    (wheel,) = (folder / "dist").iterdir()
    pip("install", "--no-deps", "--no-index", "--target", folder / "site", wheel)
    return folder / "site"


def run(site, folder, *command):
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run(
        [sys.executable, *map(str, command)], cwd=folder, capture_output=True, text=True, env=environment
    )


def test_the_wheel_fuses_outside_of_the_repository(site, tmp_path):
    img_a, img_b = generate_pair(0, height=64, width=80)
    write_image(tmp_path / "a.png", img_a)
    write_image(tmp_path / "b.png", img_b)
    where = run(site, tmp_path, "-c", "import mmfusion_distill; print(mmfusion_distill.__file__)")
    assert where.stdout.startswith(str(site))
    arguments = ("a.png", "b.png", "fused.png", "--weights", "tiny", "--device", "cpu")
    done = run(site, tmp_path, "-m", "mmfusion_distill", "fuse", *arguments)
    assert done.returncode == 0, done.stderr
    fused = read_image(tmp_path / "fused.png")
    assert fused.shape == (64, 80, 3) and np.ptp(fused) > 50


def test_the_wheel_holds_the_command_and_what_openmmlab_looks_for(site):
    assert (site / "bin" / "mmfusion").is_file()
    package = site / "mmfusion_distill"
    for name in ("configs", "tools"):
        there = {path.relative_to(ROOT / name) for path in (ROOT / name).rglob("*.py")}
        assert there <= {
            path.relative_to(package / ".mim" / name) for path in (package / ".mim" / name).rglob("*.py")
        }
    assert (package / ".mim" / "configs" / "fusion_distill" / "metafile.yml").is_file()
    assert (package / ".mim" / "tools" / "dist_train.sh").is_file()
    assert "metafile.yml" in (package / ".mim" / "model-index.yml").read_text()
    assert {path.name for path in (package / "weights").iterdir()} >= {
        entry.weights.name for entry in shipped_models().values()
    }
    assert any((package / "annotation" / "prompts").iterdir())


def test_the_wheel_knows_its_weights_and_configs(site, tmp_path):
    listed = run(site, tmp_path, "-m", "mmfusion_distill", "models", "--json")
    facts = json.loads(listed.stdout)
    assert [fact["name"] for fact in facts] == list(shipped_models())
    assert all(fact["file"].startswith(str(site)) for fact in facts)
    code = (
        "from mmfusion_distill.apis import get_model; "
        "name = 'distill_fusionunet-tiny_1xb2-3k_cameras-176x344'; "
        "print(type(get_model(name, pretrained=False)).__name__)"
    )
    assert run(site, tmp_path, "-c", code).stdout.endswith("FusionUNet\n")


@pytest.fixture
def setup_arguments(monkeypatch, tmp_path):
    """What setup.py says in a build in isolation, by the distributions in the interpreter's folder."""

    def run_setup(*installed):
        for name in installed:
            folder = tmp_path / "purelib" / f"{name.replace('-', '_')}-2.1.0.dist-info"
            folder.mkdir(parents=True)
            (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.1.0\n")
        said = {}
        monkeypatch.setattr(setuptools, "setup", lambda **arguments: said.update(arguments))
        monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path / "purelib"))
        monkeypatch.setattr(sys, "path", [])
        runpy.run_path(str(ROOT / "setup.py"))
        return said

    return run_setup


@pytest.mark.parametrize(
    ("installed", "wanted"), [((), "mmcv-lite"), (("mmcv-lite",), "mmcv-lite"), (("mmcv",), "mmcv")]
)
def test_a_full_mmcv_is_kept_also_in_isolation(setup_arguments, installed, wanted):
    extras = setup_arguments(*installed)["extras_require"]
    required = [line for line in extras["train"] if line.startswith("mmcv")]
    assert [line.partition(">")[0] for line in required] == [wanted]


def test_every_optional_part_is_an_extra(setup_arguments):
    extras = setup_arguments()["extras_require"]
    assert {path.stem for path in (ROOT / "requirements").glob("*.txt")} == {*extras, "runtime"}
    assert set(EXTRAS.values()) <= set(extras)


def test_what_fuses_needs_no_pytorch_and_one_opencv(setup_arguments):
    required = setup_arguments()["install_requires"]
    names = {re.split(r"[<>=]", line)[0] for line in required}
    assert not names & {"torch", "mmengine", "mmagic", "mmcv-lite", "scipy"}
    assert [name for name in names if name.startswith("opencv")] == ["opencv-python-headless"]
