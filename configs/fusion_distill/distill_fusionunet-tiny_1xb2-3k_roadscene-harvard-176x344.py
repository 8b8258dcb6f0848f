# The tiny student distilled on street scenes and medical pictures together.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/distill_fusionunet-tiny.py",
    "../_base_/datasets/roadscene-harvard-176x344_degraded.py",
    "../_base_/schedules/adamw_1xb2-3k.py",
]
default_hooks = dict(checkpoint=dict(interval=500))
