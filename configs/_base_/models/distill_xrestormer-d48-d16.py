# Distillation of the published student from the published teacher.
model = dict(
    type="FusionDistiller",
    student=dict(
        type="XRestormerFusionNet",
        dim=16,
        num_blocks=(2, 2, 2, 2),
        num_refinement_blocks=2,
        ffn_expansion_factor=2,
        neck=dict(type="SpatialChannelCrossFusion"),
    ),
    teacher=dict(
        type="XRestormerFusionNet",
        dim=48,
        num_blocks=(2, 2, 2, 2),
        num_refinement_blocks=4,
        ffn_expansion_factor=2.66,
        neck=dict(type="SpatialChannelCrossFusion"),
        guidance=dict(type="FeatureWiseAffine", text_channels=384),
    ),
    text_encoder=dict(type="SentenceTextEncoder"),
    fusion_loss=dict(type="FusionLoss", use_events=False),
    feature_loss=dict(type="FeatureDistillationLoss", loss_weight=0.1),
    result_loss=dict(type="ResultDistillationLoss", loss_weight=1.0),
)
