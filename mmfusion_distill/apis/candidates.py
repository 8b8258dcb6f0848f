"""Student architectures to choose from."""

PUBLISHED_TEACHER = dict(
    type="XRestormerFusionNet", dim=48, guidance=dict(type="FeatureWiseAffine", text_channels=512)
)


def _student(dim: int, num_blocks: tuple, num_refinement_blocks: int, neck: dict, **others) -> dict:
    return dict(
        type="XRestormerFusionNet",
        dim=dim,
        num_blocks=num_blocks,
        num_refinement_blocks=num_refinement_blocks,
        ffn_expansion_factor=2,
        neck=neck,
        **others,
    )


def _cross(heads: int, head_dim: int) -> dict:
    return dict(type="SpatialChannelCrossFusion", merge_spatial_heads=heads, merge_dim_head=head_dim)


_PLAIN = dict(type="ConvFusion")
_FEW_HEADS = dict(spatial_heads=(1, 1, 2, 4))

#: Networks by name. In a name: dim, blocks per level, refinement blocks, neck.
STUDENT_CANDIDATES = {
    "published: d16 2222 r2 neck 4x32": _student(16, (2, 2, 2, 2), 2, _cross(4, 32)),
    "d16 2222 r2 neck 4x8": _student(16, (2, 2, 2, 2), 2, _cross(4, 8)),
    "d16 2222 r2 neck 2x16": _student(16, (2, 2, 2, 2), 2, _cross(2, 16)),
    "d16 1222 r1 neck 2x16": _student(16, (1, 2, 2, 2), 1, _cross(2, 16)),
    "d16 1122 r1 neck 1x16, few heads": _student(16, (1, 1, 2, 2), 1, _cross(1, 16), **_FEW_HEADS),
    "efficient: d16 1122 r0 neck 1x16, few heads": _student(16, (1, 1, 2, 2), 0, _cross(1, 16), **_FEW_HEADS),
    "d8 1111 r1 neck 4x32": _student(8, (1, 1, 1, 1), 1, _cross(4, 32)),
    "d8 1111 r1 neck 1x16, few heads": _student(8, (1, 1, 1, 1), 1, _cross(1, 16), **_FEW_HEADS),
    "d8 0011 r0 plain neck": _student(8, (0, 0, 1, 1), 0, _PLAIN),
    "tiny: d8 0001 r0 plain neck": _student(8, (0, 0, 0, 1), 0, _PLAIN),
}
