"""Functions that a user calls."""

from .running import load_config, run_test, run_training

__all__ = ["load_config", "run_test", "run_training"]
