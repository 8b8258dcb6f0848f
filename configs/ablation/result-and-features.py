# Distilled by the teacher's results and features: the student's prior is its own.
_base_ = ["./distilled.py"]

model = dict(prior_loss=None, steered_share=0.0)
