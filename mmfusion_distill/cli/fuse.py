"""`mmfusion fuse`: fuse a pair of images, or the pairs of two folders."""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..system.launching import Shard, launched
from ..system.number_range import at_least, counted
from ..system.regular_file import check_writable, write_text_atomically
from ..user_errors import UserError, exit_on_user_error
from .command_line import add_share_arguments, event_names
from .source_arguments import add_pattern_argument, add_source_arguments, source_options

if TYPE_CHECKING:
    from ..inference.fusing_report import FusingReport
    from ..inference.fusion_inferencer import FusionInferencer
    from ..inference.pair_fuser import PairFuser
    from ..registration.pair_reader import PairReader

#: Arguments of the command that :func:`fuse_files` takes unchanged.
_FUSING: tuple[str, ...] = ("text", "annotations", "batch_size", "workers", "overwrite", "skip_existing")
_FUSING += ("shard", "pattern", "keep_metadata", "explain", "events")

#: Probability from which on an event counts as seen.
_SEEN = 0.5


def build_parser() -> argparse.ArgumentParser:
    """The parser of the arguments."""
    parser = argparse.ArgumentParser(
        description="Fuse images: A B OUT [--weights WEIGHTS] [--config CONFIG] (files or folders).",
        epilog="exit codes: 0 all fused, 1 some pairs failed or nothing could be done, 2 wrong use, 130 Ctrl-C",
    )
    parser.add_argument("a", help="image or folder of source A (visible, CT, PET, SPECT)")
    parser.add_argument("b", help="image or folder of source B (infrared, MRI)")
    parser.add_argument("out", help="target image, or folder")
    add_network_arguments(parser)
    parser.add_argument("--annotations", help="folder of annotation files for a guided network")
    parser.add_argument(
        "--batch-size", type=at_least(1), default=1, help="pairs of equal size fused at a time"
    )
    parser.add_argument(
        "--workers", type=at_least(1), default=2, help="threads that read, and as many that write"
    )
    there = parser.add_mutually_exclusive_group()
    there.add_argument(
        "--overwrite", action="store_true", help="replace images that were not written by this tool"
    )
    there.add_argument(
        "--skip-existing", action="store_true", help="leave out what is fused already: goes on after Ctrl-C"
    )
    parser.add_argument(
        "--no-metadata",
        dest="keep_metadata",
        action="store_false",
        help="leave out of the results what source A notes: camera, time, place (GPS), colour space, resolution",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="say which degradations a student sees in the pairs, with probabilities; takes as long again",
    )
    parser.add_argument(
        "--events",
        type=event_names,
        metavar="EVENT,EVENT",
        help="degradations that a student takes for those of every pair, in place of what it sees, e.g. "
        "low_light,ir_noise",
    )
    parser.add_argument(
        "--check-registration",
        action="store_true",
        help="look whether A and B lie over each other in every pair, not only in the first few",
    )
    parser.add_argument("--json", metavar="FILE.json", help="write a report for programs")
    parser.add_argument(
        "--verbose",
        action="store_true",
        help="name every image that was written, and the file of the weights",
    )
    add_pattern_argument(parser)
    add_source_arguments(parser)
    add_share_arguments(parser)
    return parser


def add_network_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that :func:`build_inferencer` and :func:`check_text` read."""
    parser.add_argument(
        "--weights",
        "--checkpoint",
        help="checkpoint, work folder of a run, safetensors file of `mmfusion publish`, exported network (.onnx, "
        ".xml, TorchScript), or the name of weights that come with the package: student (default), tiny (the "
        "fastest), medical (CT, PET or SPECT with MRI), teacher (reads text); pyramid is the fusion without a "
        "network",
    )
    parser.add_argument("--config", help="config of the network; only checkpoints and work folders need one")
    parser.add_argument("--text", help='description for a guided network, e.g. "low light; haze: far away"')
    parser.add_argument("--device", help="e.g. cpu or cuda:0 (default: the GPU if there is one)")
    parser.add_argument(
        "--backend",
        choices=["auto", "onnxruntime", "pytorch", "openvino"],
        default="auto",
        help="what computes (default: auto, ONNX Runtime on a processor where there is an exported network)",
    )


def build_inferencer(args: argparse.Namespace) -> "FusionInferencer":
    """What fuses, of the weights that are named."""
    from ..inference.fusion_inferencer import FusionInferencer

    return FusionInferencer(args.config, args.weights, args.device, backend=args.backend)


def check_text(args: argparse.Namespace, inferencer: "PairFuser") -> None:
    """Refuse a text that would not be read.

    Raises:
        UserError: If the network reads none, or there is none.
    """
    given = [name for name in ("text", "annotations") if getattr(args, name) is not None]
    if given and not inferencer.guided:
        raise UserError(
            f"--{given[0]} is for networks that are guided by text, which this one is not: leave it out"
        )
    if args.text is not None and not args.text.strip(" ;:\t\n"):
        raise UserError("--text is empty: describe the images, or leave it out")
    if args.annotations is not None and not any(Path(args.annotations).glob("*.txt")):
        raise UserError(
            f"--annotations {args.annotations} is no folder with annotation files: correct the path"
        )


def fuse(args: argparse.Namespace) -> int:
    """Fuse, say what became of the pairs, and return the exit code: 0 if another process speaks for this one."""
    with launched(args.launcher) as processes:
        from ..inference.folder_fusing import fuse_files
        from ..inference.fusing_report import FusingInterrupted

        reader, inferencer = processes.agree(lambda: _prepare(args, processes.is_first))
        start, is_interrupted = time.perf_counter(), False
        try:
            given = {name: getattr(args, name) for name in _FUSING}
            report = fuse_files(
                inferencer, args.a, args.b, args.out, reader=reader, processes=processes, **given
            )
        except FusingInterrupted as interruption:
            report, is_interrupted = interruption.report, True
        seconds = time.perf_counter() - start
        if not processes.is_first:
            return 0
        print_report(report, _told_fusing(report, args, inferencer, seconds), args.verbose)
        if args.json:
            write_json(args.json, report, seconds, is_interrupted, args.shard)
        if is_interrupted:
            print("interrupted: what was finished is kept; --skip-existing goes on", file=sys.stderr)
            return 130
        return int(bool(report.failures))


def _prepare(args: argparse.Namespace, is_first: bool) -> tuple["PairReader", "FusionInferencer"]:
    """Check the options before the network is loaded."""
    from ..images.source_notes import FIRST_PAIRS
    from ..registration.pair_reader import PairReader

    if is_first:
        check_json(args.json)
    # Whether A and B lie over each other takes as long as a fast network.
    reader = PairReader(source_options(args), looked_at=None if args.check_registration else FIRST_PAIRS)
    inferencer = build_inferencer(args)
    check_text(args, inferencer)
    if args.explain and inferencer.guided:
        raise UserError(
            "--explain is for networks without text: this one reads what it is told, leave it out"
        )
    if args.events and inferencer.guided:
        raise UserError("--events is for networks without text: name them in the --text of this one")
    return reader, inferencer


def print_report(report: "FusingReport", how: str = "", is_verbose: bool = False) -> None:
    """The report for a person; failures go to standard error."""
    written = counted(len(report.written), "image")
    if is_verbose:
        print("\n".join(f"wrote {path}" for path in report.written))
    if len(report.written) == 1:
        print(f"{written} written: {report.written[0]}{how}")
    else:
        print(f"{written} written" + (f", first {report.written[0]}" if report.written else "") + how)
    if report.skipped:
        print(f"{counted(len(report.skipped), 'image')} there already, first {report.skipped[0]}")
    if report.seen:
        print(f"seen: {_summary(report.seen)}")
    for note in report.notes:
        print(f"note: {note}")
    for failure in report.failures:
        print(f"failed: {failure}", file=sys.stderr)


def _summary(seen: Mapping[str, Mapping[str, float]]) -> str:
    """The events of one pair with their probabilities, or in how many of several pairs each is."""
    if len(seen) == 1:
        (events,) = seen.values()
        named = [f"{event} {value:.0%}" for event, value in _by_value(events) if value >= _SEEN]
        return ", ".join(named) or "no degradation"
    counts = Counter(event for events in seen.values() for event, value in events.items() if value >= _SEEN)
    named = [f"{event} in {count}" for event, count in counts.most_common()]
    return f"{', '.join(named) or 'no degradation'} of {len(seen)} pairs"


def _by_value(events: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(events.items(), key=lambda item: -item[1])


def _told_fusing(
    report: "FusingReport", args: argparse.Namespace, inferencer: "FusionInferencer", seconds: float
) -> str:
    """What fused what, and how fast, e.g. ' (student by onnxruntime, 640x480, 0.21 s; --verbose says more)'."""
    if not report.written:
        return ""
    from ..zoo.model_index import DEFAULT_WEIGHTS, shipped_weights

    name = args.weights or (args.config if args.config else DEFAULT_WEIGHTS)
    # A help text does without OpenCV.
    from ..images.stored_image import image_size

    height, width = image_size(report.written[0])
    each = f"{seconds / len(report.written):.2f} s" + (" each" if len(report.written) > 1 else "")
    texts = ", texts from image statistics" if report.texts_are_told else ""
    more = f"weights {shipped_weights(name)}" if args.verbose else "--verbose says more"
    return f" ({name} by {inferencer.backend}, {width}x{height}, {each}{texts}; {more})"


def check_json(path: str | None) -> None:
    """Refuse a target of the report before anything is computed.

    Raises:
        UserError: If it cannot be written, or would not be a .json file.
    """
    if path is None:
        return
    if Path(path).suffix != ".json" or Path(path).is_dir():
        raise UserError(f"--json {path} is no name for a report: give a file that ends in .json")
    check_writable(Path(path).parent)


def write_json(path: str, report: "FusingReport", seconds: float, interrupted: bool, shard: Shard) -> None:
    """The report for programs; docs/commands.md says what is in it."""
    content = dict(
        written=[str(target) for target in report.written],
        skipped=[str(target) for target in report.skipped],
        failed=[dict(name=name, error=sentence) for name, sentence in zip(report.failed, report.failures)],
        notes=report.notes,
        shard=str(shard),
        interrupted=interrupted,
        seen={
            name: {event: round(value, 3) for event, value in events.items()}
            for name, events in report.seen.items()
        },
        seconds=round(seconds, 3),
        pairs_per_second=round(len(report.written) / seconds, 3),
    )
    write_text_atomically(path, json.dumps(content, indent=2) + "\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, fuse, and return the exit code."""
    return exit_on_user_error(fuse, build_parser().parse_args(argv))
