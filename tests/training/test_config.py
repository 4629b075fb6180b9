import pytest

from tf_wavenet.training.config import TrainingConfig


def test_learning_rate_warms_up_holds_and_decays():
    config = TrainingConfig(steps=1000, learning_rate=1.0, warmup_steps=99, decay_fraction=0.4)
    assert config.learning_rate_at(0) == pytest.approx(0.01)
    assert config.learning_rate_at(99) == 1.0
    assert config.learning_rate_at(600) == 1.0
    assert config.learning_rate_at(800) == pytest.approx(0.5)
    assert config.learning_rate_at(1000) == 0.0


def test_bad_values():
    with pytest.raises(ValueError, match="TrainingConfig.steps is 0"):
        TrainingConfig(steps=0)
    with pytest.raises(ValueError, match="TrainingConfig.learning_rate is -1"):
        TrainingConfig(learning_rate=-1)
