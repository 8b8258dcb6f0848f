"""Corrected p-values against known ones."""

import numpy as np
import pytest

from mmfusion_distill.evaluation.functional.protocols import PROTOCOLS
from mmfusion_distill.evaluation.report import bootstrap
from mmfusion_distill.evaluation.report.bootstrap import paired_bootstrap
from mmfusion_distill.evaluation.report.results import EvaluationResult

#: p-values of four methods, and after Holm (1979): times 4, 3, 2 and 1 in rising order, never falling.
KNOWN = (
    ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
    ([0.2, 0.3, 0.4, 0.5], [0.8, 0.9, 0.9, 0.9]),
    ([0.9, 0.8, 0.7, 0.6], [1.0, 1.0, 1.0, 1.0]),
    ([0.02, 0.02, 0.02, 0.02], [0.08, 0.08, 0.08, 0.08]),
    ([0.011, 0.012, 0.013, 0.04], [0.044, 0.044, 0.044, 0.044]),
)


@pytest.fixture
def result():
    """Five methods by 2 metrics and 40 pairs; of the second metric lower is better."""
    scores = np.random.default_rng(0).normal(size=(5, 2, 40))
    scores[1:] += np.linspace(-0.6, 0.6, 4)[:, None, None]
    names = [f"pair_{index}" for index in range(40)]
    return EvaluationResult(names, list("abcde"), ["EN", "RMSE"], scores, PROTOCOLS["standard"])


@pytest.mark.parametrize("reference", range(5))
@pytest.mark.parametrize("raw, corrected", KNOWN)
def test_p_values_are_corrected_after_holm(result, monkeypatch, raw, corrected, reference):
    # The same in both columns; the row of the reference has none.
    given = np.insert(np.array(raw), reference, 1.0)[:, None].repeat(2, axis=1)
    monkeypatch.setattr(bootstrap, "_two_sided", lambda differences: given)
    found = paired_bootstrap(result, "abcde"[reference], samples=10)
    assert np.isnan(found.p_values[reference]).all()
    for column in np.delete(found.p_values, reference, axis=0).T:
        np.testing.assert_allclose(column, corrected, atol=1e-9)


def test_a_difference_is_better_in_the_direction_of_its_metric(result):
    result.scores[1:, :, :] = result.scores[:1] + np.array([3, -3, 0, 2])[:, None, None]
    found = paired_bootstrap(result, "a", samples=200)
    assert found.verdicts.tolist() == [
        ["", ""],
        ["better", "worse"],
        ["worse", "better"],
        ["same", "same"],
        ["better", "worse"],
    ]


def test_p_values_are_those_of_the_sign_of_the_mean(result):
    # By the central limit theorem: the mean of 40 differences of deviation 1 that is 2 standard errors above 0.
    differences = np.random.default_rng(1).normal(size=40)
    differences += 2 / np.sqrt(40) * differences.std() - differences.mean()
    result.scores = np.stack([np.zeros((2, 40)), np.tile(differences, (2, 1))])
    result.methods = ["a", "b"]
    found = paired_bootstrap(result, "a", samples=4000)
    assert 0.03 < found.p_values[1, 0] < 0.065
    error = differences.std() / np.sqrt(40)
    np.testing.assert_allclose(
        [found.low[1, 0], found.high[1, 0]],
        differences.mean() + np.array([-1.96, 1.96]) * error,
        atol=0.2 * error,
    )


@pytest.mark.parametrize("level, deviations", [(0.95, 1.96), (0.68, 0.994)])
def test_intervals_are_those_of_the_level(result, level, deviations):
    # Of 40 values of deviation 1 the mean is known to 1 / sqrt(40).
    values = result.scores
    result.scores = (values - values.mean(2, keepdims=True)) / values.std(2, keepdims=True)
    found = paired_bootstrap(result, samples=4000, level=level)
    for end, sign in ((found.low, -1), (found.high, 1)):
        np.testing.assert_allclose(end * sign, deviations / np.sqrt(40), rtol=0.1)


def test_few_pairs_show_nothing(result):
    result.scores = result.scores[:, :, :5] * 0
    result.scores[1] = 1
    found = paired_bootstrap(result, "a")
    assert (found.p_values[1] >= 2 / 2**5).all() and (found.verdicts[1:] == "same").all()
