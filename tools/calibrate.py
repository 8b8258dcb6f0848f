"""Find how two mounted cameras see: `python tools/calibrate.py A B OUT` (files or folders)."""

from mmfusion_distill.apis.calibrate import run_calibrate

if __name__ == "__main__":
    run_calibrate()
