"""Convert a checkpoint of the published code: `dtpf_to_mmfusion.py SRC DST --role teacher`."""

import argparse

from mmfusion_distill.apis.command_line import exit_on_user_error
from mmfusion_distill.apis.model_files import PUBLISHED_NETWORKS, convert_published_checkpoint


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("src", help="checkpoint of the published code")
    parser.add_argument("dst", help="target, e.g. teacher.pth")
    parser.add_argument("--role", required=True, choices=list(PUBLISHED_NETWORKS))
    args = parser.parse_args()
    print(f"written: {exit_on_user_error(convert_published_checkpoint, args.src, args.dst, args.role)}")


if __name__ == "__main__":
    main()
