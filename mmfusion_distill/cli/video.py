"""`mmfusion video`: fuse videos, cameras and streams."""

import argparse
import sys
from collections.abc import Sequence

from ..system.number_range import FINITE, at_least, counted
from ..user_errors import OptionError, exit_on_user_error
from .fuse import add_network_arguments, build_inferencer, check_text
from .source_arguments import add_source_arguments, source_options

#: Arguments of the command that :class:`VideoOptions` takes unchanged.
_OPTIONS = (
    "layout",
    "match",
    "offset",
    "fps",
    "steady",
    "reconnect",
    "max_frames",
    "show",
    "overwrite",
    "text",
)


def build_parser() -> argparse.ArgumentParser:
    """The parser of the arguments."""
    from ..video.video_options import LAYOUTS, RATE, SECONDS

    parser = argparse.ArgumentParser(
        description="Fuse two videos, cameras or streams: A B OUT; or one that shows both side by side: "
        "AB OUT --layout left-right. OUT may be left out with --show.",
        epilog="A and B are files, URLs, or indices of cameras (0, 1 ...; ./0 is a file). While it runs the video is "
        "called NAME.unfinished.avi; .avi, .mkv and .webm play after a kill, .mp4 does not. "
        "exit codes: 0 done, 1 a live source was lost or nothing could be done, 2 wrong use, 130 Ctrl-C on files",
    )
    parser.add_argument(
        "paths", nargs="+", metavar="A B OUT", help="sources and target (.avi, .mkv, .mp4, .webm)"
    )
    parser.add_argument(
        "--layout", choices=list(LAYOUTS), help="one source that shows A and B, A named first"
    )
    parser.add_argument(
        "--match", choices=["time", "frame"], default="time", help="how frames of A and B are matched"
    )
    parser.add_argument(
        "--offset", type=FINITE, default=0.0, metavar="SECONDS", help="seconds B started earlier than A"
    )
    parser.add_argument(
        "--fps", type=RATE, metavar="RATE", help="frames per second of OUT (default: those of A)"
    )
    parser.add_argument(
        "--steady",
        type=SECONDS,
        default=0.5,
        metavar="SECONDS",
        help="smooth brightness that the network chooses over so long; 0 leaves it (default: 0.5)",
    )
    parser.add_argument(
        "--reconnect",
        type=SECONDS,
        default=0.0,
        metavar="SECONDS",
        help="seconds to keep trying to reopen a lost camera or stream (default: 0)",
    )
    parser.add_argument("--max-frames", type=at_least(1), metavar="N", help="stop after so many frames")
    parser.add_argument("--show", action="store_true", help="show the frames in a window; q ends")
    parser.add_argument("--overwrite", action="store_true", help="replace an existing video")
    add_network_arguments(parser)
    parser.set_defaults(annotations=None)
    add_source_arguments(parser, with_slices=False)
    return parser


def video(args: argparse.Namespace) -> int:
    """Fuse, say what became of the video, and return the exit code."""
    from ..video import VideoOptions, fuse_video

    source_a, source_b, out = _sources_and_target(args)
    options = VideoOptions(sources=source_options(args), **{name: getattr(args, name) for name in _OPTIONS})
    inferencer = build_inferencer(args)
    check_text(args, inferencer)
    report = fuse_video(inferencer, source_a, source_b, out, options)
    repeated = "" if report.fused == report.frames else f" ({report.fused} fused, the others repeat them)"
    print(
        f"{report.frames} frames{repeated} in {report.seconds:.1f} s: {report.fps:.1f} frames per second end to end"
        + (f", {out} written" if out and report.frames else "")
    )
    for note in report.notes:
        print(f"note: {note}")
    for loss in report.lost:
        print(f"error: {loss}" + (f"; {out} holds what came before" if out else ""), file=sys.stderr)
    if report.is_interrupted:
        print("interrupted: what was finished is kept", file=sys.stderr)
        return 130
    return 1 if report.lost else 0


def _sources_and_target(args: argparse.Namespace) -> tuple[str, str | None, str | None]:
    count = 1 if args.layout else 2
    sources, targets = args.paths[:count], args.paths[count:]
    if len(sources) < count or len(targets) > 1 or not (targets or args.show):
        wanted = "one source and a target" if args.layout else "two sources and a target"
        raise OptionError(
            f"{counted(len(args.paths), 'path')} given: give {wanted} (with --show the target may be left out)"
        )
    return sources[0], sources[1] if count == 2 else None, targets[0] if targets else None


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, fuse, and return the exit code."""
    return exit_on_user_error(video, build_parser().parse_args(argv))
