"""What the metafile says of every config and of the weights that come with the package is true."""

import hashlib
import json
import re
import subprocess
import sys
from functools import cache

import pytest
from conftest import ROOT
from mmengine.config import Config

from mmfusion_distill.analysis.named_network import count_gflops, count_parameters
from mmfusion_distill.apis import get_model, list_models
from mmfusion_distill.cli.models import configs_table
from mmfusion_distill.models.weight_files.embedded_config import read_network_config
from mmfusion_distill.user_errors import UserError
from mmfusion_distill.zoo.config_files import network_of
from mmfusion_distill.zoo.model_index import DEFAULT_WEIGHTS, read_model_index, shipped_models

CONFIGS = ROOT / "configs" / "fusion_distill"
WEIGHTS = ROOT / "mmfusion_distill" / "weights"
INDEX = read_model_index()


def by_name(entry):
    return entry.alias or entry.name


@cache
def gflops_of(network: str) -> float:
    """Operations of a network on the size that the metafile speaks of; many configs share one."""
    return count_gflops(json.loads(network), 480, 640)


def test_every_config_is_in_the_metafile_once():
    assert sorted(entry.config for entry in INDEX) == sorted(CONFIGS.glob("*.py"))
    assert all(entry.name == entry.config.stem for entry in INDEX)


@pytest.mark.parametrize("entry", INDEX, ids=by_name)
def test_parameters_operations_and_training_data_are_those_of_the_config(entry):
    cfg = Config.fromfile(entry.config)
    network = network_of(cfg.to_dict()["model"])
    assert entry.parameters == count_parameters(network)
    assert gflops_of(json.dumps(network)) == pytest.approx(entry.flops / 1e9, rel=0.01)
    dataset = {} if cfg.train_dataloader is None else cfg.train_dataloader.dataset
    roots = {part.data_root for part in dataset.get("datasets", [dataset])} if dataset else set()
    # Harvard CT-MRI lies in Harvard/CT-MRI.
    wanted = {name.replace(" ", "/") for name in entry.training_data}
    assert len(roots) == len(wanted) and all(root.endswith(tuple(wanted)) for root in roots)


@pytest.mark.parametrize("entry", shipped_models().values(), ids=by_name)
def test_weights_are_those_that_were_measured_of_the_config(entry):
    sha256 = hashlib.sha256(entry.weights.read_bytes()).hexdigest()
    assert entry.sha256 == sha256
    sums = dict(line.split()[::-1] for line in (WEIGHTS / "SHA256SUMS").read_text().splitlines())
    assert sums[entry.weights.name] == sha256
    network = read_network_config(entry.weights)["generator"]
    assert count_parameters(network) == entry.parameters
    assert count_gflops(network, 480, 640) == pytest.approx(entry.flops / 1e9, rel=0.01)


def test_every_file_of_weights_has_an_entry_and_a_line_in_its_readme():
    assert {entry.weights for entry in shipped_models().values()} == set(WEIGHTS.glob("*.safetensors"))
    rows = re.findall(
        r"^\| `(\w+)`.*\| `(\S+)` \|.* ([\d,]+) parameters", (WEIGHTS / "README.md").read_text(), re.M
    )
    assert {name: (file, int(parameters.replace(",", ""))) for name, file, parameters in rows} == {
        name: (entry.weights.name, entry.parameters) for name, entry in shipped_models().items()
    }


def test_metrics_are_those_of_the_page_of_results():
    page = (ROOT / "docs" / "results.md").read_text()
    for entry in shipped_models().values():
        for metrics in entry.results.values():
            for measure, value in metrics.items():
                assert value in scores_on_the_page(page, entry.alias, measure), f"{measure} of {entry.alias}"


def scores_on_the_page(page, name, measure):
    """Values of a measure of a network in all tables, with and without text."""
    found, titles = [], []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if cells[:1] == ["method"]:
            titles = cells
        elif cells[:1] in ([name], [f"{name} with text"]) and measure in titles and len(cells) == len(titles):
            found.append(float(cells[titles.index(measure)]))
    return found


def test_the_table_of_the_configs_is_what_the_command_prints():
    table = configs_table(INDEX).to_markdown()
    assert table in (CONFIGS / "README.md").read_text(), f"put this into {CONFIGS / 'README.md'}:\n{table}"


def test_models_are_found_by_alias_and_by_the_name_of_a_config():
    assert list_models()[0] == DEFAULT_WEIGHTS
    names = list_models(pretrained=False)
    assert names == [*list_models(), *(entry.name for entry in INDEX)]
    bare = next(entry for entry in INDEX if entry.weights is None)
    network = get_model(bare.name, pretrained=False)
    assert sum(parameter.numel() for parameter in network.parameters()) == bare.parameters
    with pytest.raises(UserError, match=f"no weights of {bare.name} come with the package: train it"):
        get_model(bare.name)
    with pytest.raises(UserError, match="no model 'large' .* choose from student"):
        get_model("large")


def test_importing_the_package_reads_no_metafile():
    code = "import sys; import mmfusion_distill.cli.fuse; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
