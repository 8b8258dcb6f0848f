# As adamw_1xb2-3k.py, over 6,000 iterations.
_base_ = ["./adamw_1xb2-3k.py"]

train_cfg = dict(max_iters=6000)
param_scheduler = [_base_.param_scheduler[0], dict(_base_.param_scheduler[1], end=6000)]
