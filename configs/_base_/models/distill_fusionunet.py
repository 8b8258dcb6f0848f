# The student from the teacher: the teacher reads the text, the student sees the degraded pair alone.
_base_ = ["../networks/fusionunet.py", "../losses.py"]

model = dict(
    type="FusionDistiller",
    student={{_base_.student}},
    teacher={{_base_.teacher}},
    teacher_checkpoint="teacher",
    fusion_loss={{_base_.fusion_loss}},
    # Both are quadratic in small differences: at the published weights (0.1 and 5) their gradients are
    # nothing beside those of the fusion loss.
    feature_loss=dict(type="FeatureDistillationLoss", loss_weight=2.0),
    result_loss=dict(type="ResultDistillationLoss", loss_weight=100.0),
    # So that it says the same of a pair as the teacher's text, and obeys texts.
    prior_loss=dict(type="PriorDistillationLoss", loss_weight=1.0),
    event_loss={{_base_.event_loss}},
    steered_share=0.5,
    # Three distillations from a teacher that was no better ended in less contrast.
    gate=True,
    text_encoder=dict(type="SentenceTextEncoder", pool="events"),
)
