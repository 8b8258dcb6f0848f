# The tiny student on street scenes and medical pictures together, trained by itself.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/tiny_fusionunet.py",
    "../_base_/datasets/roadscene-harvard-176x344_degraded.py",
    "../_base_/schedules/adamw_1xb2-3k.py",
]
default_hooks = dict(checkpoint=dict(interval=500))
