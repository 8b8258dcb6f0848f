"""Print how well the StatisticsAnnotator recognises degradations that we apply to clean pairs."""

import argparse

from mmfusion_distill.annotation import StatisticsAnnotator
from mmfusion_distill.annotation.base import MODALITIES
from mmfusion_distill.annotation.recall import measure_recall
from mmfusion_distill.datasets import find_pairs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder_a", help="folder of clean pictures of source A")
    parser.add_argument("folder_b", help="folder of clean pictures of source B")
    parser.add_argument("--modality", choices=MODALITIES, default=MODALITIES[0])
    parser.add_argument("--every", type=int, default=1, help="use every n-th pair only (default: 1, all)")
    parser.add_argument("--seed", type=int, default=0, help="of the degradations")
    args = parser.parse_args()
    pairs, _ = find_pairs(args.folder_a, args.folder_b)
    rows = measure_recall(StatisticsAnnotator(), pairs[:: args.every], args.modality, args.seed)
    print(f"{rows[0].pairs} pairs\n{'event':24s}{'recall':>8s}{'false alarms':>14s}{'on clean pairs':>16s}")
    for row in rows:
        print(f"{row.event:24s}{row.recall:8.3f}{row.false_alarms:14.3f}{row.on_clean:16.3f}")


if __name__ == "__main__":
    main()
