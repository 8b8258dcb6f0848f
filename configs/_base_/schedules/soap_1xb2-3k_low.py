# For a distillation: SOAP at three fifths of the rate of a first training, and as many iterations.
_base_ = ["./soap_1xb2-3k.py"]

optim_wrapper = dict(optimizer=dict(lr=3e-3))
train_cfg = dict(val_interval=1500)
