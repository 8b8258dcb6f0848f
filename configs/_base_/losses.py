# The losses of the fast networks: eight measures above the pyramid's, near the pyramid otherwise.
fusion_loss = dict(
    type="LossSet",
    losses=dict(
        # Without weights VIF, Qabf and, border left out, SF stay just below the pyramid's, while others exceed
        # their goals.
        margin=dict(
            type="PyramidMarginLoss",
            weights=dict(VIF=3.0, Qabf=3.0, SSIM=2.0, SF=3.0),
            # So that degraded crops count.
            large=20.0,
            loss_weight=1.0,
        ),
        distance=dict(type="PyramidDistanceLoss", loss_weight=1.0),
    ),
)
