# Distilled from a teacher that sees the pair before its degradation.
_base_ = ["./result-and-features.py"]

model = dict(teacher_input="clean")
