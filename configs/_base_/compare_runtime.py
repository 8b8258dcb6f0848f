# The runtime for comparisons of many trainings: one best checkpoint, by the degraded pairs.
_base_ = ["./default_runtime.py"]

default_hooks = dict(checkpoint=dict(interval=500, max_keep_ckpts=1, save_best="degraded/balanced_quality"))
