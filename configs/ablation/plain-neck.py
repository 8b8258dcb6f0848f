# Distilled, the student with ConvFusion in place of the cross-fusion neck.
_base_ = ["./distilled.py"]

model = dict(student=dict(neck=dict(_delete_=True, type="ConvFusion")))
