"""Settings of the command line."""

import pytest
from mmengine.config import Config

from mmfusion_distill.user_errors import UserError
from mmfusion_distill.zoo.config_options import check_options, merge_options

FILE = """
data_root = "data/set"
crop_size = (8, 16)
steps = [dict(type="RandomPairCrop", crop_size=crop_size)]
dataset = dict(type="PairedFusionDataset", data_root=data_root, pipeline=steps)
train_dataloader = dict(batch_size=1, dataset=dataset)
val_evaluator = dict(type="CocoMetric", ann_file=data_root + "/val/people.json", metric="data/settled")
"""


def with_options(**options):
    config = Config.fromstring(FILE, ".py")
    check_options(config, options)
    merge_options(config, options)
    return config


def test_data_root_goes_wherever_the_file_put_it():
    config = with_options(data_root="/mine")
    assert config.train_dataloader.dataset.data_root == "/mine"
    assert config.val_evaluator.ann_file == "/mine/val/people.json"
    assert config.val_evaluator.metric == "data/settled"
    assert config.train_dataloader.dataset.pipeline[0].crop_size == (8, 16)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("crop_size", "set train_dataloader.dataset.pipeline.0.crop_size"),
        ("dataset", "set train_dataloader.dataset"),
    ],
)
def test_a_name_that_nothing_reads_is_refused_with_the_place_of_its_value(name, place):
    with pytest.raises(UserError, match=f"--cfg-options {name}: .*nothing reads.*: {place}$"):
        with_options(**{name: "(9, 9)"})
