"""Fusing arrays, files and folders."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from scripts import run_script

from mmfusion_distill.annotation.typed_text import annotation_of_text
from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.cli import fuse
from mmfusion_distill.export.model_files import publish_network
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.inference.folder_fusing import fuse_files
from mmfusion_distill.models.weight_files.checkpoints import CheckpointError
from mmfusion_distill.registry import MODELS


@pytest.fixture
def config_file(tiny_network, tmp_path):
    path = tmp_path / "config.py"
    path.write_text(f"model = dict(type='ImageFusor', generator={tiny_network!r})\n")
    return path


@pytest.fixture
def checkpoint(tiny_network, tmp_path):
    model = MODELS.build(dict(type="ImageFusor", generator=tiny_network))
    torch.save(dict(meta={}, state_dict=model.state_dict()), tmp_path / "student.pth")
    return tmp_path / "student.pth"


@pytest.fixture
def inferencer(config_file, checkpoint):
    return FusionInferencer(config_file, checkpoint, device="cpu")


def test_arrays_and_files_give_the_same(inferencer, pair_folder):
    paths = pair_folder / "a" / "pair_0.png", pair_folder / "b" / "pair_0.png"
    of_files = inferencer.fuse(*paths)
    assert of_files.shape == (72, 80, 3) and of_files.dtype == np.uint8
    of_arrays = inferencer.fuse(*[read_image(path).astype(np.uint8) for path in paths])
    assert np.array_equal(of_files, of_arrays)


def test_the_result_is_that_of_the_network_in_rgb(inferencer, pair_folder):
    paths = pair_folder / "a" / "pair_0.png", pair_folder / "b" / "pair_0.png"
    img_a, img_b = (torch.from_numpy(read_image(path)).permute(2, 0, 1)[None] / 255 for path in paths)
    with torch.no_grad():
        expected = inferencer.model.generator(img_a, img_b)[0].clamp(0, 1).permute(1, 2, 0) * 255
    assert np.abs(inferencer.fuse(*paths) - expected.numpy()).max() <= 0.51


def test_batches_do_not_change_results_and_may_mix_sizes(inferencer):
    rng = np.random.default_rng(0)
    pairs = [
        dict(
            img_a=rng.integers(0, 256, (*size, 3), dtype=np.uint8), img_b=rng.integers(0, 256, size, np.uint8)
        )
        for size in [(16, 16), (16, 16), (9, 30)]
    ]
    together = inferencer(pairs, batch_size=2)["predictions"]
    for pair, fused in zip(pairs, together):
        alone = inferencer(pair)["predictions"][0].astype(int)
        assert np.abs(alone - fused).max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (37, 613), (2, 65)])
def test_odd_sizes(inferencer, size):
    rng = np.random.default_rng(0)
    fused = inferencer.fuse(rng.random((*size, 3), np.float32), rng.random(size, np.float32))
    assert fused.shape == (*size, 3)


def test_gray_sixteen_bit_and_alpha_files(inferencer, tmp_path):
    rng = np.random.default_rng(0)
    cv2.imwrite(str(tmp_path / "rgba.png"), rng.integers(0, 256, (20, 24, 4), dtype=np.uint8))
    cv2.imwrite(str(tmp_path / "deep.png"), rng.integers(0, 65536, (20, 24), dtype=np.uint16))
    cv2.imwrite(str(tmp_path / "gray.png"), rng.integers(0, 256, (20, 24), dtype=np.uint8))
    assert inferencer.fuse(tmp_path / "rgba.png", tmp_path / "deep.png").shape == (20, 24, 3)
    assert inferencer.fuse(tmp_path / "gray.png", tmp_path / "deep.png").shape == (20, 24)


def test_eight_bit_pictures_wait_in_eight_bits_and_others_as_exact_as_they_are(inferencer):
    short, deep = np.arange(12, dtype=np.uint8).reshape(3, 4), np.arange(12, dtype=np.uint16).reshape(3, 4)
    loaded = inferencer.load(dict(img_a=short, img_b=deep))["inputs"]
    assert loaded["img_a"].dtype == torch.uint8 and loaded["img_a"].flatten().tolist() == list(range(12))
    assert loaded["img_b"].dtype == torch.float32 and loaded["img_b"].unique().numel() == 12


def test_one_broken_pair_does_not_stop_the_others(inferencer, pair_folder):
    (pair_folder / "a" / "pair_1.png").write_bytes(b"broken")
    write_image(pair_folder / "b" / "pair_2.png", np.zeros((5, 6, 1)))
    report = fuse_files(inferencer, pair_folder / "a", pair_folder / "b", pair_folder / "out")
    assert [path.stem for path in report.written] == ["pair_0", "pair_3", "pair_4", "pair_5"]
    assert "pair_1.png is damaged" in report.failures[0]
    assert "pair_2.png is 80x72" in report.failures[1] and "pair_2.png is 6x5" in report.failures[1]
    assert read_image(pair_folder / "out" / "pair_0.png").shape == (72, 80, 3)


@pytest.mark.parametrize(("batch_size", "workers"), [(1, 0), (3, 1), (4, 3)])
def test_batches_and_threads_change_nothing_but_the_speed(inferencer, pair_folder, batch_size, workers):
    write_image(pair_folder / "a" / "pair_2.png", np.full((30, 40, 3), 90))
    write_image(pair_folder / "b" / "pair_2.png", np.full((30, 40, 1), 30))
    (pair_folder / "b" / "pair_4.png").write_bytes(b"broken")
    report = fuse_files(
        inferencer,
        pair_folder / "a",
        pair_folder / "b",
        pair_folder / "out",
        batch_size=batch_size,
        workers=workers,
    )
    assert [path.stem for path in report.written] == ["pair_0", "pair_1", "pair_2", "pair_3", "pair_5"]
    assert len(report.failures) == 1 and "pair_4.png" in report.failures[0]
    for path in report.written:
        expected = inferencer.fuse(pair_folder / "a" / path.name, pair_folder / "b" / path.name)
        assert np.abs(read_image(path) - expected).max() <= 1


def test_a_batch_survives_a_pair_that_the_network_refuses(inferencer, pair_folder, monkeypatch):
    fuse_loaded = inferencer.fuse_loaded

    def refuse_one(batch):
        if any(pair["data_samples"].key == "pair_1" for pair in batch):
            raise ValueError("no text for pair_1")
        return fuse_loaded(batch)

    monkeypatch.setattr(inferencer, "fuse_loaded", refuse_one)
    report = fuse_files(inferencer, pair_folder / "a", pair_folder / "b", pair_folder / "out", batch_size=3)
    assert len(report.written) == 5
    assert report.failures == ["no text for pair_1"]


def test_a_pair_that_a_library_gives_up_on_is_reported(inferencer, pair_folder, monkeypatch):
    fuse_loaded = inferencer.fuse_loaded

    def limited(batch):
        if batch[0]["data_samples"].key == "pair_1":
            raise RuntimeError("out of memory\nand a long story")
        return fuse_loaded(batch)

    monkeypatch.setattr(inferencer, "fuse_loaded", limited)
    report = fuse_files(inferencer, pair_folder / "a", pair_folder / "b", pair_folder / "out")
    assert len(report.written) == 5
    assert report.failures == [f"{pair_folder / 'a' / 'pair_1.png'}: RuntimeError out of memory"]


def test_a_target_that_is_no_folder_is_refused_before_anything_is_computed(pair_folder):
    (pair_folder / "out").write_text("a file instead of the folder")
    with pytest.raises(OSError, match="cannot write to .*out is no folder"):
        fuse_files(None, pair_folder / "a", pair_folder / "b", pair_folder / "out")


@pytest.mark.parametrize(
    "name, message",
    [("a/pair_0.png", "is a source and would be overwritten"), ("fused.xyz", "no image format")],
)
def test_a_wrong_target_is_refused_before_anything_is_computed(pair_folder, name, message):
    before = (pair_folder / "a" / "pair_0.png").read_bytes()
    with pytest.raises(ValueError, match=message):
        fuse_files(
            None, pair_folder / "a" / "pair_0.png", pair_folder / "b" / "pair_0.png", pair_folder / name
        )
    assert (pair_folder / "a" / "pair_0.png").read_bytes() == before


def test_a_file_and_a_folder_do_not_go_together(inferencer, pair_folder):
    with pytest.raises(ValueError, match="give two files or two folders"):
        fuse_files(inferencer, pair_folder / "a", pair_folder / "b" / "pair_0.png", pair_folder / "out")


def test_a_published_file_needs_nothing_else(config_file, checkpoint, inferencer, pair_folder, tmp_path):
    publish_network(config_file, checkpoint, tmp_path / "student.safetensors")
    alone = FusionInferencer(weights=tmp_path / "student.safetensors", device="cpu")
    paths = pair_folder / "a" / "pair_0.png", pair_folder / "b" / "pair_0.png"
    assert np.array_equal(alone.fuse(*paths), inferencer.fuse(*paths))


def test_half_precision_halves_the_file_and_hardly_changes_the_picture(
    config_file, checkpoint, inferencer, pair_folder, tmp_path
):
    whole = publish_network(config_file, checkpoint, tmp_path / "whole.safetensors")
    half = publish_network(config_file, checkpoint, tmp_path / "half.safetensors", half=True)
    # The header, with names and shapes, stays as it is.
    assert half.stat().st_size < 0.7 * whole.stat().st_size
    paths = pair_folder / "a" / "pair_0.png", pair_folder / "b" / "pair_0.png"
    fused = FusionInferencer(weights=half, device="cpu").fuse(*paths)
    assert np.abs(fused.astype(int) - inferencer.fuse(*paths)).max() <= 2


def test_weights_without_a_config_are_one_sentence(checkpoint, tmp_path):
    with pytest.raises(CheckpointError, match="does not say which network.*mmfusion publish"):
        FusionInferencer(weights=checkpoint)
    save_file({"x": torch.zeros(1)}, tmp_path / "bare.safetensors")
    with pytest.raises(CheckpointError, match="does not say which network"):
        FusionInferencer(weights=tmp_path / "bare.safetensors")


def test_weights_and_devices_that_cannot_be_used_are_one_sentence(config_file, checkpoint, tmp_path):
    with pytest.raises(CheckpointError, match="absent.safetensors do not exist"):
        FusionInferencer(weights=tmp_path / "absent.safetensors")
    whole = publish_network(config_file, checkpoint, tmp_path / "whole.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CheckpointError, match="cut.safetensors"):
        FusionInferencer(weights=tmp_path / "cut.safetensors")
    with pytest.raises(ValueError, match="the device foo cannot be used"):
        FusionInferencer(config_file, checkpoint, "foo")


def test_text_by_hand_steers_a_teacher(tiny_teacher, pair_folder):
    model = dict(
        type="ImageFusor",
        generator=tiny_teacher,
        text_encoder=dict(type="SentenceTextEncoder"),
        text_cache=None,
    )
    torch.save(dict(state_dict=MODELS.build(model).state_dict()), pair_folder / "teacher.pth")
    teacher = FusionInferencer(dict(model=model), pair_folder / "teacher.pth", device="cpu")
    paths = pair_folder / "a" / "pair_0.png", pair_folder / "b" / "pair_0.png"
    assert not np.array_equal(teacher.fuse(*paths, text="low light"), teacher.fuse(*paths, text="thick haze"))
    with pytest.raises(ValueError, match="no text for"):
        teacher.fuse(*paths)
    report = fuse_files(
        teacher,
        pair_folder / "a",
        pair_folder / "b",
        pair_folder / "o",
        annotations=pair_folder / "annotations",
    )
    assert len(report.written) == 6 and not report.failures


def test_text_by_hand_may_name_several_events():
    annotation = annotation_of_text("low light; haze: thick in the distance")
    assert annotation.event_types == ("low_light", "haze")
    assert annotation.events[1].description == "thick in the distance"


def test_the_tool_fuses_and_reports(config_file, checkpoint, pair_folder):
    (pair_folder / "b" / "pair_5.png").write_bytes(b"")
    command = ["fuse", "a", "b", "out", "--weights", checkpoint]
    done = run_script(*command, "--config", config_file, folder=pair_folder)
    assert done.returncode == 1
    assert "5 images written" in done.stdout
    assert "pair_5.png is empty" in done.stderr and "Traceback" not in done.stderr
    missing = run_script(*command, folder=pair_folder)
    assert missing.returncode == 1 and missing.stderr.startswith("error: ")


def test_unreadable_input_raises_one_sentence(inferencer, pair_folder):
    with pytest.raises(ImageReadError, match="nowhere.png"):
        inferencer.fuse(pair_folder / "nowhere.png", pair_folder / "b" / "pair_0.png")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--text", "low light"], "--text is for networks that are guided by text"),
        (["--annotations", "annotations"], "--annotations is for networks that are guided by text"),
    ],
)
def test_text_for_a_network_that_reads_none_is_refused(arguments, message, pair_folder, monkeypatch, capsys):
    monkeypatch.chdir(pair_folder)
    with pytest.raises(SystemExit, match=message):
        fuse.main(["a", "b", "out", *arguments, "--device", "cpu"])
    assert not (pair_folder / "out").exists()


def test_text_without_a_word_and_a_folder_without_annotations_are_refused(tmp_path):
    guided = SimpleNamespace(guided=True)
    for text in ("", " ; : "):
        with pytest.raises(ValueError, match="--text is empty"):
            fuse.check_text(SimpleNamespace(text=text, annotations=None), guided)
    for folder in (tmp_path, tmp_path / "nodir"):
        with pytest.raises(ValueError, match="is no folder with annotation files"):
            fuse.check_text(SimpleNamespace(text=None, annotations=folder), guided)


def test_the_function_refuses_text_too(inferencer, pair_folder):
    with pytest.raises(ValueError, match="not guided by text"):
        inferencer.fuse(pair_folder / "a" / "pair_0.png", pair_folder / "b" / "pair_0.png", text="low light")
