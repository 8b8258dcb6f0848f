# What every run of any toolbox shares: hooks, environment, seeds.
custom_imports = dict(imports=["mmfusion_distill.registry"])

default_hooks = dict(
    # Ends a run whose loss or gradient is not finite; of our scope, whatever toolbox the run is of.
    finite=dict(type="mmfusion.FiniteGuardHook"),
    timer=dict(type="IterTimerHook"),
    logger=dict(type="LoggerHook", interval=50),
    param_scheduler=dict(type="ParamSchedulerHook"),
    checkpoint=dict(type="CheckpointHook", by_epoch=False),
    sampler_seed=dict(type="DistSamplerSeedHook"),
)

env_cfg = dict(
    cudnn_benchmark=False,
    mp_cfg=dict(mp_start_method="fork", opencv_num_threads=0),
    dist_cfg=dict(backend="nccl"),
)
# A fixed seed, so that a run can be repeated and resumed bit for bit.
randomness = dict(seed=0)

log_level = "INFO"
log_processor = dict(type="LogProcessor", window_size=50, by_epoch=False)

load_from = None
resume = False
