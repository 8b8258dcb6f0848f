# For a second training: AdamW 2e-4 with a short warm-up and a cosine over 3,000 iterations.
_base_ = ["./adamw_1xb2-3k.py"]

optim_wrapper = dict(optimizer=dict(lr=2e-4))
