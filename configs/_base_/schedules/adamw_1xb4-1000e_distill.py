# The student's schedule: as the teacher's, with a cosine down to 1e-7.
_base_ = ["./adamw_1xb4-1000e.py"]

param_scheduler = [dict(_base_.param_scheduler[0], eta_min=1e-7)]
