"""The bar that everything long shows."""

from collections.abc import Iterable

from tqdm import tqdm


def progress_bar(
    items: Iterable | None = None,
    total: int | None = None,
    desc: str | None = None,
    unit: str = "pair",
    disable: bool = False,
) -> tqdm:
    """A progress bar on standard error: how many of how many, pairs per second and time left.

    Args:
        items (Iterable, optional): What to iterate over. Default: None, counted by `update`.
        total (int, optional): How many there are. Default: None, the length of `items`.
        desc (str, optional): What is done, in front. Default: None.
        unit (str): What is counted. Default: 'pair'.
        disable (bool): Show nothing. Default: False.
    """
    return tqdm(
        items,
        total=total,
        desc=desc,
        unit=unit,
        disable=disable,
        # Pairs per second also where one takes longer than that, for which tqdm would turn the number over.
        bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}, {remaining} left, {rate_noinv_fmt}{postfix}]",
    )
