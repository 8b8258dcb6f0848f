# Distilled, the student with ConvFusion in place of the cross-fusion neck.
_base_ = ["./result-and-features.py"]

model = dict(student=dict(neck=dict(_delete_=True, type="ConvFusion")))
