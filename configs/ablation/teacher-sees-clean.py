# Distilled from a teacher that sees the pair before its degradation.
_base_ = ["./distilled.py"]

model = dict(teacher_input="clean")
