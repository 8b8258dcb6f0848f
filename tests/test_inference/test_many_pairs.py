"""Many pairs: several at a time where that is faster, in their order, and every file read once."""

import os
from collections import Counter

import cv2
import numpy as np
import pytest

from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.inference import pair_fuser
from mmfusion_distill.inference.folder_fusing import fuse_files
from mmfusion_distill.inference.pair_fuser import for_many
from mmfusion_distill.system.work_ahead import map_ahead


@pytest.fixture
def folders(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    for index, suffix in enumerate(("png", "jpg", "tif")):
        visible, thermal = generate_pair(index, 64, 80)
        cv2.imwrite(str(tmp_path / "a" / f"{index}.{suffix}"), visible[:, :, ::-1])
        depth = 1 if suffix == "jpg" else 257
        cv2.imwrite(str(tmp_path / "b" / f"{index}.{suffix}"), thermal.astype(np.uint16) * depth)
    return tmp_path


@pytest.mark.parametrize("is_faster_apart", [False, True])
def test_the_faster_of_both_ways_gives_the_same_images(is_faster_apart, monkeypatch):
    network = FusionInferencer(weights="tiny", device="cpu", threads=2)
    pairs = [network.load(dict(zip(("img_a", "img_b"), generate_pair(seed, 48, 64)))) for seed in range(5)]
    seconds = iter((1.0, 1.0 if is_faster_apart else 3.0))
    monkeypatch.setattr(pair_fuser, "_seconds", lambda run: next(seconds))
    fuser, at_once = for_many(network, pairs[0], None)
    assert at_once == (2 if is_faster_apart else 1)
    pictures = map_ahead(lambda pair: fuser.fuse_loaded([pair])[0], pairs, at_once)
    for picture, pair in zip(pictures, pairs, strict=True):
        np.testing.assert_array_equal(picture, network.fuse_loaded([pair])[0])
    # Of few nobody finds out, and with one thread there is no choice.
    assert for_many(network, pairs[0], 3) == (network, 1)
    single = FusionInferencer(weights="tiny", device="cpu", threads=1)
    assert for_many(single, pairs[0], None) == (single, 1)


def test_results_come_in_order_and_errors_too():
    assert list(map_ahead(lambda number: number * number, range(20), 3)) == [n * n for n in range(20)]
    with pytest.raises(ZeroDivisionError):
        list(map_ahead(lambda number: 1 // number, [1, 0, 1], 2))


def test_every_file_is_read_once(folders, monkeypatch):
    opened: Counter[str] = Counter()
    real = os.open

    def counting(path, *arguments, **options):
        opened[os.fspath(path)] += 1
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", counting)
    report = fuse_files(
        FusionInferencer(weights="pyramid"), folders / "a", folders / "b", folders / "out", workers=1
    )
    assert len(report.written) == 3 and not report.failures
    sources = [str(path) for folder in ("a", "b") for path in (folders / folder).iterdir()]
    assert {path: opened[path] for path in sources} == dict.fromkeys(sources, 1)
