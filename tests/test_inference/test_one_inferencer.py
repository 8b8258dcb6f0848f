"""What computes changes neither results nor use: ONNX Runtime, PyTorch, OpenVINO; threads, forks, pickles, tiles."""

import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mmfusion_distill.annotation.event_types import READ_EVENTS
from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.inference.exported_fusion import ExportedFusion
from mmfusion_distill.zoo.model_index import exported_weights, shipped_models

TINY = exported_weights(shipped_models()["tiny"])


@pytest.fixture(scope="module")
def pair():
    return generate_pair(3, 70, 90)


def test_networks_with_an_exported_file_run_by_onnx_runtime_on_a_processor():
    assert FusionInferencer(weights="tiny", device="cpu").backend == "onnxruntime"
    with pytest.raises(ValueError, match="computes here, which has no model: take backend='pytorch'"):
        FusionInferencer(weights="tiny", device="cpu").model  # noqa: B018


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (dict(weights="teacher", backend="onnxruntime"), "teacher is no exported network, which onnxruntime"),
        (dict(weights="tiny", backend="tensorrt"), "backend 'tensorrt' is none of auto, onnxruntime"),
        (dict(weights="tiny", device="cpu", backend="onnxruntime", threads=0), None),
    ],
)
def test_a_backend_that_cannot_compute_is_named(asked, message):
    if message is None:
        FusionInferencer(**asked)
        return
    with pytest.raises(ValueError, match=message):
        FusionInferencer(**asked)


@pytest.mark.parametrize("name", ["tiny", "pyramid", str(TINY)])
def test_a_single_name_means_weights(pair, name):
    expected, actual = (
        fuse.fuse(*pair)
        for fuse in (FusionInferencer(weights=name, device="cpu"), FusionInferencer(name, device="cpu"))
    )
    np.testing.assert_array_equal(actual, expected)


def test_a_config_alone_asks_for_weights():
    pytest.importorskip("torch")
    config = next(iter(shipped_models().values())).config
    with pytest.raises(ValueError, match="no weights given: name a checkpoint"):
        FusionInferencer(config)


def test_openvino_runs_the_same_file(pair):
    pytest.importorskip("openvino")
    expected, actual = (
        FusionInferencer(weights="tiny", device="cpu", backend=backend).fuse(*pair)
        for backend in ("onnxruntime", "openvino")
    )
    assert np.abs(expected.astype(int) - actual).max() <= 1


def test_threads_share_one(pair):
    fuse = FusionInferencer(weights="tiny", device="cpu", threads=2)
    expected = fuse.fuse(*pair)
    with ThreadPoolExecutor(4) as pool:
        for picture in pool.map(lambda _: fuse.fuse(*pair), range(8)):
            np.testing.assert_array_equal(picture, expected)


def test_it_is_pickled(pair):
    fuse = FusionInferencer(weights="tiny", device="cpu")
    copied = pickle.loads(pickle.dumps(fuse))
    np.testing.assert_array_equal(copied.fuse(*pair), fuse.fuse(*pair))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs forks")
def test_a_fork_uses_what_its_parent_opened(pair, tmp_path):
    fuse = FusionInferencer(weights="tiny", device="cpu", threads=2)
    child = os.fork()
    if not child:
        np.save(tmp_path / "fused.npy", fuse.fuse(*pair))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    np.testing.assert_array_equal(np.load(tmp_path / "fused.npy"), fuse.fuse(*pair))


def test_a_prior_stands_for_the_networks_own(pair):
    network = ExportedFusion(TINY)
    sources = [(image.astype(np.float32) / 255).transpose(2, 0, 1)[None] for image in pair]
    own = network.own_prior(*sources)
    assert own.shape == (1, network.prior_channels)
    fused = network(*sources)
    np.testing.assert_allclose(network(*sources, prior=own), fused, atol=1e-5)
    np.testing.assert_array_equal(network(*sources, prior=np.full_like(own, np.nan)), fused)
    assert np.abs(network(*sources, prior=-own) - fused).max() > 0.02
    with pytest.raises(ValueError, match=r"prior has shape \(1, 3\)"):
        network(*sources, prior=np.zeros((1, 3), np.float32))


def test_a_pair_is_given_a_prior_whatever_computes(pair):
    pytest.importorskip("torch")
    prior = np.full(ExportedFusion(TINY).prior_channels, np.nan, np.float32)
    prior[:8] = 0.9
    pairs = [dict(img_a=pair[0], img_b=pair[1], prior=given) for given in (prior, None)]
    pictures = {
        backend: FusionInferencer(weights="tiny", device="cpu", backend=backend)(pairs, batch_size=2)
        for backend in ("onnxruntime", "pytorch")
    }
    for ours, theirs in zip(*(result["predictions"] for result in pictures.values())):
        assert np.abs(ours.astype(int) - theirs).max() <= 1
    steered, own = pictures["onnxruntime"]["predictions"]
    assert np.abs(steered.astype(int) - own).max() > 2


def test_tiles_are_those_of_the_whole_image():
    visible, thermal = generate_pair(4, 100, 900)
    planes = [(image.astype(np.float32) / 255).transpose(2, 0, 1)[None] for image in (visible, thermal)]
    whole, tiled = (ExportedFusion(TINY, mode=mode, max_memory=1e-3)(*planes) for mode in ("whole", "tile"))
    assert np.abs(whole - tiled).max() * 255 < 0.5
    # A tile by itself chooses tones, noise filter and hot level by what it shows.
    alone = ExportedFusion(TINY)(*(image[..., :450] for image in planes))
    assert np.abs(alone - whole[..., :450]).max() * 255 > 2
    gray = ExportedFusion(TINY, mode="tile", max_memory=1e-3)(planes[1], planes[1])
    np.testing.assert_array_equal(gray[:, 0], gray[:, 2])


def test_data_samples_are_those_of_the_same_network(pair):
    pytest.importorskip("torch")
    fuse = FusionInferencer(weights="tiny", device="cpu")
    (sample,) = fuse(dict(img_a=pair[0], img_b=pair[1]), return_datasamples=True)["predictions"]
    shown = sample.output.pred_img.numpy()[::-1].transpose(1, 2, 0)
    assert np.abs(shown - fuse.fuse(*pair)).max() <= 1


def test_what_a_student_sees_is_told_alike_by_every_backend(pair):
    pytest.importorskip("torch")
    by_file, by_torch = (
        FusionInferencer(weights="tiny", device="cpu", backend=backend).explain(*pair)
        for backend in ("onnxruntime", "pytorch")
    )
    assert list(by_file) == list(READ_EVENTS) == list(by_torch)
    assert all(0 <= value <= 1 for value in by_file.values())
    assert by_file == pytest.approx(by_torch, abs=1e-3)


def test_who_reads_a_text_is_not_asked_what_it_sees(pair):
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match="names no events: it reads a text"):
        FusionInferencer(weights="teacher", device="cpu").explain(*pair)


def test_events_steer_a_student_alike_by_every_backend(pair):
    pytest.importorskip("torch")
    by_file, by_torch = (
        FusionInferencer(weights="tiny", device="cpu", backend=backend).fuse(*pair, events=["low light"])
        for backend in ("onnxruntime", "pytorch")
    )
    assert np.abs(by_file.astype(int) - by_torch).max() <= 1
    assert np.abs(by_file.astype(int) - FusionInferencer(weights="tiny").fuse(*pair)).max() > 2


def test_events_that_steer_nothing_are_refused(pair):
    with pytest.raises(ValueError, match="'fire' is no known event"):
        FusionInferencer(weights="tiny").fuse(*pair, events=["fire"])
    with pytest.raises(ValueError, match="the pyramid does the same whatever the events"):
        FusionInferencer(weights="pyramid").fuse(*pair, events=["haze"])


def test_who_reads_a_text_is_told_events_as_text(pair):
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match="name the events in its text"):
        FusionInferencer(weights="teacher", device="cpu").fuse(*pair, events=["haze"])


def test_the_pyramid_sees_nothing_and_says_so(pair):
    with pytest.raises(ValueError, match="the pyramid sees no degradations: ask a student"):
        FusionInferencer(weights="pyramid").explain(*pair)
