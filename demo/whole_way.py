"""The whole way in minutes: annotate, train a teacher, distill a student, score both, fuse, and a page of it all.

python demo/whole_way.py, or `make demo`, which sets everything up before.
"""

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from mmengine.config import Config

from mmfusion_distill.analysis.retention import MethodResult, compare
from mmfusion_distill.analysis.scored_pairs import folder_dataset, inputs_of
from mmfusion_distill.analysis.training_page import draw_losses, read_curves
from mmfusion_distill.data.generated_scenes import write_generated_pairs
from mmfusion_distill.engine import FusionRunner
from mmfusion_distill.evaluation import picture_grid
from mmfusion_distill.images.image_io import read_image, read_image_pair, write_image
from mmfusion_distill.images.pixels import to_uint8
from mmfusion_distill.inference.fusion_inferencer import FusionInferencer
from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer
from mmfusion_distill.system.html_page import HtmlPage, bold_best
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.system.regular_file import write_text_atomically
from mmfusion_distill.system.table import Table, shown
from mmfusion_distill.user_errors import exit_on_user_error
from mmfusion_distill.zoo.config_files import read_config

CONFIGS = Path(__file__).resolve().parent.parent / "configs" / "fusion_distill"
TEACHER_CONFIG = CONFIGS / "teacher_fusionunet_1xb2-3k_cameras-176x344.py"
STUDENT_CONFIG = CONFIGS / "distill_fusionunet_1xb2-3k_cameras-176x344.py"
# Small crops: the demonstration shows that training runs, not what it reaches.
CROP_SIZE = (64, 64)
GENERATED_PAIRS = 12
#: What the shipped teacher is told of a pair with grain in the infrared and half of the visible light.
TEXTS = {
    "no text": None,
    "noise named": "ir_noise: grain over the whole infrared image",
    "dark named": "low_light: the street is dark",
    "both named": "low_light: the street is dark; ir_noise: grain over the whole infrared image",
    "a wrong text": "over_exposure: the sky is blown out",
}
#: Width of the images on the page, and how much the changes by a text are enlarged.
CELL_WIDTH, ENLARGED = 300, 4


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work-dir", default="work_dirs/demo", help="where everything goes")
    parser.add_argument("--iterations", type=at_least(1), default=40, help="of each training (default: 40)")
    parser.add_argument("--pairs", type=at_least(1), default=3, help="scored and shown (default: 3)")
    return parser.parse_args()


def run_demo(work_dir: str | Path, iterations: int = 40, scored_pairs: int = 3) -> Path:
    """Run the demonstration and print its table.

    Real pairs of RoadScene are used if `MMFUSION_DATA_ROOT` has them, else generated ones.

    Args:
        work_dir (str | Path): Where everything goes.
        iterations (int): Training iterations of the teacher, and again of the student. Default: 40.
        scored_pairs (int): Unseen pairs that are scored and shown. Default: 3.

    Returns:
        Path: The page of results.
    """
    start = time.perf_counter()
    work_dir = Path(work_dir)
    train, unseen, origin = find_demo_data(work_dir, scored_pairs)
    print(f"[1/6] Pairs: {origin}")
    print("[2/6] Annotating: image statistics name each pair's degradations", flush=True)
    inputs_of(train)
    teacher_dir, student_dir = work_dir / "teacher", work_dir / "student"
    print(f"[3/6] Training the teacher with text, {iterations} iterations", flush=True)
    teacher = _train(TEACHER_CONFIG, teacher_dir, train, iterations)
    print(f"[4/6] Distilling the student without text, {iterations} iterations", flush=True)
    options = {"model.teacher_checkpoint": str(teacher_dir)}
    student = _train(STUDENT_CONFIG, student_dir, train, iterations, options)
    pairs = inputs_of(unseen)
    print(f"[5/6] Scoring on {len(pairs)} unseen pairs", flush=True)
    networks = {
        "demo teacher": PyTorchInferencer(teacher, teacher_dir, device="cpu"),
        "demo student": PyTorchInferencer(student, student_dir, device="cpu"),
        "tiny": PyTorchInferencer(weights="tiny", device="cpu"),
        "student": PyTorchInferencer(weights="student", device="cpu"),
    }
    results = compare(networks, pairs, repeats=1)
    print("\n" + _scores_table(results))
    print("[6/6] Telling the shipped teacher what is wrong with a pair", flush=True)
    page = work_dir / "results.html"
    _write_page(page, origin, networks, pairs, results, {"teacher": teacher_dir, "student": student_dir})
    print(
        f"\nA, B, mean and maximum are a copy of either source and their mean and maximum; pyramid takes the "
        f"stronger Laplacian band, without a network: what does not beat it is of no use. GFLOPs count a "
        f"multiply-add as 2; s/image is the median on this machine.\n"
        f"The demo's teacher and student were trained for moments: they show that everything works, and start from "
        f"the pyramid. 'student' and 'tiny' are the networks that come with the package. "
        f"{time.perf_counter() - start:.0f} s in all.\n"
        f"Results: {page}"
    )
    return page


def find_demo_data(work_dir: Path, scored_pairs: int) -> tuple[dict, dict, str]:
    """RoadScene below `MMFUSION_DATA_ROOT`, else pairs that are generated in the work folder.

    Args:
        work_dir (Path): Where everything goes.
        scored_pairs (int): How many pairs are not trained with.

    Returns:
        tuple[dict, dict, str]: Configs of the data sets to train with and to score and show, which are annotated when
        they are built, and what they are, for a person.
    """
    root = Path(os.environ.get("MMFUSION_DATA_ROOT", "")) / "RoadScene"
    if os.environ.get("MMFUSION_DATA_ROOT") and (root / "train.txt").is_file():
        folders, origin = ("crop_LR_visible", "cropinfrared"), f"RoadScene in {root}"
        names = (root / "val.txt").read_text().split()
    else:
        root, folders = work_dir / "data", ("visible", "infrared")
        origin = f"{GENERATED_PAIRS} generated scenes in {root} (set MMFUSION_DATA_ROOT for real ones)"
        write_generated_pairs(root, GENERATED_PAIRS)
        names = sorted(path.stem for path in (root / "visible").glob("*.png"))
        write_text_atomically(root / "train.txt", "\n".join(names[scored_pairs:]) + "\n")
    unseen = work_dir / "val.txt"
    write_text_atomically(unseen, "\n".join(names[:scored_pairs]) + "\n")
    train, scored = (
        folder_dataset(root / folders[0], root / folders[1], work_dir / "annotations", listed)
        for listed in (root / "train.txt", unseen)
    )
    return train, scored, origin


def _train(
    config: Path, work_dir: Path, dataset: dict, iterations: int, options: dict | None = None
) -> Config:
    cfg = read_config(config)
    cfg.work_dir = str(work_dir)
    cfg.merge_from_dict(
        {
            "train_cfg.max_iters": iterations,
            "optim_wrapper.optimizer.lr": 2e-4,
            "param_scheduler": [
                dict(type="CosineAnnealingLR", by_epoch=False, T_max=iterations, eta_min=1e-6)
            ],
            "default_hooks.noise_filter.samples": 100,
            "default_hooks.checkpoint.interval": iterations,
            "default_hooks.checkpoint.save_best": None,
            "default_hooks.logger.interval": 1,
            "log_processor.window_size": 1,
            "log_level": "WARNING",
            "load_from": None,
            **(options or {}),
        }
    )
    # Of all sets the first, whose place the given one takes.
    pipeline = cfg.train_dataloader.dataset.datasets[0].pipeline
    cfg.train_dataloader.dataset = dict(dataset, pipeline=pipeline)
    sizes = dict(RandomPairCrop="crop_size", RandomPairResize="min_size")
    for step in cfg.train_dataloader.dataset.pipeline:
        if step.type in sizes:
            step[sizes[step.type]] = CROP_SIZE
    for split in ("val", "test"):
        for part in ("cfg", "dataloader", "evaluator"):
            cfg[f"{split}_{part}"] = None
    cfg.default_hooks.progress = dict(type="ProgressBarHook")
    FusionRunner.from_cfg(cfg).train()
    return cfg


def _scores_table(results: Sequence[MethodResult]) -> str:
    """Size, time and scores of all methods, and what the demo's student keeps of its teacher."""
    metrics = list(results[0].scores)
    teacher = next(result for result in results if result.name == "demo teacher")
    rows = []
    for result in results:
        size = shown(result.parameters, ",d"), shown(result.gflops, ".2f"), shown(result.seconds, ".3f")
        rows.append([result.name, *size, *(f"{result.scores[metric]:.3f}" for metric in metrics)])
        if result.name == "demo student":
            shares = (result.share_of(teacher, key) for key in ("parameters", "gflops", "seconds", *metrics))
            rows.append(["  of teacher", *(f"{100 * share:.1f} %" for share in shares)])
    return Table(["", "parameters", "GFLOPs", "s/image", *metrics], rows).to_text()


def _write_page(
    path: Path,
    origin: str,
    networks: dict[str, PyTorchInferencer],
    pairs: list[dict],
    results: Sequence[MethodResult],
    runs: dict[str, Path],
) -> None:
    page = HtmlPage("What the demo did", f"Annotated, trained, distilled, scored and fused; pairs: {origin}.")
    page.heading("Fused, pairs that were not trained with")
    pyramid = FusionInferencer(weights="pyramid")
    shown = {"pyramid": pyramid, **{name: networks[name] for name in ("tiny", "student", "demo student")}}
    rows = []
    for pair in pairs:
        sources = list(map(to_uint8, read_image_pair(pair["img_a"], pair["img_b"])))
        rows.append([*sources, *(network(pair)["predictions"][0] for network in shown.values())])
    grid = picture_grid(rows, ["visible", "infrared", *shown], width=CELL_WIDTH)
    write_image(path.with_name("montage.png"), grid)
    page.picture(_jpeg(grid), "pyramid needs no network; tiny and student come with the package.")
    page.heading("Scores")
    metrics = list(results[0].scores)
    cells = bold_best([[result.scores[metric] for metric in metrics] for result in results])
    page.table(Table(["", *metrics], [[result.name, *row] for result, row in zip(results, cells)]))
    page.text(
        "Means over these pairs; the higher the better. A copy of A or B has much of some measures and nothing of "
        "the other source: a fusion has to beat the pyramid. The demo's networks were trained for moments."
    )
    page.heading("What each text changed")
    grid, changes = _steer(pairs[0])
    page.picture(
        _jpeg(grid),
        "One pair in half of the light and with grain in the infrared, fused by the shipped teacher after several "
        f"texts; below, what changed against no text, {ENLARGED} times as strong.",
    )
    page.table(Table(["text", "mean change in gray levels", "told"], changes))
    page.heading("Losses of the two short trainings")
    for name, folder in runs.items():
        page.picture(draw_losses(read_curves(folder)[0]), f"The demo's {name}.")
    page.write(path)


def _steer(pair: dict) -> tuple[np.ndarray, list[list[str]]]:
    """A degraded pair fused after each text, and how much each changed."""
    visible, infrared = read_image(pair["img_a"]) * 0.5, read_image(pair["img_b"], 1)
    grain = np.random.default_rng(0).normal(0, 20, infrared.shape)
    sources = to_uint8(visible), to_uint8(infrared + grain)
    teacher = FusionInferencer(weights="teacher", device="cpu")
    fused = {name: teacher.fuse(*sources, text=text) for name, text in TEXTS.items()}
    without = fused["no text"].astype(np.float32)
    changes = {name: np.abs(picture - without) for name, picture in fused.items()}
    blank = np.full_like(fused["no text"], 255)
    rows = [
        [*sources, *fused.values()],
        [blank, blank, *(to_uint8(change * ENLARGED) for change in changes.values())],
    ]
    table = [[name, f"{change.mean():.2f}", TEXTS[name] or "-"] for name, change in changes.items()]
    return picture_grid(rows, ["visible, dark", "infrared, grain", *fused], width=CELL_WIDTH), table


def _jpeg(picture: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()


if __name__ == "__main__":
    args = parse_args()
    exit_on_user_error(run_demo, args.work_dir, args.iterations, args.pairs)
