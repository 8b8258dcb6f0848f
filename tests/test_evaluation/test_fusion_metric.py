"""FusionMetric in loops: averages, names, several processes, bad samples."""

import csv
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator
from torch import multiprocessing

from mmfusion_distill.evaluation import compute_metrics, laplacian_pyramid_fusion
from mmfusion_distill.evaluation.metrics import WIN_MEASURES, FusionMetric, fusion_metric
from mmfusion_distill.registry import EVALUATOR, METRICS

NAMES = ["EN", "SSIM", "balanced_quality"]


def make_sample(key, seed):
    generator = torch.Generator().manual_seed(seed)

    def picture(channels):
        return torch.rand(channels, 24, 20, generator=generator) * 255

    return dict(key=key, img_a=picture(3), img_b=picture(1), pred_img=picture(3))


def expected_scores(sample):
    images = [sample[name].round().byte().numpy() for name in ("img_a", "img_b", "pred_img")]
    img_a, img_b, fused = (np.moveaxis(image[::-1], 0, -1) for image in images)  # BGR to RGB
    return compute_metrics(img_a, img_b, fused, metrics=NAMES)


def pictures(sample):
    """Source A, source B and fused image as arrays, RGB."""
    images = [sample[name].round().byte().numpy() for name in ("img_a", "img_b", "pred_img")]
    img_a, img_b, fused = (np.moveaxis(image[::-1], 0, -1) for image in images)
    return img_a, img_b[:, :, 0], fused


def pyramid_sample(key, seed):
    """A sample whose result is the pyramid's."""
    sample = make_sample(key, seed)
    img_a, img_b, _ = pictures(sample)
    fused = laplacian_pyramid_fusion(img_a, img_b)
    sample["pred_img"] = torch.from_numpy(fused[:, :, ::-1].copy()).permute(2, 0, 1).float()
    return sample


def test_scores_are_means_over_samples_under_the_prefix():
    metric = METRICS.build(dict(type="FusionMetric", metrics=NAMES, prefix="road"))
    samples = [make_sample("one", 1), make_sample("two", 2)]
    evaluator = Evaluator([metric])
    evaluator.process(samples, None)
    result = evaluator.evaluate(2)

    singles = [expected_scores(sample) for sample in samples]
    assert result == pytest.approx(
        {f"road/{name}": np.mean([single[name] for single in singles]) for name in NAMES}
    )


def test_mmagic_evaluator_accepts_it_and_it_starts_afresh():
    metric = FusionMetric(metrics=NAMES)
    evaluator = EVALUATOR.build(dict(type="mmagic.Evaluator", metrics=[metric]))
    loader = SimpleNamespace(dataset=range(1))
    evaluator.prepare_metrics(torch.nn.Module(), loader)
    ((metrics, sampler),) = evaluator.prepare_samplers(torch.nn.Module(), loader)
    assert sampler is loader
    for seed in (1, 2):
        sample = make_sample("one", seed)
        evaluator.process([sample], None, metrics)
        assert evaluator.evaluate() == pytest.approx(expected_scores(sample))


def test_per_sample_scores_are_saved(tmp_path):
    metric = FusionMetric(metrics=NAMES, save_scores=tmp_path / "new" / "scores.csv")
    samples = [make_sample("b", 1), make_sample("a", 2)]
    metric.process(None, samples)
    metric.evaluate(2)

    with (tmp_path / "new" / "scores.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["a", "b"]
    assert float(rows[1]["SSIM"]) == pytest.approx(expected_scores(samples[0])["SSIM"])


def test_a_network_that_returns_nan_is_named():
    sample = make_sample("night_7", 1)
    sample["pred_img"][0, 3, 3] = float("nan")
    with pytest.raises(ValueError, match=r"night_7.*pred_img.*NaN"):
        FusionMetric().process(None, [sample])


def test_another_size_is_named():
    sample = make_sample("night_7", 1)
    sample["pred_img"] = sample["pred_img"][:, :20]
    with pytest.raises(ValueError, match=r"night_7.*different sizes.*24x20.*20x20"):
        FusionMetric().process(None, [sample])


def test_unknown_names_fail_at_construction():
    with pytest.raises(ValueError, match="No metric 'SIM'; choose from EN"):
        FusionMetric(metrics=["SIM"])
    with pytest.raises(ValueError, match="EN has no per-source form"):
        FusionMetric(metrics=["EN_A"])
    with pytest.raises(ValueError, match="No protocol 'mine'"):
        FusionMetric(protocol="mine")


def test_an_empty_set_is_an_error():
    with pytest.raises(RuntimeError, match="scored no sample"):
        FusionMetric().evaluate(0)


def expected_wins(samples):
    ours, pyramids = [], []
    for sample in samples:
        img_a, img_b, fused = pictures(sample)
        ours.append(list(compute_metrics(img_a, img_b, fused, WIN_MEASURES).values()))
        pyramid = laplacian_pyramid_fusion(img_a, img_b)
        pyramids.append(list(compute_metrics(img_a, img_b, pyramid, WIN_MEASURES).values()))
    return int((np.mean(ours, axis=0) >= np.mean(pyramids, axis=0)).sum())


def test_wins_count_means_that_are_at_least_the_pyramids():
    metric = FusionMetric(metrics=["wins", "SSIM"], prefix="clean")
    samples = [make_sample("one", 1), make_sample("two", 2)]
    # a copy of A: more contrast and information than the pyramid has, nothing of B
    for sample in samples:
        sample["pred_img"] = sample["img_a"]
    metric.process(None, samples)
    scores = metric.evaluate(2)
    assert list(scores) == ["clean/wins", "clean/SSIM"]
    assert 0 < scores["clean/wins"] < 8
    assert scores["clean/wins"] == expected_wins(samples)


def test_the_pyramid_itself_wins_all_and_is_scored_once_for_all_validations(monkeypatch):
    made = []

    def counted(*images):
        made.append(images)
        return laplacian_pyramid_fusion(*images)

    monkeypatch.setattr(fusion_metric, "laplacian_pyramid_fusion", counted)
    metric = FusionMetric(metrics=["wins"])
    for _ in range(3):
        metric.process(None, [pyramid_sample("one", 1), pyramid_sample("two", 2)])
        assert metric.evaluate(2) == {"wins": 8}
    assert len(made) == 2
    # the name of a known pair for other sources
    metric.process(None, [pyramid_sample("one", 3)])
    assert metric.evaluate(1) == {"wins": 8}
    assert len(made) == 3


def test_saved_scores_tell_what_wins_are_made_of(tmp_path):
    metric = FusionMetric(metrics=["wins", "balanced_quality"], save_scores=tmp_path / "scores.csv")
    metric.process(None, [pyramid_sample("one", 1)])
    metric.evaluate(1)
    with (tmp_path / "scores.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert list(row) == ["name", "balanced_quality", *WIN_MEASURES, *(f"pyramid_{m}" for m in WIN_MEASURES)]
    assert all(row[name] == row[f"pyramid_{name}"] for name in WIN_MEASURES)


def _evaluate_in_process(rank, port, queue):
    torch.distributed.init_process_group(
        "gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2
    )
    metric = FusionMetric(metrics=[*NAMES, "wins"])
    # Three samples on two processes: the sampler hands out the first one twice.
    for key in {0: ["s0", "s2"], 1: ["s1", "s0"]}[rank]:
        metric.process(None, [make_sample(key, int(key[1]))])
    queue.put(metric.evaluate(3))
    torch.distributed.destroy_process_group()


def test_two_processes_count_each_sample_once(unused_port):
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    workers = [
        context.Process(target=_evaluate_in_process, args=(rank, unused_port, queue)) for rank in range(2)
    ]
    for worker in workers:
        worker.start()
    results = [queue.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()

    singles = [expected_scores(make_sample(f"s{i}", i)) for i in range(3)]
    means = {name: np.mean([single[name] for single in singles]) for name in NAMES}
    means["wins"] = expected_wins([make_sample(f"s{i}", i) for i in range(3)])
    assert results[0] == pytest.approx(means)
    assert results[1] == results[0]


def test_degraded_pairs_are_scored_against_their_targets():
    clean, degraded = make_sample("one", 1), make_sample("one", 2)
    degraded.update(pred_img=clean["pred_img"], target_a=clean["img_a"], target_b=clean["img_b"])
    metric = FusionMetric(metrics=[*NAMES, "wins"])
    metric.process(None, [degraded])
    expected = {**expected_scores(clean), "wins": expected_wins([clean])}
    assert metric.evaluate(1) == pytest.approx(expected)
