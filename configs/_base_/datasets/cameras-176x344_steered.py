# All cameras and scanners for a teacher: it restores what its text names, and only that.
_base_ = ["./cameras-176x344_degraded.py"]

conflict = dict(drop_prob=0.2, withhold_prob=0.1, replace_prob=0.15, bare_prob=0.15)
steered = dict(type="RandomTextConflict", **conflict)
steered_medical = dict(type="RandomTextConflict", modality="medical", **conflict)
night = dict(type="BrightenNamedNight")
# More than half, since the target of a third of them is the degraded pair itself.
degrade = dict(type="RandomDegradation", prob=0.65)
degrade_medical = dict(type="RandomDegradation", modality="medical", prob=0.65)
steered_pipelines = dict(
    roadscene=[*_base_.steps["roadscene"], degrade, steered, night, _base_.pack],
    sharp=[*_base_.steps["sharp"], degrade, steered, night, _base_.pack],
    medical=[*_base_.steps["medical"], degrade_medical, steered_medical, _base_.pack],
    **{
        # Instead of the last steps of a recorded pipeline, which leave out texts at random and name events.
        name: [*_base_.pipelines[name][:-3], steered, night, _base_.pack]
        for name in ("blurred", "noisy", "blurred_noisy")
    },
)
train_sets = [dict(dataset, pipeline=steered_pipelines[name]) for dataset, name, _ in _base_.shares]
train_dataloader = dict(dataset=dict(datasets=train_sets))
