# How the published student is distilled from its teacher, and those of their kind.
model = dict(
    type="FusionDistiller",
    text_encoder=dict(type="SentenceTextEncoder"),
    fusion_loss=dict(type="FusionLoss", use_events=False),
    feature_loss=dict(type="FeatureDistillationLoss", loss_weight=0.1),
    result_loss=dict(type="ResultDistillationLoss", loss_weight=1.0),
)
