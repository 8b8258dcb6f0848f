# The runtime for sets that validate clean and degraded pairs. One best checkpoint by each figure: docs/metrics.md
# says what they tell.
_base_ = ["./default_runtime.py"]

default_hooks = dict(
    checkpoint=dict(interval=1000, max_keep_ckpts=-1, save_best=["clean/wins", "degraded/balanced_quality"])
)
