"""What steps that work at the same time allow, and what comes of them."""

from collections.abc import Mapping

from ..system.table import Table
from .stopwatch import Times


def table_of_steps(times: Mapping[str, Times], count: int, unit: str, processors: int) -> str:
    """Rates of steps alone and of all together, beside what the steps allow when they overlap.

    That is the rate of the slowest of them, or that at which all processors are busy with their processor times.

    Args:
        times (Mapping[str, Times]): By step; the last is all of them together.
        count (int): Of what was done, e.g. pairs.
        unit (str): Its name.
        processors (int): How many there are for it.

    Returns:
        str: Markdown.
    """
    *steps, whole = times
    slowest = min(count / times[step].seconds for step in steps)
    work = sum(times[step].cpu_seconds for step in steps) / count
    bound = min(slowest, processors / work)
    rows = [
        [name, f"{rate:.1f}", f"{1e3 * one.cpu_seconds / count:.1f}", f"{rate / bound:.2f}"]
        for name, one in times.items()
        for rate in [count / one.seconds]
    ]
    table = Table(["step", f"{unit}s/s", f"CPU ms a {unit}", "of what is allowed"], rows).to_markdown()
    made = count * processors / times[whole].cpu_seconds
    return (
        f"{table}\n\nThe steps allow {bound:.1f} {unit}s/s when they overlap: the slowest alone {slowest:.1f}, "
        f"{processors} processors with {1e3 * work:.1f} ms a {unit} {processors / work:.1f}. By arithmetic "
        f"{processors} processors with nothing else to do make {made:.1f} of the {whole}."
    )
