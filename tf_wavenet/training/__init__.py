"""Training: recordings in, checkpoints out. `trainer` needs Keras 3."""
