"""`mmfusion annotate`: write annotations for the pairs of a config or of two folders."""

import argparse
import sys
from collections.abc import Sequence

from ..annotation.annotate_pairs import INTERRUPTED, AnnotationSummary, annotate_pairs, format_summary
from ..annotation.annotators.base import Annotator
from ..annotation.event_types import MODALITIES
from ..data.annotation_sources import AnnotationJob, job_of_folders, jobs_of_config
from ..images.pairing import shorten
from ..images.source_notes import write_notes
from ..registration.pair_reader import PairReader
from ..system.launching import launched
from ..system.number_range import at_least, counted
from ..system.regular_file import check_writable
from ..user_errors import OptionError, exit_on_user_error, reason_of
from .command_line import SettingsAction, add_share_arguments
from .source_arguments import add_pattern_argument, add_source_arguments, source_options


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the arguments; wrong use ends the program with 2."""
    parser = argparse.ArgumentParser(
        description="Write annotations for the pairs of a config or of two folders; run it again to go on where it "
        "stopped."
    )
    parser.add_argument("source", nargs="+", help="a config file, or the folders of sources A and B")
    parser.add_argument(
        "--annotator", default="statistics", help="statistics, transformers, openai or a class"
    )
    parser.add_argument("--model", help="model name or folder (transformers, openai)")
    parser.add_argument("--base-url", help="address of the server up to /v1 (openai)")
    parser.add_argument(
        "--workers", type=at_least(1), default=2, help="threads, or requests at the same time"
    )
    parser.add_argument(
        "--options",
        nargs="+",
        action=SettingsAction,
        default={},
        help="further arguments of the annotator, key=value",
    )
    parser.add_argument(
        "--out", help="folder of annotations (default: the config's, or annotations beside A)"
    )
    parser.add_argument("--names", help="file with the names to annotate, one per line (folders only)")
    add_pattern_argument(parser)
    parser.add_argument("--modality", choices=MODALITIES, default=MODALITIES[0], help="folders only")
    parser.add_argument("--overwrite", action="store_true", help="annotate again what has an annotation")
    parser.add_argument(
        "--stop-after", type=at_least(0), default=20, help="give up after so many failures in a row; 0: never"
    )
    add_source_arguments(parser)
    add_share_arguments(parser)
    args = parser.parse_args(argv)
    if len(args.source) > 2 or (len(args.source) == 1) != args.source[0].endswith(".py"):
        parser.error("give one config file (.py) or two folders")
    return args


def find_jobs(args: argparse.Namespace) -> list[AnnotationJob]:
    """The jobs of a config or of two folders."""
    if len(args.source) == 1:
        return jobs_of_config(args.source[0], args.out)
    folder_a, folder_b = args.source
    return [job_of_folders(folder_a, folder_b, args.out, args.names, args.modality, args.pattern)]


def annotate(args: argparse.Namespace) -> int:
    """Annotate, and return the exit code: 0 if another process speaks for this one."""
    with launched(args.launcher) as processes:
        jobs = processes.first(lambda: find_jobs(args))
        annotator = processes.agree(lambda: _annotator(args))
        # Before a model is asked for the first time.
        processes.agree(lambda: _check_targets(jobs))
        annotator.reader = PairReader(source_options(args))
        share = processes.share(args.shard)
        code = 0
        for job in jobs:
            if job.note:
                print(job.note, file=sys.stderr)
            if job.unmatched:
                print(
                    f"{counted(len(job.unmatched), 'file')} without a partner: {shorten(job.unmatched)}",
                    file=sys.stderr,
                )
            part = annotate_pairs(
                annotator, share.of(job.pairs), job.folder, job.modality, args.overwrite, args.stop_after
            )
            summary = AnnotationSummary.of_parts(processes.gather(part))
            print(format_summary(summary, job.folder))
            if summary.stopped == INTERRUPTED:
                code = 130
                break
            code = max(code, int(bool(summary.failures or summary.stopped)))
        for note in write_notes(processes.gather(annotator.reader.noted)):
            print(f"note: {note}")
        return code if processes.is_first else 0


def _check_targets(jobs: Sequence[AnnotationJob]) -> None:
    for job in jobs:
        check_writable(job.folder)


def _annotator(args: argparse.Namespace) -> Annotator:
    from mmengine.config import Config

    from ..annotation.annotators.builder import build_annotator

    options = dict(type=args.annotator, workers=args.workers, model=args.model, base_url=args.base_url)
    config = Config({key: value for key, value in options.items() if value is not None})
    try:
        config.merge_from_dict(args.options)  # understands thresholds.dark_mean=100
    except (AttributeError, KeyError, TypeError) as error:
        raise OptionError(f"--options {' '.join(args.options)}: {reason_of(error)}") from error
    return build_annotator(config.to_dict())


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, annotate, and return the exit code."""
    return exit_on_user_error(annotate, parse_args(argv))
