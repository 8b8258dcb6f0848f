"""What many tests need: small networks, small pairs, real data where it is there."""

import faulthandler
import functools
import os
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest

try:
    import torch
    from mmengine.config import config as mmengine_config
    from mmengine.registry import DefaultScope

    import mmfusion_distill.registry  # noqa: F401  (MMagic needs the workarounds before it is imported)
except ImportError:  # in the light environment
    torch = None

from mmfusion_distill.images.image_io import write_image

ROOT = Path(__file__).resolve().parent.parent

#: Files whose few tests take longest. They come first: else one process is busy with them when the other is done.
SLOW_FILES = (
    "test_training.py",
    "test_demo.py",
    "test_train_own.py",
    "test_resume.py",
    "test_ablation.py",
    "test_stopped_runs.py",
    "test_precision.py",
    "test_fast_networks.py",
)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name not in SLOW_FILES)


class _LightModule(pytest.Module):
    """Tests where PyTorch is not installed: a module that needs it is skipped as a whole."""

    def collect(self):
        try:
            return super().collect()
        except self.CollectError as error:
            missing = re.search(
                r"No module named '(torch|mmengine|mmagic|mmcv|onnx|pydicom|nibabel|flyr|av)\b", str(error)
            )
            if missing is None:
                raise
            pytest.skip(f"needs {missing[1]}", allow_module_level=True)


def pytest_pycollect_makemodule(module_path, parent):
    return _LightModule.from_parent(parent, path=module_path) if torch is None else None


def _crash_file(run: str, worker: str) -> Path:
    return Path(tempfile.gettempdir()) / f"mmfusion-tests-{run}-{worker}.txt"


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    """A process of pytest-xdist that crashes leaves a file that says where: what it prints is lost."""
    if hasattr(config, "workerinput"):
        given = config.workerinput
        config.crash_file = _crash_file(given["testrunuid"], given["workerid"]).open("w")
        faulthandler.enable(config.crash_file)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    file = _crash_file(node.workerinput["testrunuid"], node.workerinput["workerid"])
    if file.exists():
        if error:
            print(f"\n{file.name}:\n{file.read_text()}")
        file.unlink()


@pytest.fixture(autouse=True, scope="session")
def _format_every_config_once():
    """MMEngine formats the whole config for every checkpoint and log, a third of the time of a short training."""
    if torch is None:
        yield
        return
    format_code, formatted = mmengine_config.FormatCode, {}

    @functools.wraps(format_code)
    def once(text, style_config, **options):
        key = (text, repr(style_config), repr(options))
        if key not in formatted:
            formatted[key] = format_code(text, style_config=style_config, **options)
        return formatted[key]

    mmengine_config.FormatCode = once
    yield
    mmengine_config.FormatCode = format_code


@pytest.fixture(autouse=True)
def _own_default_scope():
    """A runner leaves its default scope behind, in which later tests would not find our components."""
    if torch is None:
        yield
        return
    scopes = DefaultScope._instance_dict
    kept = dict(scopes)
    yield
    scopes.clear()
    scopes.update(kept)


@pytest.fixture(autouse=True)
def _private_cache(tmp_path, monkeypatch):
    """Tests neither read nor fill the user's cache of text embeddings."""
    monkeypatch.setenv("MMFUSION_CACHE", str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def _seed():
    if torch is not None:
        torch.manual_seed(0)
    np.random.seed(0)


@pytest.fixture
def configs():
    return ROOT / "configs" / "fusion_distill"


@pytest.fixture
def tiny_network():
    """Config of the smallest student."""
    return dict(
        type="XRestormerFusionNet",
        dim=4,
        num_blocks=(1, 1, 1, 1),
        num_refinement_blocks=1,
        ffn_expansion_factor=2,
    )


@pytest.fixture
def tiny_teacher(tiny_network):
    """Config of the smallest teacher, for the sentence encoder."""
    return dict(tiny_network, dim=8, guidance=dict(type="FeatureWiseAffine", text_channels=384))


@pytest.fixture
def pair_folder(tmp_path):
    """Six small pairs with annotations: `a/NAME.png` in colour, `b/NAME.png` gray, `annotations/NAME.txt`."""
    rng = np.random.default_rng(0)
    for index in range(6):
        name = f"pair_{index}"
        write_image(tmp_path / "a" / f"{name}.png", rng.integers(0, 256, (72, 80, 3)))
        write_image(tmp_path / "b" / f"{name}.png", rng.integers(0, 256, (72, 80, 1)))
        text = f"Event Type: low_light\nDescription: scene {index % 2} is dark\n"
        (tmp_path / "annotations").mkdir(exist_ok=True)
        (tmp_path / "annotations" / f"{name}.txt").write_text(text)
    return tmp_path


@pytest.fixture
def road_scene():
    """The folder of RoadScene; the test is skipped where there is none."""
    root = Path(os.environ.get("MMFUSION_DATA_ROOT", "")) / "RoadScene"
    if not os.environ.get("MMFUSION_DATA_ROOT") or not root.is_dir():
        pytest.skip("needs real pairs: set MMFUSION_DATA_ROOT to a folder with RoadScene")
    return root
