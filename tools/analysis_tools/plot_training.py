"""Plot the validation scores of runs: `python tools/analysis_tools/plot_training.py OUT.png WORK_DIR [WORK_DIR ...]`.

Reads the scalars that mmengine writes into a run's work folder; of a resumed run all parts are joined.
"""

import argparse
from pathlib import Path

from mmfusion_distill.user_errors import UserError, exit_on_user_error

KEYS = ("clean/balanced_quality", "degraded/balanced_quality", "clean/wins", "loss")


def read_scalars(work_dir: Path) -> dict[str, dict[int, float]]:
    """Values by name and iteration.

    Raises:
        UserError: If the folder has none.
    """
    from mmfusion_distill.analysis.training_page import scalar_rows

    files = sorted(work_dir.glob("*/vis_data/scalars.json"))
    if not files:
        raise UserError(f"{work_dir} is no work folder of a run: there is no */vis_data/scalars.json in it")
    values: dict[str, dict[int, float]] = {}
    for file in files:
        iteration = 0
        for entry in scalar_rows(file):
            # MMagic's loop over several sets gives its scores no iteration: they follow the training's last one.
            iteration = int(entry.get("iter", iteration))
            for name, value in entry.items():
                if isinstance(value, (int, float)):
                    values.setdefault(name, {})[iteration] = float(value)
    return values


def plot(out: str, work_dirs: list[str], keys: list[str]) -> None:
    """Draw one panel for each key, one line for each run."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    runs = {Path(folder).name: read_scalars(Path(folder)) for folder in work_dirs}
    figure = Figure(figsize=(4.5 * len(keys), 3.4), layout="constrained")
    for axes, key in zip(figure.subplots(1, len(keys), squeeze=False)[0], keys):
        for number, (name, scalars) in enumerate(runs.items()):
            points = sorted(scalars.get(key, {}).items())
            if points:
                axes.plot(
                    *zip(*points), marker="." if len(points) < 50 else None, label=name, color=f"C{number}"
                )
        axes.set(title=key, xlabel="iteration")
        axes.grid(alpha=0.3)
    figure.axes[0].legend(fontsize="small")
    FigureCanvasAgg(figure).print_png(out)
    print(f"written: {out}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", help="image to write, .png")
    parser.add_argument("work_dirs", nargs="+", metavar="WORK_DIR", help="work folders of runs")
    parser.add_argument("--keys", nargs="+", default=list(KEYS), help=f"scalars (default: {' '.join(KEYS)})")
    args = parser.parse_args()
    exit_on_user_error(plot, args.out, args.work_dirs, args.keys)


if __name__ == "__main__":
    main()
