# The student from the teacher: the teacher reads the text, the student sees the degraded pair alone.
_base_ = ["../networks/student.py", "../networks/teacher.py", "../losses.py"]

model = dict(
    type="FusionDistiller",
    student={{_base_.student}},
    teacher={{_base_.teacher}},
    teacher_checkpoint="work_dirs/teacher_fusionunet_1xb2-3k_roadscene-176x344",
    fusion_loss={{_base_.fusion_loss}},
    feature_loss=dict(type="FeatureDistillationLoss", loss_weight=0.1),
    result_loss=dict(type="ResultDistillationLoss", loss_weight=5.0),
    text_encoder=dict(type="SentenceTextEncoder", pool="events"),
)
