# The tiny student: below a fiftieth of the teacher's time.
tiny = dict(
    type="FusionUNet",
    widths=(8, 16, 24, 32),
    blocks=[
        dict(type="GatedConvBlock", expansion=1.0),
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock", pooled_attention=True),
    ],
    num_blocks=(0, 1, 1, 1),
    decoder_blocks=(1, 1, 1, 1),
    stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
    neck=dict(type="ConvFusion"),
    head=dict(type="LaplacianBlendHead"),
)
