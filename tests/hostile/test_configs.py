"""Configs of every broken kind: one sentence with the file. They are programs, so their own code does run."""

import pytest

from mmfusion_distill.analysis.named_network import network_config
from mmfusion_distill.data.annotation_sources import jobs_of_config
from mmfusion_distill.export.model_files import publish_network
from mmfusion_distill.zoo.config_files import ConfigError, check_config, read_config

MODEL = "model = dict(type='ImageFusor', generator=dict(type='FusionUNet', widths=[8], num_blocks=[1], {}))\n"

#: name, extension, content, what is said
UNREADABLE = (
    ("empty", ".py", b"", "has no model with a type"),
    ("spaces", ".py", b" \n\t\n", "has no model with a type|cannot be read"),
    ("cut off", ".py", b"model = dict(type='ImageFusor', generator=dict(", "SyntaxError"),
    ("random bytes", ".py", bytes(range(256)), "cannot be read"),
    ("null bytes", ".py", bytes(99), "cannot be read"),
    ("Latin 1", ".py", "model = dict(type='é')".encode("latin-1"), "cannot be read"),
    ("nested brackets", ".py", b"model = " + b"[" * 5000 + b"]" * 5000, "cannot be read"),
    ("error inside", ".py", b"raise ValueError('one\\ntwo')", r"cannot be read \(ValueError: one\)"),
    ("unknown name", ".py", b"model = nothing", "NameError"),
    ("division by zero", ".py", b"model = 1 / 0", "ZeroDivisionError"),
    ("import of nothing", ".py", b"import nothing_at_all\nmodel = 1", "nothing_at_all|no model"),
    ("recursion", ".py", b"def f(): return f()\nmodel = f()", "inherits from itself|recursion"),
    ("inherits from itself", ".py", b"_base_ = './hostile.py'", "inherits from itself"),
    ("inherits from its heir", ".py", b"_base_ = './heir.py'", "inherits from itself"),
    ("inherits from nothing", ".py", b"_base_ = './nowhere.py'", "nowhere.py"),
    ("inherits from a folder", ".py", b"_base_ = './'", "cannot be read"),
    ("inherits from a number", ".py", b"_base_ = 3", "cannot be read"),
    ("without model", ".py", b"optim_wrapper = dict(type='OptimWrapper')", "has no model with a type"),
    ("model is a number", ".py", b"model = 3", "has no model with a type"),
    ("model is a list", ".py", b"model = [dict(type='ImageFusor')]", "has no model with a type"),
    ("model without type", ".py", b"model = dict(generator=dict())", "has no model with a type"),
    ("model whose type is a number", ".py", b"model = dict(type=3)", "has no model with a type"),
    ("empty", ".json", b"", "cannot be read"),
    ("cut off", ".json", b'{"model": {"type": "Im', "cannot be read"),
    ("a list", ".json", b"[1, 2]", "cannot be read|no model"),
    ("nested brackets", ".json", b'{"model":' * 5000, "cannot be read|inherits from itself"),
    ("empty", ".yaml", b"", "cannot be read|no model"),
    (
        "object of YAML",
        ".yaml",
        b"model: !!python/object/apply:os.system ['touch executed']",
        "cannot be read",
    ),
    ("another type", ".txt", b"model = 3", "cannot be read"),
    ("picture", ".png", b"\x89PNG\r\n", "cannot be read"),
    ("without extension", "", b"model = dict(type='ImageFusor')", "cannot be read"),
)

#: name, change, what is said
WRONG = (
    ("misspelt model", "model = dict(type='ImageFuser')", "model.type is 'ImageFuser'.*mean 'ImageFusor'"),
    (
        "misspelt network",
        MODEL.replace("UNet'", "Unet'").format(""),
        "generator.type is 'FusionUnet'.*'FusionUNet'",
    ),
    ("misspelt part", MODEL.format("neck=dict(type='ConvFuson')"), "generator.neck.type is 'ConvFuson'"),
    ("misspelt argument", MODEL.format("heads=dict(type='ResidualHead')"), "has 'heads'.*mean 'head'"),
    (
        "text for a number",
        MODEL.format("in_channels_a='three'"),
        "generator.in_channels_a is 'three'.*a number",
    ),
    ("misspelt loss", MODEL.format("") + "model['pixel_loss'] = dict(type='FusionLos')", "'FusionLoss'"),
    (
        "misspelt optimiser",
        MODEL.format("") + "optim_wrapper = dict(optimizer=dict(type='AdamV'))",
        "'AdamV'",
    ),
    (
        "misspelt schedule",
        MODEL.format("") + "param_scheduler = [dict(type='CosineAnealingLR')]",
        "'CosineAnn",
    ),
    (
        "misspelt hook",
        MODEL.format("") + "custom_hooks = [dict(type='EmaHook')]",
        "custom_hooks.0.type is 'EmaHook'",
    ),
    (
        "misspelt data set",
        MODEL.format("") + "train_dataloader = dict(dataset=dict(type='PairFusion'))",
        "dataset.type",
    ),
)

FOLDERS = "data_prefix=dict(img_a='a', img_b='b')"

#: name, data sets whose pairs are to be annotated, what is said
DATA_SETS = (
    ("none", "", "has no data set with folders"),
    ("number", "train_dataloader = 3", "train_dataloader has no dataset"),
    ("text", "val_dataloader = 'dataset'", "val_dataloader has no dataset"),
    ("list of numbers", "train_dataloader = [1, 2]", "train_dataloader has no dataset"),
    ("loader without data set", "train_dataloader = dict(batch_size=1)", "train_dataloader has no dataset"),
    ("data set that is a text", "train_dataloader = dict(dataset='x')", "train_dataloader has no dataset"),
    ("parts that are a number", "train_dataloader = dict(dataset=dict(datasets=3))", "no list of data sets"),
    ("parts of text", "train_dataloader = dict(dataset=dict(datasets=['x']))", "no list of data sets"),
    (
        "of one image",
        "train_dataloader = dict(dataset=dict(data_prefix=dict(img='a')))",
        "has no data set with",
    ),
    (
        "folders that are a number",
        "train_dataloader = dict(dataset=dict(data_prefix=3))",
        "has no data set with",
    ),
    (
        "folder that is a list",
        "train_dataloader = dict(dataset=dict(data_prefix=dict(img_a=['a'], img_b='b')))",
        "img_a of its dataset is .* instead of a name",
    ),
    (
        "root that is a number",
        f"train_dataloader = dict(dataset=dict(data_root=3, {FOLDERS}))",
        "data_root of its dataset is '3' instead of a name",
    ),
    (
        "without annotations",
        f"train_dataloader = dict(dataset=dict({FOLDERS}))",
        "names no folder 'annotation'",
    ),
    (
        "nested",
        "_part = {}\nfor _ in range(500):\n    _part = dict(dataset=_part)\ntrain_dataloader = _part",
        "nested too deep|has no data set with",
    ),
)


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda case: case[0] + case[1])
def test_a_config_that_cannot_be_read_is_one_sentence(case, tmp_path, monkeypatch):
    _, extension, content, says = case
    monkeypatch.chdir(tmp_path)
    path = tmp_path / f"hostile{extension}"
    path.write_bytes(content)
    (tmp_path / "heir.py").write_text("_base_ = './hostile.py'")
    doors = (
        read_config,
        network_config,
        lambda p: publish_network(p, "no.pth", tmp_path / "out.safetensors"),
    )
    for door in doors:
        with pytest.raises(ConfigError, match=says) as caught:
            door(path)
        assert f"hostile{extension}" in str(caught.value) and "\n" not in str(caught.value)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case[0])
def test_a_config_that_names_what_is_not_there_is_one_sentence(case, tmp_path):
    path = tmp_path / "hostile.py"
    path.write_text(case[1])
    with pytest.raises(ConfigError, match=case[2]) as caught:
        check_config(read_config(path), path)
    assert "hostile.py" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("case", DATA_SETS, ids=lambda case: case[0])
def test_a_config_of_no_pairs_to_annotate_is_one_sentence(case, tmp_path):
    path = tmp_path / "hostile.py"
    path.write_text(case[1])
    with pytest.raises(ValueError, match=case[2]) as caught:
        jobs_of_config(path)
    assert "hostile.py" in str(caught.value) and "\n" not in str(caught.value)
