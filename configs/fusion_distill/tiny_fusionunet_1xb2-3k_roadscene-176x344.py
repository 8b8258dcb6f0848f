# The tiny on RoadScene, half of the samples degraded, trained by itself on a CPU.
_base_ = [
    "../_base_/default_runtime.py",
    "../_base_/models/tiny_fusionunet.py",
    "../_base_/datasets/roadscene-176x344_degraded.py",
    "../_base_/schedules/adamw_1xb2-3k.py",
]
# One best checkpoint by each figure: docs/metrics.md says what they tell.
default_hooks = dict(
    checkpoint=dict(interval=1000, max_keep_ckpts=-1, save_best=["clean/wins", "degraded/balanced_quality"])
)
