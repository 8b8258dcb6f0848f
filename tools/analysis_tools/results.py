"""Write a section of docs/results.md: networks beside fusions without one, on clean and degraded pairs.

python tools/analysis_tools/results.py --weights teacher student tiny
"""

import argparse
import os
import shlex
import sys
from pathlib import Path

from mmfusion_distill.cli.command_line import add_networks_argument, add_pair_arguments, check_pair_arguments
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import UserError, exit_on_user_error

DATA_ROOT = "MMFUSION_DATA_ROOT"


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_networks_argument(parser, "rows")
    add_pair_arguments(parser, f"RoadScene's validation pairs in {DATA_ROOT}")
    parser.add_argument("--config", metavar="FILE", help="the pairs that a config validates on, instead")
    parser.add_argument("--title", default="RoadScene, validation pairs", help="heading of the section")
    parser.add_argument("--pictured", metavar="NAME", help="whose hardest pairs are shown (default: student)")
    parser.add_argument("--seed", type=at_least(0), default=0, help="of the degradations")
    parser.add_argument("--limit", type=at_least(1), metavar="N", help="the first N pairs only")
    parser.add_argument("--device", help="e.g. cpu or cuda:0 (default: the GPU if there is one)")
    parser.add_argument("--out", default="docs/results.md", metavar="FILE", help="default: docs/results.md")
    args = parser.parse_args()
    if args.config and args.a:
        parser.error("--config and --a both name pairs: give one of them")
    check_pair_arguments(parser, args)
    return args


def find_dataset(args: argparse.Namespace) -> dict:
    from mmfusion_distill.analysis.scored_pairs import folder_dataset, validation_dataset
    from mmfusion_distill.zoo.config_files import read_config

    if args.config:
        return validation_dataset(read_config(args.config))
    if args.a:
        return folder_dataset(args.a, args.b, args.annotations, args.names, args.modality)
    if not os.environ.get(DATA_ROOT):
        raise UserError(f"no pairs: set {DATA_ROOT} to the folder of RoadScene, or give --a and --b")
    root = Path(os.environ[DATA_ROOT]) / "RoadScene"
    return folder_dataset(
        root / "crop_LR_visible", root / "cropinfrared", root / "annotations", root / "val.txt"
    )


def command_line() -> str:
    """The command as it was given, the data folder by its variable."""
    words = [shlex.quote(word) for word in ["tools/analysis_tools/results.py", *sys.argv[1:]]]
    root = os.environ.get(DATA_ROOT, "").rstrip("/")
    if root:
        words = [word.replace(root + "/", f"${DATA_ROOT}/") for word in words]
    return " ".join(["python", *words])


def report(args: argparse.Namespace) -> None:
    from mmfusion_distill.analysis import results_page
    from mmfusion_distill.analysis.named_network import load_named_network
    from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer

    dataset = find_dataset(args)
    networks = [load_named_network(text, PyTorchInferencer, args.device) for text in args.weights]
    names = [network.name for network in networks]
    if len(set(names)) < len(names):
        raise UserError(f"--weights {' '.join(args.weights)}: two rows have one name, give each its own")
    pictured = args.pictured or ("student" if "student" in names else names[-1])
    if pictured not in names:
        raise UserError(f"--pictured {pictured} is none of the rows {', '.join(names)}")
    sets = {}
    for name, scores in results_page.score_sets(networks, dataset, args.seed, args.limit):
        sets[name] = scores
        print(f"{name}\n{results_page.scores_table(scores)}\n", flush=True)
    out = Path(args.out)
    slug = "".join(sign if sign.isalnum() else "-" for sign in args.title.lower())
    picture = Path("images") / f"results-{'-'.join(filter(None, slug.split('-')))}.png"
    shown = {network.name: results_page.main_row(network) for network in networks}
    others = [
        shown[network.name] for network in networks if network.inferencer.guided and network.name != pictured
    ]
    rows = results_page.write_hardest_picture(sets["degraded"], shown[pictured], others, out.parent / picture)
    section = results_page.results_section(
        args.title, command_line(), networks, sets, picture.as_posix(), rows
    )
    results_page.write_section(out, args.title, section)
    print(f"written: {out}, {out.parent / picture}")


if __name__ == "__main__":
    exit_on_user_error(report, parse_args())
