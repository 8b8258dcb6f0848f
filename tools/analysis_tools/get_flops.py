"""Print parameters and operations of a config's network: python tools/analysis_tools/get_flops.py CONFIG."""

import argparse
from collections.abc import Sequence

from mmfusion_distill.cli.command_line import image_size
from mmfusion_distill.user_errors import exit_on_user_error


def report(config: str, size: tuple[int, int]) -> None:
    """Print them."""
    from mmfusion_distill.analysis.named_network import (
        FLOPS_CONVENTION,
        count_gflops,
        count_parameters,
        network_config,
    )

    network = network_config(config)
    print(f"parameters: {count_parameters(network):,}")
    print(f"GFLOPs at {size[1]}x{size[0]}: {count_gflops(network, *size):.2f}\n({FLOPS_CONVENTION})")


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the arguments and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", help="config of a network or of a distillation, whose student counts")
    parser.add_argument(
        "--size", type=image_size, default=(480, 640), metavar="WIDTHxHEIGHT", help="default: 640x480"
    )
    exit_on_user_error(report, **vars(parser.parse_args(argv)))


if __name__ == "__main__":
    main()
