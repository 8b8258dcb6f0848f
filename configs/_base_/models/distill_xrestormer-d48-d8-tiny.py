# Distillation of the tiny student from the published teacher.
_base_ = ["./distill_xrestormer.py", "../networks/xrestormer-d48.py", "../networks/xrestormer-d8-tiny.py"]

model = dict(student={{_base_.xrestormer_d8_tiny}}, teacher={{_base_.xrestormer_d48}})
