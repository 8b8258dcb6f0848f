# The student on RoadScene, a second training from the last checkpoint of the first, at a lower learning rate.
_base_ = [
    "../_base_/default_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/roadscene-160x160_degraded.py",
    "../_base_/schedules/adamw_1xb4-3k_low.py",
]
load_from = "work_dirs/student_fusionunet_1xb4-6k_roadscene-160x160/iter_6000.pth"
default_hooks = dict(
    checkpoint=dict(interval=500, max_keep_ckpts=-1, save_best=["clean/wins", "degraded/balanced_quality"])
)
