"""The bar that everything long shows."""

from functools import partial

from tqdm import tqdm

#: tqdm on standard error: how many of how many, pairs per second and time left.
progress_bar = partial(
    tqdm,
    unit="pair",
    # Pairs per second also where one takes longer than that, for which tqdm would turn the number over.
    bar_format="{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}, {remaining} left, {rate_noinv_fmt}{postfix}]",
)
