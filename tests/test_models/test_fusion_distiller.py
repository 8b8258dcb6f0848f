"""Distillation: what is trained, what is saved, what the student needs afterwards."""

import copy

import pytest
import torch
from batches import DARK, make_batch, make_degraded_batch
from mmengine.model import ExponentialMovingAverage
from mmengine.optim import OptimWrapper
from mmengine.runner import load_checkpoint, load_state_dict

from mmfusion_distill.models.weight_files.checkpoints import CheckpointError, load_network
from mmfusion_distill.registry import MODELS
from mmfusion_distill.user_errors import UserError


@pytest.fixture
def teacher_file(tiny_teacher, tmp_path):
    torch.manual_seed(1)
    model = MODELS.build(dict(type="ImageFusor", generator=tiny_teacher))
    torch.save(dict(meta={}, state_dict=model.state_dict()), tmp_path / "teacher.pth")
    return tmp_path / "teacher.pth"


@pytest.fixture
def build(tiny_network, tiny_teacher, teacher_file):
    def build_distiller(**kwargs):
        return MODELS.build(
            dict(
                dict(
                    type="FusionDistiller",
                    student=tiny_network,
                    teacher=tiny_teacher,
                    teacher_checkpoint=str(teacher_file),
                    text_encoder=dict(type="SentenceTextEncoder"),
                ),
                **kwargs,
            )
        )

    return build_distiller


def test_student_and_connectors_learn_and_the_teacher_does_not(build):
    model = build()
    model.init_weights()
    model.train()
    before = copy.deepcopy(model.state_dict())
    teacher_before = {k: v.clone() for k, v in model.teacher.state_dict().items()}
    optimizer = OptimWrapper(torch.optim.AdamW(model.parameters(), lr=1e-3))
    logs = [model.train_step(make_batch([DARK, DARK]), optimizer) for _ in range(4)]
    assert {"loss_feature", "loss_result", "loss_max"} <= set(logs[0])
    assert float(logs[-1]["loss"]) < float(logs[0]["loss"])
    changed = {
        key.split(".")[0] for key, value in model.state_dict().items() if not torch.equal(value, before[key])
    }
    assert changed == {"generator", "connectors"}
    assert not model.teacher.training
    assert not any(parameter.requires_grad for parameter in model.teacher.parameters())
    for key, value in model.teacher.state_dict().items():
        assert torch.equal(value, teacher_before[key])


def test_the_teacher_is_in_no_checkpoint_and_keeps_its_weights_when_one_is_loaded(build):
    model = build()
    model.init_weights()
    before = copy.deepcopy(model.teacher.state_dict())
    state = model.state_dict()
    assert {key.split(".")[0] for key in state} == {"generator", "connectors"}
    assert not any(model.load_state_dict(state, strict=True))
    for key, value in model.teacher.state_dict().items():
        assert torch.equal(value, before[key])


def test_the_checkpoint_loads_into_a_plain_fusor(build, tiny_network, tmp_path, caplog):
    model = build()
    torch.save(dict(meta={}, state_dict=model.state_dict()), tmp_path / "student.pth")
    plain = MODELS.build(dict(type="ImageFusor", generator=tiny_network))
    load_checkpoint(plain, str(tmp_path / "student.pth"), strict=True)
    for key, value in plain.state_dict().items():
        assert torch.equal(value, model.state_dict()[key])


def test_testing_uses_the_student_without_text(build):
    model = build()
    (sample,) = model.test_step(make_batch([None]))
    assert sample.output.pred_img.shape == (3, 64, 64)
    inputs = dict(img_a=torch.rand(1, 3, 16, 16), img_b=torch.rand(1, 1, 16, 16))
    fused, features = model(inputs, return_features=True)
    assert fused.shape == (1, 3, 16, 16) and len(features) == 4


def test_the_published_form_leaves_random_connectors_on_the_teachers_side(build):
    model = build(connector_side="teacher")
    assert not any(parameter.requires_grad for parameter in model.connectors.parameters())
    assert model.connectors[0].conv.in_channels == 64
    model.init_weights()
    data = model.data_preprocessor(make_batch([DARK]), training=True)
    assert float(model(**data, mode="loss")["loss_feature"]) > 0


@pytest.mark.parametrize("content", ["missing", "damaged", "other"])
def test_a_teacher_that_cannot_be_loaded_is_one_sentence(build, teacher_file, content):
    if content == "missing":
        teacher_file.unlink()
        message = "teacher.pth does not exist: train it first"
    elif content == "damaged":
        teacher_file.write_bytes(teacher_file.read_bytes()[:1000])
        message = "teacher.pth cannot be read as plain weights"
    else:
        torch.save(dict(state_dict={"generator.output.weight": torch.zeros(1)}), teacher_file)
        message = "does not fit the network of the config: missing .* and \\d+ more"
    model = build()
    with pytest.raises(CheckpointError, match=message):
        model.init_weights()


def test_the_student_is_tested_without_a_file_of_the_teacher(build, teacher_file):
    teacher_file.unlink()
    (sample,) = build().test_step(make_batch([None]))
    assert sample.output.pred_img.shape == (3, 64, 64)


@pytest.mark.parametrize("averaged", [False, True])
def test_connectors_come_back_from_a_checkpoint(build, averaged):
    trained, model = build(), build()
    with torch.no_grad():
        for parameter in trained.connectors.parameters():
            parameter.add_(1)
    if averaged:
        model = ExponentialMovingAverage(model).module
    load_state_dict(model, trained.state_dict(), strict=True)
    for key, value in trained.state_dict().items():
        assert torch.equal(model.state_dict()[key], value)


def test_a_checkpoint_of_a_run_in_a_wrapper_loads(build):
    trained, model = build(), build()
    with torch.no_grad():
        for parameter in trained.parameters():
            parameter.add_(1)
    averaged = ExponentialMovingAverage(trained)
    state = {
        key.removeprefix("module."): value for key, value in averaged.state_dict().items() if key != "steps"
    }
    assert list(state) == list(trained.state_dict())
    model.load_state_dict(state)
    for key, value in trained.state_dict().items():
        assert torch.equal(model.state_dict()[key], value)


def test_a_work_folder_stands_for_its_best_or_last_checkpoint(tiny_network, tmp_path):
    network = MODELS.build(tiny_network)
    for name, value in (("iter_4", 4.0), ("best_quality_iter_2", 2.0)):
        state = {f"generator.{k}": torch.full_like(v, value) for k, v in network.state_dict().items()}
        torch.save(dict(state_dict=state), tmp_path / f"{name}.pth")
    (tmp_path / "last_checkpoint").write_text("/moved/elsewhere/iter_4.pth")
    load_network(network, tmp_path)
    assert float(next(network.parameters()).mean()) == 2.0
    (tmp_path / "best_quality_iter_2.pth").unlink()
    load_network(network, tmp_path)
    assert float(next(network.parameters()).mean()) == 4.0


def test_the_teacher_sees_the_degraded_pair_or_the_clean_one_with_the_text_from_before(build):
    seen = {}
    for teacher_input in ("degraded", "clean"):
        model = build(teacher_input=teacher_input)
        data = model.data_preprocessor(make_degraded_batch([DARK], "haze"), training=True)
        model.init_weights()
        texts, teacher = [], model.teacher
        teacher.generator.register_forward_pre_hook(lambda _, args: seen.update({teacher_input: args[0]}))  # noqa: B023
        embed = teacher.text_embedder
        teacher.text_embedder = lambda lines, device: texts.extend(lines) or embed(lines, device)  # noqa: B023
        model(**data, mode="loss")
        source = data["inputs"]["img_a" if teacher_input == "degraded" else "target_a"]
        assert torch.equal(seen[teacher_input], source)
        assert len(texts[0]) == (2 if teacher_input == "degraded" else 1)
    with pytest.raises(ValueError, match="teacher_input 'blurred'"):
        build(teacher_input="blurred")


@pytest.mark.parametrize("kind", ["low_light", "ir_noise"])
def test_a_distilled_students_fusion_loss_compares_with_the_clean_sources(build, kind):
    model = build()
    model.init_weights()
    data = model.data_preprocessor(make_degraded_batch([DARK], kind), training=True)
    inputs = data["inputs"]
    losses = model(**data, mode="loss")
    fused = model.student(inputs)
    expected = model.student.pixel_loss(fused, inputs["target_a"], inputs["target_b"])
    torch.testing.assert_close(losses["loss_max"], expected["loss_max"])


def test_a_teacher_without_weights_teaches_nothing(build):
    model = build()
    with pytest.raises(UserError, match=r"no weights yet: call init_weights\(\)"):
        model(**model.data_preprocessor(make_batch([DARK]), training=True), mode="loss")


def test_options_of_test_and_cache_reach_student_and_teacher(build, tmp_path):
    model = build(text_cache=str(tmp_path / "mine.sqlite"))
    model.init_weights()
    model(**model.data_preprocessor(make_batch([DARK]), training=True), mode="loss")
    assert (tmp_path / "mine.sqlite").exists()
    with pytest.raises(ValueError, match="mode 'half' is none of"):
        build(test_cfg=dict(mode="half"))
    unscaled = dict(type="mmagic.DataPreprocessor", mean=[0.0], std=[1.0], data_keys=None)
    model = build(data_preprocessor=unscaled)
    assert float(model.data_preprocessor(make_batch([None]))["inputs"]["img_a"].max()) > 200


def test_texts_are_read_where_the_teacher_is_guided(build, tiny_network):
    assert build().reads_annotations
    assert not build(teacher=tiny_network, text_encoder=None).reads_annotations


def test_weights_of_the_student_start_as_the_config_says(build):
    model = build(init_cfg=dict(type="Constant", layer="Conv2d", val=0.5))
    model.init_weights()
    assert (model.student.generator.encoder_a.stem.conv.weight == 0.5).all()
