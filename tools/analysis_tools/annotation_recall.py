"""Print how well degradations are recognised by image statistics, or by a student: those we apply, or others name."""

import argparse
import sys

from mmengine.config import Config

from mmfusion_distill.analysis.annotation_accuracy import (
    NetworkAnnotator,
    choose_thresholds,
    measure_agreement,
    measure_recall,
    read_references,
)
from mmfusion_distill.annotation.annotators.statistics_annotator import StatisticsAnnotator
from mmfusion_distill.annotation.event_types import MODALITIES
from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.cli.command_line import SettingsAction
from mmfusion_distill.images.image_files import read_name_list
from mmfusion_distill.images.pairing import ImagePair, find_pairs
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.system.table import Table
from mmfusion_distill.user_errors import exit_on_user_error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder_a", help="folder of images of source A")
    parser.add_argument("folder_b", help="folder of images of source B")
    parser.add_argument("--modality", choices=MODALITIES, default=MODALITIES[0])
    parser.add_argument(
        "--names", help="file with the names of the pairs to use, one per line (default: all)"
    )
    parser.add_argument(
        "--every", type=at_least(1), default=1, help="use every n-th pair only (default: 1, all)"
    )
    parser.add_argument("--seed", type=at_least(0), default=0, help="of the degradations")
    parser.add_argument(
        "--against", metavar="FOLDER", help="degrade nothing, compare with the annotations in this folder"
    )
    parser.add_argument(
        "--choose",
        action="store_true",
        help="with --against: print the thresholds that agree best with them, and measure with these",
    )
    parser.add_argument("--weights", help="ask this student, instead of image statistics")
    parser.add_argument(
        "--options",
        nargs="+",
        action=SettingsAction,
        default={},
        help="arguments of the annotator, key=value",
    )
    args = parser.parse_args()
    if args.choose and (not args.against or args.modality != MODALITIES[0]):
        parser.error(f"--choose needs --against, and {MODALITIES[0]} pairs")
    if args.weights and (args.choose or args.options):
        parser.error("--choose and --options are for image statistics: leave --weights out")
    pairs, _ = find_pairs(args.folder_a, args.folder_b, read_name_list(args.names) if args.names else None)
    options = Config()
    options.merge_from_dict(args.options)  # understands thresholds.dark_mean=100
    print_table = print_agreement if args.against else print_recall
    print_table(pairs[:: args.every], options.to_dict(), args)


def annotator_of(args: argparse.Namespace, options: dict) -> StatisticsAnnotator | NetworkAnnotator:
    if args.weights:
        return NetworkAnnotator(FusionInferencer(weights=args.weights))
    return StatisticsAnnotator(**options)


def print_recall(pairs: list[ImagePair], options: dict, args: argparse.Namespace) -> None:
    rows = measure_recall(annotator_of(args, options), pairs, args.modality, args.seed)
    cells = [
        [row.event, *(f"{value:.3f}" for value in (row.recall, row.false_alarms, row.on_clean))]
        for row in rows
    ]
    table = Table(["event", "recall", "false alarms", "on clean pairs"], cells).to_text()
    print(f"{rows[0].pairs} pairs\n{table}")


def print_agreement(pairs: list[ImagePair], options: dict, args: argparse.Namespace) -> None:
    references = read_references(pairs, args.against)
    if args.choose:
        chosen = choose_thresholds(pairs, references)
        print(" ".join(f"thresholds.{name}={value:g}" for name, value in chosen.items()))
        options = dict(options, thresholds={**options.get("thresholds", {}), **chosen})
    rows = measure_agreement(annotator_of(args, options), pairs, references, args.modality)
    cells = [
        [row.event, *(f"{value:.3f}" for value in (row.precision, row.recall, row.f1)), row.pairs, row.named]
        for row in rows
    ]
    table = Table(["event", "precision", "recall", "F1", "pairs", "named"], cells).to_text()
    print(f"{len(pairs)} pairs\n{table}")


if __name__ == "__main__":
    sys.exit(exit_on_user_error(main))
