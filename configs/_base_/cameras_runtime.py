# The runtime for the sets of all cameras: of the five that are validated, RoadScene chooses the best checkpoints.
_base_ = ["./degraded_runtime.py"]

default_hooks = dict(
    # Before the first iteration of a training that starts from nothing.
    noise_filter=dict(type="mmfusion.NoiseFilterStartHook"),
    checkpoint=dict(interval=250, save_best=["road/wins", "road_degraded/balanced_quality"]),
)
