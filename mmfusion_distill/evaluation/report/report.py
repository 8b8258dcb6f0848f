"""The files that an evaluation leaves behind."""

from __future__ import annotations

from pathlib import Path

from ...io.regular_file import write_text_atomically
from .bootstrap import BootstrapResult
from .results import EvaluationResult
from .tables import per_image_csv, summary_csv, to_json, to_latex, to_markdown


def write_report(
    result: EvaluationResult,
    folder: str | Path,
    bootstrap: BootstrapResult | None = None,
    plots: bool = False,
) -> list[Path]:
    """Write tables, scores and, if asked, plots.

    Args:
        result: Scores.
        folder: Made if need be.
        bootstrap: Intervals and tests to include.
        plots: Also draw the box plots and, with three metrics or more, the radar plot.

    Returns:
        The files written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "results.json": to_json(result, bootstrap),
        "summary.csv": summary_csv(result, bootstrap),
        "per_image.csv": per_image_csv(result),
        "table.md": to_markdown(result, bootstrap),
        "table.tex": to_latex(result, bootstrap),
    }
    for name, text in texts.items():
        # Names of files need not be text.
        write_text_atomically(folder / name, text, "backslashreplace")
    written = [folder / name for name in texts]
    if plots:
        # matplotlib takes longer to import than most evaluations to run
        from .plots import plot_boxes, plot_radar

        plot_boxes(result, folder / "boxes.png")
        written.append(folder / "boxes.png")
        if len(result.metrics) >= 3:
            plot_radar(result, folder / "radar.png")
            written.append(folder / "radar.png")
    return written
