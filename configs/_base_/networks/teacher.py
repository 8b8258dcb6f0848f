# The teacher, guided by text: small enough to be trained to its end on two cores.
teacher = dict(
    type="FusionUNet",
    widths=(72, 88, 104, 112),
    blocks=[
        dict(type="GatedConvBlock", expansion=2.0),
        dict(type="GatedConvBlock", expansion=2.0),
        dict(type="GatedConvBlock", expansion=2.0),
        dict(type="XRestormerBlock", channel_heads=4, spatial_heads=4, window_size=4, ffn_expansion_factor=2),
    ],
    num_blocks=(3, 3, 3, 2),
    stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
    neck=dict(
        type="SpatialChannelCrossFusion",
        levels=(3, 4),
        exchange_channel_heads=8,
        exchange_spatial_heads=4,
        merge_channel_heads=8,
        merge_spatial_heads=2,
        merge_dim_head=32,
        window_size=4,
    ),
    prior=dict(type="TextPrior", text_channels=384, hidden=448),
    guidance=dict(type="FeatureWiseAffine", identity_start=True),
    head=dict(type="LaplacianBlendHead", noise_filter=True),
)
