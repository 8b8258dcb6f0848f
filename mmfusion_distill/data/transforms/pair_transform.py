"""Shared code of the transforms of pairs."""

import logging
from dataclasses import fields

from mmcv.transforms import BaseTransform
from mmengine.logging import print_log

from ...images.source_options import SourceOptions
from ...registration.pair_reader import PairReader
from ...user_errors import UserError

#: Pairs of a data set that each process looks at closely.
_FIRST_PAIRS = 4


class PairTransform(BaseTransform):
    """A transform that keeps its arguments under their names, and shows them as its `repr`."""

    def __repr__(self) -> str:
        shown = {name: value for name, value in vars(self).items() if not name.startswith("_")}
        arguments = ", ".join(f"{name}={value!r}" for name, value in shown.items())
        return f"{type(self).__name__}({arguments})"


def pair_reader(sources: dict | SourceOptions | None, who: str) -> PairReader:
    """The reader of a transform; what it notes goes to the log, once of each kind.

    Args:
        sources (dict | SourceOptions, optional): Options, or their fields.
        who (str): Whose they are, for messages.

    Raises:
        UserError: If there is no such option, or it has no such value.
    """
    if sources is None or isinstance(sources, dict):
        known = [field.name for field in fields(SourceOptions)]
        unknown = [name for name in sources or () if name not in known]
        if unknown:
            raise UserError(f"{who}: sources has no option '{unknown[0]}': take {', '.join(known)}")
        sources = SourceOptions(**(sources or {}))
    return PairReader(sources, _announce, looked_at=_FIRST_PAIRS, in_python=True)


def _announce(note: str) -> None:
    print_log(f"{note} (said once of each kind)", logger="current", level=logging.WARNING)
