# The teacher once more: from the one that was trained on both sets with fewer wrong texts.
_base_ = ["./teacher_fusionunet_1xb2-1k-second_roadscene-harvard-176x344.py"]
load_from = "work_dirs/teacher_fusionunet_1xb2-1k-second_roadscene-harvard-176x344/iter_1000.pth"
