# What every run shares: hooks, logging, visualization, seeds. Loops and evaluator are MMagic's, which go together.
default_scope = "mmagic"
custom_imports = dict(imports=["mmfusion_distill"])

default_hooks = dict(
    timer=dict(type="IterTimerHook"),
    logger=dict(type="LoggerHook", interval=50),
    param_scheduler=dict(type="ParamSchedulerHook"),
    checkpoint=dict(
        type="CheckpointHook",
        interval=500,
        by_epoch=False,
        max_keep_ckpts=3,
        save_best="balanced_quality",
        rule="greater",
    ),
    sampler_seed=dict(type="DistSamplerSeedHook"),
    visualization=dict(type="BasicVisualizationHook", interval=dict(val=10, test=1)),
)

visualizer = dict(
    type="ConcatImageVisualizer",
    vis_backends=[dict(type="LocalVisBackend")],
    fn_key="vis_name",
    img_keys=["img_a", "img_b", "pred_img"],
    bgr2rgb=True,
)

env_cfg = dict(
    cudnn_benchmark=False,
    mp_cfg=dict(mp_start_method="fork", opencv_num_threads=0),
    dist_cfg=dict(backend="nccl"),
)
# device_ids=None serves GPUs and CPUs alike: mmengine has already put the model on the process's device.
model_wrapper_cfg = dict(type="MMDistributedDataParallel", device_ids=None, broadcast_buffers=False)
# A fixed seed, so that a run can be repeated and resumed bit for bit.
randomness = dict(seed=0)

log_level = "INFO"
log_processor = dict(type="LogProcessor", window_size=50, by_epoch=False)

load_from = None
resume = False
