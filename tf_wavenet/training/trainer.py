"""The training loop: batches in, checkpoints out, resumable at any moment."""

import contextlib
import dataclasses
import json
import math
import os
import pathlib
import time
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tqdm
from keras import ops

from tf_wavenet import checkpoint
from tf_wavenet.config import VoiceConfig
from tf_wavenet.models import WaveNet
from tf_wavenet.training import data
from tf_wavenet.training.config import TrainingConfig
from tf_wavenet.training.growth import grow
from tf_wavenet.training.summaries import Summaries

# What may change when a run is resumed: how long it is, and when it reports.
RESUMABLE_FIELDS = ("steps", "validate_every", "checkpoint_every", "sample_every", "validation_batches")

CHECKPOINT = "checkpoint.safetensors"
LOG = "log.jsonl"


def bits_per_sample(targets, logits):
    """Mean cross entropy in bits: int `[B, T]` levels against `[B, T, a]` logits."""
    return ops.mean(ops.sparse_categorical_crossentropy(targets, logits, from_logits=True)) / math.log(2.0)


class Trainer:
    """Trains one voice in one working folder.

    Args:
      voice: config of the voice. A checkpoint in `work_dir` must have the same.
      training: hyperparameters; those of the run that is resumed, but for `RESUMABLE_FIELDS`.
      data_dir: folder of wav files (`data.list_utterances`).
      work_dir: receives the checkpoint, `log.jsonl` and TensorBoard events.
      initial: checkpoint of another run, whose weights a new one begins with; "" = at random. If its voice has one
        speaker, any number may begin as that one; a smaller network grows (`growth`).

    Raises:
      FileNotFoundError, ValueError: for missing data, or a checkpoint that does not fit.
    """

    def __init__(
        self,
        voice: VoiceConfig,
        training: TrainingConfig,
        data_dir: str | os.PathLike,
        work_dir: str | os.PathLike,
        initial: str | os.PathLike = "",
    ):
        self.voice, self.training = voice, training
        self.work_dir = pathlib.Path(work_dir)
        self.work_dir.mkdir(parents=True, exist_ok=True)
        self.step = 0
        self.audio_seconds_trained = 0.0
        self.validation_bits = None  # Until the first validation.

        self.model = WaveNet(voice, training.seed, training.compute_dtype)
        self.optimizer = keras.optimizers.Adam(
            training.learning_rate,
            global_clipnorm=training.clip_norm,
            use_ema=training.ema_decay > 0.0,
            ema_momentum=training.ema_decay or 0.99,  # Keras wants a number in any case.
            ema_overwrite_frequency=None,
        )
        self.optimizer.build(self.model.trainable_variables)
        # Before the data: a checkpoint that does not fit is to be refused at once.
        self._initial = None  # Provenance of the weights that the run began with.
        resumed = self._resume()
        if not resumed and initial:
            self._initial = self._begin_with(initial)
        self.model.compile(optimizer=self.optimizer, loss=bits_per_sample)

        training_list, validation_list = (data.list_utterances(data_dir, split) for split in ("train", "validation"))
        recordings, self._validation = data.load(training_list, voice), data.load(validation_list, voice)
        self._crops = self._crops_of(recordings, training.seed)
        self._validation_crops = self._crops_of(self._validation, training.seed + 1)
        if not resumed and not self._initial:
            mean, scale = data.mel_statistics(recordings)
            self.model.tensors["conditioning.mean"].assign(mean)
            self.model.tensors["conditioning.scale"].assign(scale)
        self._log = open(self.work_dir / LOG, "a", encoding="utf-8", buffering=1)
        self._summaries = Summaries(self.work_dir / "tensorboard")

    def run(self) -> float:
        """Trains up to `training.steps`; returns the last validation loss in bits per sample."""
        training = self.training
        progress = tqdm.tqdm(total=training.steps, initial=self.step, unit="step", desc="training", mininterval=1.0)
        losses = []
        since = time.monotonic()
        while self.step < training.steps:
            inputs, targets = self._crops.batch(self.step)
            self.optimizer.learning_rate.assign(training.learning_rate_at(self.step))
            loss = float(self.model.train_on_batch(inputs, targets))
            if not math.isfinite(loss):
                raise ValueError(f"the loss is {loss} at step {self.step}: lower learning_rate or clip_norm")
            losses.append(loss)
            self.step += 1
            self.audio_seconds_trained += self._crops.audio_seconds
            bits = float(np.mean(losses))
            last = self.step == training.steps
            if last or self.step % training.validate_every == 0:
                self.validation_bits = self.validate()
                speed = len(losses) * self._crops.audio_seconds / (time.monotonic() - since)
                self._report(bits, speed)
                losses, since = [], time.monotonic()
            if last or self.step % training.checkpoint_every == 0:
                self.save()
            if self.step % training.sample_every == 0:
                with self._speaking_weights():
                    tensors = self.model.numpy_tensors()
                self._summaries.audio(self.step, self.voice, tensors, self._validation[0])
            validation = "none yet" if self.validation_bits is None else f"{self.validation_bits:.3f}"
            progress.set_postfix(bits=f"{bits:.3f}", validation=validation, refresh=False)
            progress.update()
        progress.close()
        return self.validation_bits

    def validate(self) -> float:
        """Bits per sample over fixed crops of the validation recordings."""
        batches = (self._validation_crops.batch(i) for i in range(self.training.validation_batches))
        with self._speaking_weights():
            return float(np.mean([float(self.model.test_on_batch(*batch)) for batch in batches]))

    @contextlib.contextmanager
    def _speaking_weights(self):
        """Within it the model has the moving average of its weights, if there is one."""
        if not self.optimizer.use_ema:
            yield
            return
        variables = self.model.trainable_variables
        trained = [ops.convert_to_numpy(variable).copy() for variable in variables]
        self.optimizer.finalize_variable_values(variables)
        # Copies: JAX reuses a step's input buffers, and those of the averages must outlive a validation.
        _assign(variables, [ops.convert_to_numpy(variable).copy() for variable in variables])
        try:
            yield
        finally:
            _assign(variables, trained)

    def save(self) -> None:
        """Writes the checkpoint: weights, optimizer state and progress, all that `_resume` needs."""
        tensors = {checkpoint.RAW + name: value for name, value in self.model.numpy_tensors().items()}
        with self._speaking_weights():
            tensors |= {checkpoint.MODEL + name: value for name, value in self.model.numpy_tensors().items()}
        for i, variable in enumerate(self.optimizer.variables):
            tensors[f"{checkpoint.OPTIMIZER}{i}"] = ops.convert_to_numpy(variable)
        provenance = {
            "training": self.training.to_dict(),
            "initial": self._initial,
            "audio_seconds_trained": self.audio_seconds_trained,
            "validation_bits_per_sample": self.validation_bits,
        }
        metadata = {"config": self.voice.to_dict(), "step": self.step, "training": provenance}
        checkpoint.save(self.work_dir / CHECKPOINT, tensors, metadata)

    def _resume(self) -> bool:
        path = self.work_dir / CHECKPOINT
        if not path.exists():
            return False
        tensors, metadata = checkpoint.load(path)
        config, weights, provenance = checkpoint.load_model(path)
        for part in ("audio", "model"):
            before, now = getattr(config, part).to_dict(), getattr(self.voice, part).to_dict()
            for field, value in now.items():
                if before[field] != value:
                    raise ValueError(
                        f"{path} was trained with {part}.{field} {before[field]!r}, asked for is {value!r}: "
                        "another voice needs another work_dir"
                    )
        if metadata["step"] > self.training.steps:
            raise ValueError(f"{path} is at step {metadata['step']}, beyond the {self.training.steps} steps asked for")
        _check_resumable(path, provenance["training"], self.training)
        self.model.assign_tensors({name: tensors.get(checkpoint.RAW + name, weights[name]) for name in weights})
        for i, variable in enumerate(self.optimizer.variables):
            name = f"{checkpoint.OPTIMIZER}{i}"
            if name not in tensors or tensors[name].shape != tuple(variable.shape):
                raise ValueError(
                    f"{path}: {name} is missing or misshapen, must be {list(variable.shape)}: cannot resume"
                )
            variable.assign(tensors[name])
        self.step = metadata["step"]
        self._initial = provenance.get("initial")
        self.audio_seconds_trained = provenance["audio_seconds_trained"]
        self.validation_bits = provenance["validation_bits_per_sample"]
        self._forget_log_after(self.step)
        return True

    def _begin_with(self, path: str | os.PathLike) -> dict[str, Any]:
        config, weights, provenance = checkpoint.load_model(path)
        speakers = self.voice.model.speakers
        try:
            for field, value in self.voice.audio.to_dict().items():
                if getattr(config.audio, field) != value:
                    raise ValueError(f"its audio.{field} is {getattr(config.audio, field)!r}, must be {value!r}")
            if config.model.speakers != speakers:
                if config.model.bias_rows != 1:
                    raise ValueError(
                        f"its speakers are {config.model.speakers}, must be one, or those of the new voice"
                    )
                for name in weights:
                    if name.endswith(".cond.bias"):
                        weights[name] = np.repeat(weights[name], self.voice.model.bias_rows, axis=0)
            before = dataclasses.replace(config.model, speakers=speakers)
            weights = grow(weights, before, self.voice.model, self.training.seed)
        except ValueError as error:
            raise ValueError(f"{path} cannot begin this voice: {error}") from error
        self.model.assign_tensors(weights)
        return provenance

    def _forget_log_after(self, step: int) -> None:
        """Drops log lines of steps that were trained after the checkpoint and are now trained again."""
        path = self.work_dir / LOG
        if path.exists():
            lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
            kept = [line for line in lines if json.loads(line)["step"] <= step]
            partial = path.with_name(path.name + ".partial")
            partial.write_text("".join(line + "\n" for line in kept), encoding="utf-8")
            os.replace(partial, path)

    def _crops_of(self, recordings, seed: int) -> data.Crops:
        return data.Crops(recordings, self.voice, self.training.batch_size, self.training.crop_samples, seed)

    def _report(self, bits: float, audio_seconds_per_second: float) -> None:
        scalars = {
            "bits_per_sample": bits,
            "validation_bits_per_sample": self.validation_bits,
            "learning_rate": self.training.learning_rate_at(self.step),
            "audio_seconds_per_second": audio_seconds_per_second,
        }
        self._log.write(json.dumps({"step": self.step, **scalars}) + "\n")
        self._summaries.scalars(self.step, scalars)
        tqdm.tqdm.write(
            f"step {self.step}: {bits:.4f} bits per sample, validation {self.validation_bits:.4f}, "
            f"{audio_seconds_per_second:.2f} s of audio per second"
        )


def _assign(variables, values) -> None:
    for variable, value in zip(variables, values):
        variable.assign(value)


def _check_resumable(path: pathlib.Path, before: Mapping[str, Any], now: TrainingConfig) -> None:
    """Raises `ValueError` if the run of a checkpoint had other hyperparameters: the result would be neither's."""
    defaults = TrainingConfig().to_dict()  # For fields that are younger than the checkpoint.
    for field, value in now.to_dict().items():
        trained_with = before.get(field, defaults[field])
        if field not in RESUMABLE_FIELDS and trained_with != value:
            raise ValueError(f"{path} was trained with {field} {trained_with!r}, asked for is {value!r}")
