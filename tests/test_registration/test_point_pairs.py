"""Points that were found by hand tell a homography, and how exact they are."""

import numpy as np
import pytest

from mmfusion_distill.registration.point_pairs import PointPairs
from mmfusion_distill.registration.warping import map_points
from mmfusion_distill.user_errors import UserError

TRUE = np.array([[1.3, 0.05, 20], [-0.04, 1.25, 10], [1e-4, -5e-5, 1]])
IN_B = np.float64([[5, 5], [150, 8], [148, 110], [9, 108], [80, 60], [40, 90]])


def written(tmp_path, text):
    path = tmp_path / "points.txt"
    path.write_text(text)
    return path


def lines(in_a, in_b):
    return "\n".join(f"{a[0]}, {a[1]}  {b[0]} {b[1]}" for a, b in zip(in_a, in_b))


def test_exact_points_tell_the_homography(tmp_path):
    text = "# xa ya xb yb\n\n" + lines(map_points(TRUE, IN_B), IN_B) + "  # the last one"
    points = PointPairs.read(written(tmp_path, text))
    assert np.abs(map_points(points.homography(), IN_B) - points.in_a).max() < 1e-3
    assert points.held_out_errors().shape == (6,) and points.held_out_errors().max() < 1e-2


def test_a_wrong_point_stands_out(tmp_path):
    in_a = map_points(TRUE, IN_B)
    in_a[4] += (12, 0)
    errors = PointPairs.read(written(tmp_path, lines(in_a, IN_B))).held_out_errors()
    assert 10 < errors[4] < 14


def test_four_points_fit_exactly_and_tell_no_error(tmp_path):
    points = PointPairs.read(written(tmp_path, lines(map_points(TRUE, IN_B[:4]), IN_B[:4])))
    assert np.abs(points.homography() - TRUE).max() < 1e-3
    assert not len(points.held_out_errors())


def test_points_that_tell_little_about_the_corners_are_refused(tmp_path):
    sizes = (240, 320), (120, 160)
    near_corners = PointPairs.read(written(tmp_path, lines(map_points(TRUE, IN_B[:4]), IN_B[:4])))
    assert 1 < near_corners.corner_error(*sizes) < 4
    # More points, marked as well, tell more.
    assert PointPairs.read(written(tmp_path, lines(map_points(TRUE, IN_B), IN_B))).corner_error(
        *sizes
    ) < near_corners.corner_error(*sizes)
    in_b = np.float64([[60, 50], [90, 52], [88, 75], [62, 72]])
    middle = PointPairs.read(written(tmp_path, lines(map_points(TRUE, in_b), in_b)))
    with pytest.raises(
        UserError, match="points.txt: the points tell too little about the corners of source B"
    ):
        middle.corner_error(*sizes)


@pytest.mark.parametrize(
    "text, says",
    [
        ("1 2 3 4\n", "has 1 points: mark at least four"),
        ("1 2 3\n", "line 1 is no pair of points"),
        ("1 2 3 4\n1 2 x 4", "line 2 is no pair"),
        ("1 2 3 nan", "line 1 is no pair"),
        ("", "has 0 points"),
    ],
)
def test_a_file_that_holds_no_points_is_named(text, says, tmp_path):
    with pytest.raises(UserError, match=says) as raised:
        PointPairs.read(written(tmp_path, text))
    assert "points.txt" in str(raised.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"none.txt cannot be read.*--points"):
        PointPairs.read(tmp_path / "none.txt")


def test_points_outside_and_points_on_a_line_are_refused(tmp_path):
    points = PointPairs.read(written(tmp_path, lines(map_points(TRUE, IN_B), IN_B)))
    points.check_inside((240, 320), (120, 160))
    with pytest.raises(UserError, match="lies outside of source B, which has 100x120"):
        points.check_inside((240, 320), (120, 100))
    line = np.float64([[x, 2 * x] for x in range(0, 50, 10)])
    with pytest.raises(UserError, match="on one line"):
        PointPairs.read(written(tmp_path, lines(line, line))).homography()
