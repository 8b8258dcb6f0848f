# Distilled with connectors on the published side: they narrow the teacher, and keep random weights.
_base_ = ["./distilled.py"]

model = dict(connector_side="teacher")
