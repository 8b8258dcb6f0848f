# CT, PET and SPECT with MRI of the Whole Brain Atlas (AANLIB), 256x256: pairs of which some train and some validate,
# and the official test pairs, all of them.
harvard_root = "{{$MMFUSION_DATA_ROOT:data}}/Harvard"
medical = dict(type="PairedFusionDataset", annotator="statistics", modality="medical")
harvard = {
    kind: dict(
        medical,
        data_root=f"{harvard_root}/{kind}-MRI",
        data_prefix=dict(img_a=f"train/{kind}", img_b="train/MRI", annotation="train/annotations"),
    )
    for kind in ("CT", "PET", "SPECT")
}
harvard_test = {
    kind: dict(
        medical,
        data_root=f"{harvard_root}/{kind}-MRI",
        data_prefix=dict(img_a=f"test/{kind}", img_b="test/MRI", annotation="test/annotations"),
        ann_file="",
    )
    for kind in ("CT", "PET", "SPECT")
}
