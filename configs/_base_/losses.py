# The losses of the fast networks: eight measures above the pyramid's, near the pyramid otherwise, and what an
# operator looks for: people in glare, faces inside hot objects, no rings.
fusion_loss = dict(
    type="LossSet",
    losses=dict(
        # Without weights VIF, Qabf and, border left out, SF stay just below the pyramid's, while others exceed
        # their goals.
        margin=dict(
            type="PyramidMarginLoss",
            weights=dict(VIF=3.0, Qabf=3.0, SSIM=2.0, SF=3.0, MI=2.0),
            # So that degraded crops count.
            large=20.0,
            loss_weight=1.0,
        ),
        distance=dict(type="PyramidDistanceLoss", loss_weight=1.0),
        glare=dict(type="GlareContrastLoss", loss_weight=0.5),
        hot_detail=dict(type="HotDetailLoss", loss_weight=0.3),
        false_slope=dict(type="FalseSlopeLoss", loss_weight=1.0),
    ),
)
event_loss = dict(type="EventLoss", loss_weight=0.1)
