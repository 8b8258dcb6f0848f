# Distillation of the small student from the small teacher.
model = dict(
    type="FusionDistiller",
    student=dict(
        type="XRestormerFusionNet",
        dim=8,
        num_blocks=(1, 1, 1, 1),
        num_refinement_blocks=1,
        ffn_expansion_factor=2,
    ),
    teacher=dict(
        type="XRestormerFusionNet",
        dim=16,
        num_blocks=(1, 1, 1, 1),
        num_refinement_blocks=1,
        ffn_expansion_factor=2,
        guidance=dict(type="FeatureWiseAffine", text_channels=384),
    ),
    text_encoder=dict(type="SentenceTextEncoder"),
    fusion_loss=dict(type="FusionLoss", use_events=False),
    feature_loss=dict(type="FeatureDistillationLoss", loss_weight=0.1),
    result_loss=dict(type="ResultDistillationLoss", loss_weight=1.0),
)
