"""`mmfusion export` as a script: write a network as ONNX, OpenVINO or TorchScript."""

import sys

from mmfusion_distill.cli.export import main

if __name__ == "__main__":
    sys.exit(main())
