# The student on RoadScene, half of the samples degraded, distilled from the teacher that reads what was done.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/distill_fusionunet.py",
    "../_base_/datasets/roadscene-176x344_degraded.py",
    "../_base_/schedules/adamw_1xb2-6k.py",
]
# The teacher of one's own run; model.teacher_checkpoint=teacher is the one that comes with the package.
model = dict(teacher_checkpoint="work_dirs/teacher_fusionunet_1xb2-3k_roadscene-176x344")
