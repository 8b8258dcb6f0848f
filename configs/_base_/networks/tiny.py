# The tiny student: below a fiftieth of the teacher's time.
tiny = dict(
    type="FusionUNet",
    widths=(8, 16, 24, 32),
    blocks=[
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock", pooled_attention=True),
    ],
    num_blocks=(0, 1, 1, 1),
    decoder_blocks=(1, 1, 1, 1),
    stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
    neck=dict(
        type="SpatialChannelCrossFusion",
        levels=(4,),
        exchange_channel_heads=4,
        exchange_spatial_heads=1,
        merge_channel_heads=4,
        merge_spatial_heads=1,
        merge_dim_head=16,
        window_size=4,
    ),
    head=dict(type="LaplacianBlendHead"),
)
