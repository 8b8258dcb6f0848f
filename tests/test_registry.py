"""Names of ours, of MMagic and of other toolboxes are found from each other, and cost no imports before."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import mmfusion_distill

ROOT = Path(mmfusion_distill.__file__).resolve().parent
HEAVY = ("diffusers", "sklearn", "albumentations", "face_alignment", "pandas", "mmdet")


def run_python(code: str) -> str:
    """What a fresh process prints; assertions in it are those of the test."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower()
    return done.stdout


@pytest.mark.parametrize(
    "module",
    [
        "mmfusion_distill",
        "mmfusion_distill.cli.command_line",
        "mmfusion_distill.data.folder_check",
        "mmfusion_distill.inference.exported_inferencer",
        "mmfusion_distill.evaluation",
        "mmfusion_distill.annotation",
    ],
)
def test_what_needs_no_network_imports_neither_pytorch_nor_mmagic(module):
    run_python(
        f"import sys, {module}\n"
        "assert not {'torch', 'mmengine', 'mmagic', 'matplotlib'} & set(sys.modules), sorted(sys.modules)"
    )


def test_our_components_cost_none_of_mmagics_editors():
    run_python(
        "import sys\n"
        "from mmfusion_distill.apis import FusionInferencer\n"
        "from mmfusion_distill.registry import DATASETS, METRICS, MODELS, TRANSFORMS\n"
        "for registry, name in [(DATASETS, 'PairedFusionDataset'), (METRICS, 'FusionMetric'),\n"
        "        (MODELS, 'FusionDistiller'), (TRANSFORMS, 'PackPair')]:\n"
        "    assert registry.get(name).__name__ == name\n"
        "FusionInferencer(weights='tiny', backend='pytorch')\n"
        f"assert not set({HEAVY}) & set(sys.modules), sorted(set({HEAVY}) & set(sys.modules))"
    )


def test_other_toolboxes_find_ours_without_importing_us_first():
    run_python(
        "from mmengine.registry import DefaultScope, MODELS, init_default_scope\n"
        "assert MODELS.get('mmfusion.FusionDataPreprocessor').__module__.startswith('mmfusion_distill.')\n"
        "init_default_scope('mmfusion')\n"
        "assert MODELS.build(dict(type='get_model', name='tiny')).multiple\n"
    )


def test_mmagics_api_and_editors_and_mmcvs_operators_work_beside_ours():
    # In one process, since each start takes seconds.
    run_python(
        "import sys, mmfusion_distill.registry, mmcv.ops\n"
        "assert 'mmagic' not in sys.modules\n"
        "import mmagic.models\n"
        "from mmagic.apis import MMagicInferencer\n"
        "from mmfusion_distill.registry import EVALUATOR, MODELS, TRANSFORMS\n"
        "assert MODELS.build(dict(type='mmagic.SRCNNNet'))\n"
        "assert TRANSFORMS.build(dict(type='mmagic.Flip', keys=['img_a']))\n"
        "assert EVALUATOR.get('Evaluator') is EVALUATOR.get('mmagic.Evaluator')\n"
    )


def test_every_module_that_registers_something_is_imported_by_its_registry():
    registering = {
        (registry, ".".join(path.relative_to(ROOT).with_suffix("").parts))
        for path in ROOT.rglob("*.py")
        for registry in re.findall(r"^@?([A-Z_]+)\.register_module", path.read_text(), re.MULTILINE)
    }
    assert len(registering) > 20
    modules = {
        registry: sorted(f"mmfusion_distill.{module}" for name, module in registering if name == registry)
        for registry, _ in registering
    }
    # Each registry in a process that knows of no other one; they begin with what all need.
    run_python(
        "import os, sys, mmfusion_distill.registry as ours\n"
        f"for registry, modules in {modules}.items():\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        getattr(ours, registry).import_from_location()\n"
        "        missing = set(modules) - set(sys.modules)\n"
        "        print(registry, missing, file=sys.stderr)\n"
        "        os._exit(len(missing))\n"
        "    assert not os.waitpid(child, 0)[1], registry"
    )
