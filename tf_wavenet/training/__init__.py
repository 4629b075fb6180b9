"""Training: recordings in, checkpoints out. `Trainer` needs Keras 3; `checkpoint` needs NumPy and safetensors alone."""
