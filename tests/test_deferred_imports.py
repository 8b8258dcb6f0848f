"""MMagic's large packages wait until they are wanted, and are then what they always were."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import mmfusion_distill

ROOT = Path(mmfusion_distill.__file__).resolve().parent
HEAVY = ("diffusers", "sklearn", "albumentations", "face_alignment", "pandas")


def run_python(code: str) -> str:
    """What a fresh process prints; assertions in it are those of the test."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "module",
    [
        "mmfusion_distill",
        "mmfusion_distill.cli.command_line",
        "mmfusion_distill.data.folder_check",
        "mmfusion_distill.inference.exported_inferencer",
        "mmfusion_distill.evaluation",
    ],
)
def test_what_needs_no_network_imports_neither_pytorch_nor_mmagic(module):
    run_python(
        f"import sys, {module}\n"
        "assert not {'torch', 'mmengine', 'mmagic', 'matplotlib'} & set(sys.modules), sorted(sys.modules)"
    )


def test_our_components_are_known_by_name_and_cost_none_of_mmagics_editors():
    run_python(
        "import sys, mmfusion_distill\n"
        "from mmengine.registry import MODELS\n"
        "assert MODELS.get('mmagic.ImageFusor').__name__ == 'ImageFusor'\n"
        "from mmagic.registry import DATASETS, EVALUATORS, METRICS, MODELS, TRANSFORMS\n"
        "for registry, name in [(DATASETS, 'PairedFusionDataset'), (EVALUATORS, 'Evaluator'),\n"
        "        (METRICS, 'FusionMetric'), (MODELS, 'DataPreprocessor'), (TRANSFORMS, 'Flip'),\n"
        "        (TRANSFORMS, 'PackPair')]:\n"
        "    assert registry.get(name).__name__ == name\n"
        f"assert not set({HEAVY}) & set(sys.modules), sorted(set({HEAVY}) & set(sys.modules))"
    )


def test_editors_losses_transforms_and_metrics_of_mmagic_build_as_always():
    run_python(
        "import mmfusion_distill\n"
        "from mmagic.registry import METRICS, MODELS, TRANSFORMS\n"
        # a wrapped class of diffusers, and editors of which one needs diffusers and transformers to be imported
        "unet = MODELS.build(dict(type='UNet2DModel', sample_size=8, block_out_channels=[32, 32],\n"
        "    layers_per_block=1,\n"
        "    down_block_types=['DownBlock2D', 'DownBlock2D'], up_block_types=['UpBlock2D', 'UpBlock2D']))\n"
        "import diffusers\n"
        "assert isinstance(unet.model, diffusers.UNet2DModel)\n"
        "assert MODELS.get('StableDiffusion') and MODELS.get('AnimateDiff')\n"
        "editor = MODELS.build(dict(type='BaseEditModel', generator=dict(type='SRCNNNet'),\n"
        "    pixel_loss=dict(type='L1Loss')))\n"
        "assert type(editor.generator).__name__ == 'SRCNNNet' and type(editor.pixel_loss).__name__ == 'L1Loss'\n"
        "assert TRANSFORMS.build(dict(type='PairedAlbuTransForms', size=8))\n"
        "assert METRICS.build(dict(type='PSNR'))\n"
    )


def test_attributes_and_star_imports_of_mmagics_packages_work():
    run_python(
        "import mmfusion_distill\n"
        "from mmagic.models import Restormer, BaseEditModel, PerceptualLoss\n"
        "from mmagic.models.editors import SRCNNNet\n"
        "from mmagic.datasets.transforms import Resize\n"
        # a function of the same name as its module
        "from mmagic.evaluation.metrics import psnr\n"
        "assert callable(psnr)\n"
        "import mmagic.models.editors as editors\n"
        "assert 'Restormer' in editors.__all__ and editors.__loader__.get_source(editors.__name__)\n"
    )


def test_a_module_imported_by_itself_may_ask_for_its_neighbours():
    run_python(
        "import mmfusion_distill\n"
        "import mmagic.datasets.transforms.random_degradations\n"
        "from mmagic.datasets.transforms import RandomBlur, Resize\n"
    )


def test_mmagic_imported_first_is_served_too():
    run_python(
        "import mmengine, numpy\n"
        "import mmagic.registry\n"
        "import mmfusion_distill\n"
        "assert mmagic.registry.MODELS.get('ImageFusor') and numpy.bool8\n"
    )


def test_every_module_that_registers_something_is_a_component():
    registering = {
        path.relative_to(ROOT).with_suffix("")
        for path in ROOT.rglob("*.py")
        if re.search(r"^@[A-Z_]+\.register_module", path.read_text(), re.MULTILINE)
    }
    names = {f"mmfusion_distill.{'.'.join(path.parts)}" for path in registering}
    assert len(names) > 20
    run_python(
        "import sys, mmfusion_distill\n"
        "from mmagic.registry import MODELS\n"
        "MODELS.get('ImageFusor')\n"
        "assert MODELS.get('ImageFusor')\n"
        "mmfusion_distill._import_components()\n"
        f"missing = {names!r} - set(sys.modules)\n"
        "assert not missing, missing"
    )
