# The losses of the fast networks: eight measures above the pyramid's, near the pyramid otherwise, and what an
# operator looks for: people in glare, faces inside hot objects, folds under a tracer, no rings, no dusk.
fusion_loss = dict(
    type="LossSet",
    losses=dict(
        # Without weights SD, SF and the measures of the neglected source exceed their goals, while the others stay
        # below the pyramid's on sharp cameras.
        margin=dict(
            type="PyramidMarginLoss",
            weights=dict(
                **dict(EN=2.5, SF=2.0, MI=4.0, SCD=1.5, VIF=3.0, SSIM=4.0, Qabf=3.0),
                **dict(VIF_balanced=0.5, Qabf_balanced=0.5),
            ),
            # So that degraded crops count.
            large=20.0,
            loss_weight=1.0,
        ),
        distance=dict(type="PyramidDistanceLoss", loss_weight=1.0),
        glare=dict(type="GlareContrastLoss", loss_weight=1.0),
        hot_detail=dict(type="HotDetailLoss", loss_weight=0.3),
        tracer_detail=dict(type="TracerDetailLoss", loss_weight=3.0),
        false_slope=dict(type="FalseSlopeLoss", loss_weight=1.0),
        sky=dict(type="ClearSkyLoss", loss_weight=5.0),
    ),
)
event_loss = dict(type="EventLoss", loss_weight=0.1)
