"""FusionMetric in loops: averages, names, several processes, bad samples."""

import csv
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmagic.registry import EVALUATORS, METRICS
from mmengine.evaluator import Evaluator
from torch import multiprocessing

from mmfusion_distill.evaluation import FusionMetric, compute_metrics

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
    evaluator = EVALUATORS.build(dict(type="mmagic.Evaluator", metrics=[metric]))
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


def _evaluate_in_process(rank, port, queue):
    torch.distributed.init_process_group(
        "gloo", init_method=f"tcp://127.0.0.1:{port}", rank=rank, world_size=2
    )
    metric = FusionMetric(metrics=NAMES)
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
    assert results[0] == pytest.approx(means)
    assert results[1] == results[0]


def test_degraded_pairs_are_scored_against_their_targets():
    clean, degraded = make_sample("one", 1), make_sample("one", 2)
    degraded.update(pred_img=clean["pred_img"], target_a=clean["img_a"], target_b=clean["img_b"])
    metric = FusionMetric(metrics=NAMES)
    metric.process(None, [degraded])
    assert metric.evaluate(1) == pytest.approx(expected_scores(clean))
