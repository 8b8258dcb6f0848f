# A detector of mmdet and the student before it, which is trained along by the detector's loss, in smaller steps.
_base_ = ["./rtmdet-nano_fusionunet-frozen_1xb8-600i_night-128x160.py"]
model = dict(data_preprocessor=dict(trained=True))
optim_wrapper = dict(
    paramwise_cfg=dict(
        custom_keys={"data_preprocessor": dict(lr_mult=0.1, decay_mult=0.0)},
        # the head's levels share their convolutions
        bypass_duplicate=True,
    )
)
