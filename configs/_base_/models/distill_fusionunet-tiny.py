# The tiny student from the teacher.
_base_ = ["./distill_fusionunet.py"]

# another network, not some other settings of the student's
model = dict(student=dict(_base_.tiny, _delete_=True))
