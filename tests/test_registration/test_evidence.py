"""A map is doubted for each reason alone."""

from dataclasses import replace

import pytest

from mmfusion_distill.registration.evidence import Evidence

GOOD = Evidence(
    significance=12,
    halves=0.004,
    spread=0.003,
    backward=0.002,
    rival=0.4,
    held_out_error=0.002,
    held_out_patches=30,
)


@pytest.mark.parametrize(
    "change, says",
    [
        (dict(significance=2), "too few edges in common"),
        (dict(rival=0.95), "too few edges in common"),
        (dict(halves=0.05), "one half of the patches puts a corner 50 px"),
        (dict(spread=0.03), "a corner moves by 30 px"),
        (dict(backward=0.03), "from A to B a corner comes to lie 30 px"),
        (dict(halves=float("nan")), "one half of the patches"),
        (dict(significance=float("nan")), "too few edges"),
    ],
)
def test_a_map_is_doubted_for_each_reason_alone(change, says):
    assert GOOD.doubt(1000) is None
    assert says in replace(GOOD, **change).doubt(1000)


def test_the_error_is_said_in_pixels_of_a():
    first, second = GOOD.sentences(1000)
    assert first.startswith("30 held-out patches fit best 2.0 px of A")
    assert (
        "known to 3.0 px" in second and "differ there by 4.0 px" in second and "backward by 2.0 px" in second
    )
