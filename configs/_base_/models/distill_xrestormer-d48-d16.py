# Distillation of the published student from the published teacher.
_base_ = ["./distill_xrestormer.py", "../networks/xrestormer.py"]

model = dict(student={{_base_.xrestormer_d16}}, teacher={{_base_.xrestormer_d48}})
