# What every training of a fusion shares. Loops, timer, log and evaluator are MMagic's, which go together.
_base_ = ["./runtime.py"]
default_scope = "mmfusion"

default_hooks = dict(
    timer=dict(type="mmagic.IterTimerHook"),
    checkpoint=dict(interval=500, max_keep_ckpts=3, save_best="balanced_quality", rule="greater"),
    visualization=dict(type="mmagic.BasicVisualizationHook", interval=dict(val=10, test=1)),
)

log_processor = dict(type="mmagic.LogProcessor")

visualizer = dict(
    type="mmagic.ConcatImageVisualizer",
    vis_backends=[dict(type="LocalVisBackend")],
    fn_key="vis_name",
    img_keys=["img_a", "img_b", "pred_img"],
    bgr2rgb=True,
)

# device_ids=None serves GPUs and CPUs alike: mmengine has already put the model on the process's device.
model_wrapper_cfg = dict(type="MMDistributedDataParallel", device_ids=None, broadcast_buffers=False)
