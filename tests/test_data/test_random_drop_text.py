"""How often the text is left out."""

import numpy as np
import pytest

from mmfusion_distill.data.transforms import RandomDropText


@pytest.mark.parametrize("prob", [0, 0.2, 0.9, 1])
def test_texts_are_dropped_as_often_as_asked(prob):
    np.random.seed(0)
    dropped = sum(RandomDropText(prob)({})["drop_text"] for _ in range(1000))
    # Four standard deviations.
    assert abs(dropped - 1000 * prob) <= 4 * np.sqrt(1000 * prob * (1 - prob))


@pytest.mark.parametrize("prob", [-0.1, 1.1])
def test_what_is_no_probability_is_refused(prob):
    with pytest.raises(ValueError, match="wanted a probability"):
        RandomDropText(prob)
