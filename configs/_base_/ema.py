# An option for any training config: append to its `_base_` to evaluate and save the moving average of the weights.
custom_hooks = [dict(type="EMAHook", ema_type="ExponentialMovingAverage", momentum=0.001)]
