# Distillation of the small student from the small teacher.
_base_ = ["./distill_xrestormer.py", "../networks/xrestormer.py"]

model = dict(student={{_base_.xrestormer_d8_compact}}, teacher={{_base_.xrestormer_d16_compact}})
