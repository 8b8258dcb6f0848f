# Distillation of the efficient student from the published teacher.
_base_ = [
    "./distill_xrestormer.py",
    "../networks/xrestormer-d48.py",
    "../networks/xrestormer-d16-efficient.py",
]

model = dict(student={{_base_.xrestormer_d16_efficient}}, teacher={{_base_.xrestormer_d48}})
