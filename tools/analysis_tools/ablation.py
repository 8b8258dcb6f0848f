"""Train configs alike, one after the other, and print what they score, as a table beside fusions without a network.

python tools/analysis_tools/ablation.py configs/ablation/*.py --work-dir work_dirs/ablation --seeds 3

With several seeds, the table of balanced_quality says how far each training is from the first one named; its
degraded pairs are each degraded in --draws ways, since one says little of 19 pairs.
Interrupted, it goes on where it was when called again.
"""

import argparse
from itertools import chain
from pathlib import Path

import numpy as np

from mmfusion_distill.cli.command_line import SettingsAction
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import UserError, exit_on_user_error


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "configs", nargs="+", type=Path, help="training configs, a row each by their file name"
    )
    parser.add_argument(
        "--work-dir", type=Path, default=Path("work_dirs/ablation"), help="folder of the trainings"
    )
    parser.add_argument(
        "--cfg-options", nargs="+", action=SettingsAction, metavar="KEY=VALUE", help="settings of all of them"
    )
    parser.add_argument("--seeds", type=at_least(1), default=1, help="trainings of each config; default 1")
    parser.add_argument("--amp", action="store_true", help="mixed precision, see tools/train.py")
    parser.add_argument("--seed", type=at_least(0), default=0, help="of the degradations that are scored")
    parser.add_argument(
        "--draws", type=at_least(1), default=1, help="degradations of each pair in the comparison of --seeds"
    )
    parser.add_argument("--limit", type=at_least(1), metavar="N", help="score on the first N pairs only")
    return parser.parse_args()


def compare(args: argparse.Namespace) -> None:
    from mmfusion_distill.analysis.named_network import NamedNetwork, load_named_network
    from mmfusion_distill.analysis.results_page import balanced_scores, score_set, score_sets, scores_table
    from mmfusion_distill.analysis.scored_pairs import load_scored_pairs, validation_dataset
    from mmfusion_distill.analysis.seeded_comparison import seeded_table
    from mmfusion_distill.engine.running import load_config, run_training
    from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer
    from mmfusion_distill.zoo.config_files import read_config

    names = [config.stem for config in args.configs]
    if len(set(names)) < len(names):
        raise UserError("two configs have one file name, which is the name of their row: rename one")
    if args.draws > 1 and args.seeds == 1:
        raise UserError("--draws is for the comparison of several trainings of each config: give --seeds too")
    networks: dict[str, list[NamedNetwork]] = {name: [] for name in names}
    # Seed by seed, so that what is finished when it is stopped compares.
    for seed in range(args.seeds):
        for name, config in zip(names, args.configs):
            title, work_dir = name, args.work_dir / name
            if args.seeds > 1:
                title, work_dir = f"{name}, seed {seed}", work_dir / f"seed-{seed}"
            options = {**(args.cfg_options or {}), "randomness.seed": seed}
            checkpoint = work_dir / f"iter_{load_config(config, options).train_cfg.max_iters}.pth"
            if not checkpoint.is_file():
                run_training(str(config), str(work_dir), resume="auto", amp=args.amp, cfg_options=options)
            networks[name].append(load_named_network(f"{title}={checkpoint}:{config}", PyTorchInferencer))
    dataset = validation_dataset(read_config(args.configs[0]))
    trained = list(chain(*networks.values()))
    for name, scores in score_sets(trained, dataset, args.seed, args.limit):
        print(f"{name}, {len(scores.pairs)} pairs\n\n{scores_table(scores)}\n")
        if args.seeds == 1:
            continue
        drawn = [scores]
        if name == "degraded":
            seeds = range(args.seed + 1, args.seed + args.draws)
            drawn += [score_set(trained, load_scored_pairs(dataset, seed, args.limit)) for seed in seeds]
        rows = {
            title: np.mean([[balanced_scores(one, network) for network in of_seeds] for one in drawn], axis=0)
            for title, of_seeds in networks.items()
        }
        print(f"balanced_quality\n\n{seeded_table(rows)}\n")


if __name__ == "__main__":
    exit_on_user_error(compare, parse_args())
