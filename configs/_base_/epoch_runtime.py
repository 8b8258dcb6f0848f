# The default runtime for epoch-based runs.
_base_ = ["./default_runtime.py"]

default_hooks = dict(checkpoint=dict(interval=10, by_epoch=True))
log_processor = dict(by_epoch=True)
