# The losses of the fast networks: eight measures above the pyramid's, near the pyramid otherwise.
fusion_loss = dict(
    type="LossSet",
    losses=dict(
        margin=dict(type="PyramidMarginLoss", loss_weight=1.0),
        distance=dict(type="PyramidDistanceLoss", loss_weight=2.0),
    ),
)
