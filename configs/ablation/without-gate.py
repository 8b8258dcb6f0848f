# Distilled, also where the teacher is worse than the student.
_base_ = ["./distilled.py"]

model = dict(gate=False)
