"""Shared code of the command lines."""

import argparse
import os
import re
from collections.abc import Sequence
from typing import Any

from ..annotation.event_types import MODALITIES, read_event_types
from ..system.launching import Shard
from ..system.number_range import at_least
from ..user_errors import OptionError


def image_size(text: str) -> tuple[int, int]:
    """Type of an argument: WIDTHxHEIGHT, as (height, width)."""
    match = re.fullmatch(r"([0-9]{1,6})x([0-9]{1,6})", text)
    if not match or not int(match[1]) or not int(match[2]):
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no size: give WIDTHxHEIGHT, e.g. 640x480")
    return int(match[2]), int(match[1])


class SettingsAction(argparse.Action):
    """mmengine's DictAction, imported when there is something to parse: a help text does without."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        from mmengine.config import DictAction

        for setting in values or ():
            if not re.match(r"[^=]+=", setting):
                parser.error(f"{option_string} {setting[:60]}: give KEY=VALUE")
        try:
            DictAction(self.option_strings, self.dest, nargs="+")(parser, namespace, values, option_string)
        except (AssertionError, ValueError) as error:  # brackets that do not close
            parser.error(f"{option_string} {' '.join(values or ())[:60]}: {error}")


def parse_shard(text: str) -> Shard:
    """Type of an argument: i/n."""
    match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text)
    if not match or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(
            f"'{text}' is no shard: write 1/4, 2/4, 3/4 or 4/4 for four machines"
        )
    return Shard(int(match[1]), int(match[2]))


def add_launcher_arguments(parser: argparse._ActionsContainer) -> None:
    """Add the arguments of commands that may run in several processes."""
    parser.add_argument(
        "--launcher", choices=["none", "pytorch", "slurm", "mpi"], default="none", help="job launcher"
    )
    parser.add_argument(
        "--local_rank", "--local-rank", type=at_least(0), default=0, help="set by the launcher"
    )


def add_share_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of commands whose pairs several machines may share."""
    group = parser.add_argument_group("many machines", "docs/commands.md says more")
    group.add_argument(
        "--shard",
        type=parse_shard,
        default=Shard(),
        metavar="I/N",
        help="only part I of N of the pairs, from 1/N to N/N, for machines that know nothing of each other",
    )
    add_launcher_arguments(group)


def parse_run_arguments(parser: argparse.ArgumentParser, argv: Sequence[str] | None = None) -> dict:
    """Add the arguments that training and testing have in common, as everywhere in OpenMMLab, and parse all.

    The rank is handed to mmengine as it wants it.
    """
    parser.add_argument(
        "--work-dir", help="folder of logs and checkpoints (default: work_dirs/NAME_OF_CONFIG)"
    )
    parser.add_argument(
        "--amp", action="store_true", help="mixed precision: float16 on a GPU, bfloat16 on a CPU that has it"
    )
    parser.add_argument(
        "--allow-partial",
        action="store_true",
        help="take the weights of a checkpoint that fit and list the others, instead of refusing it",
    )
    parser.add_argument(
        "--cfg-options",
        nargs="+",
        action=SettingsAction,
        metavar="KEY=VALUE",
        help="settings that replace those of the config, e.g. train_cfg.max_iters=500 model.generator.dim=8; "
        'lists as key="[a,b]" or key=a,b',
    )
    add_launcher_arguments(parser)
    args = vars(parser.parse_args(argv))
    os.environ.setdefault("LOCAL_RANK", str(args.pop("local_rank")))
    return args


def add_networks_argument(parser: argparse.ArgumentParser, what: str) -> None:
    """Networks that a tool compares.

    Args:
        parser (argparse.ArgumentParser): Gets `--weights`.
        what (str): What each becomes, e.g. 'rows'.
    """
    parser.add_argument(
        "--weights",
        nargs="+",
        required=True,
        metavar="NAME=WEIGHTS[:CONFIG]",
        help=f"{what}: weights with their config, or names of weights that come with the package",
    )


def add_pair_arguments(parser: argparse.ArgumentParser, default: str) -> None:
    """Folders of pairs to measure on, instead of those that a tool takes by itself; see :func:`check_pair_arguments`.

    Args:
        parser (argparse.ArgumentParser): Gets `--a`, `--b`, `--annotations`, `--names` and `--modality`.
        default (str): Which pairs are taken without them.
    """
    parser.add_argument("--a", metavar="DIR", help=f"source A (default: {default})")
    parser.add_argument("--b", metavar="DIR", help="source B")
    parser.add_argument(
        "--annotations", metavar="DIR", help="with --a: texts; what lacks is taken from image statistics"
    )
    parser.add_argument("--names", metavar="FILE", help="with --a: names of the pairs to use, one per line")
    parser.add_argument("--modality", choices=MODALITIES, default=MODALITIES[0], help="with --a")


def check_pair_arguments(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """End the program if the arguments of :func:`add_pair_arguments` do not go together."""
    if bool(args.a) != bool(args.b):
        parser.error("--a and --b go together: give both folders")
    if (args.annotations or args.names) and not args.a:
        parser.error("--annotations and --names go with --a and --b")


def event_names(text: str) -> list[str]:
    """The type of an option that names events, separated by commas.

    Raises:
        argparse.ArgumentTypeError: If none is named, or one is not known.
    """
    try:
        return read_event_types([name for name in text.split(",") if name.strip()])
    except OptionError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
