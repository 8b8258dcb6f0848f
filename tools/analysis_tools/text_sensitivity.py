"""Score a teacher on degraded pairs with the right text, none and a wrong one, against the clean sources.

python tools/analysis_tools/text_sensitivity.py CONFIG CHECKPOINT --out sensitivity.json sensitivity.csv
"""

import argparse

from mmfusion_distill.cli.command_line import add_pair_arguments, check_pair_arguments
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import UserError, exit_on_user_error


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", help="config of a network that is guided by text")
    parser.add_argument("checkpoint", help="its weights, or the work folder of a run")
    add_pair_arguments(parser, "the config's validation pairs")
    parser.add_argument("--seed", type=at_least(0), default=0, help="of the degradations and the bootstrap")
    parser.add_argument("--limit", type=at_least(2), metavar="N", help="the first N pairs only")
    parser.add_argument("--device", help="e.g. cpu or cuda:0 (default: the GPU if there is one)")
    parser.add_argument("--out", nargs="+", default=[], metavar="FILE", help="reports: .csv, .json, .txt")
    parser.add_argument("--picture", metavar="FILE", help="the pairs that gain most and least, side by side")
    args = parser.parse_args()
    check_pair_arguments(parser, args)
    return args


def report(args: argparse.Namespace) -> None:
    from mmfusion_distill.analysis import text_sensitivity
    from mmfusion_distill.analysis.scored_pairs import folder_dataset, load_scored_pairs, validation_dataset
    from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer
    from mmfusion_distill.zoo.config_files import read_config

    for path in args.out:
        text_sensitivity.check_report_path(path)
    network = PyTorchInferencer(args.config, args.checkpoint, args.device)
    if not network.guided:
        raise UserError(f"the network of {args.config} is not guided by text: name a teacher's config")
    if args.a:
        dataset = folder_dataset(args.a, args.b, args.annotations, args.names, args.modality)
    else:
        dataset = validation_dataset(read_config(args.config))
    pairs = load_scored_pairs(dataset, args.seed, args.limit)
    result = text_sensitivity.measure_text_sensitivity(network, pairs, seed=args.seed)
    print(text_sensitivity.sensitivity_table(result))
    for path in args.out:
        text_sensitivity.write_sensitivity(result, path)
    if args.picture:
        text_sensitivity.write_sensitivity_picture(result, args.picture)


if __name__ == "__main__":
    exit_on_user_error(report, parse_args())
