"""Trains a voice on a folder of recordings, or goes on where an earlier run with the same --work_dir stopped.

The recordings are wav files; train.txt, validation.txt and test.txt deal them out (a line: path|sentence, or
path|sentence|speaker), and where there are none a hash of each file's name does. Checkpoint, log and TensorBoard events
go into the work folder.

    tf-wavenet train --data_dir=recordings --work_dir=runs/first --preset=small --steps=8000

Keras runs on the backend that KERAS_BACKEND names; unset, on JAX where it is installed (faster here), else TensorFlow.
"""

import dataclasses
import functools
import importlib.util
import json
import os
import pathlib
from collections.abc import Sequence

from absl import flags as absl_flags

from tf_wavenet import commands
from tf_wavenet.commands import options
from tf_wavenet.config import PRESETS, AudioConfig, VoiceConfig, preset
from tf_wavenet.training.config import COMPUTE_DTYPES, TrainingConfig

# One line for each field of TrainingConfig, where types and defaults stand.
HELP = {
    "steps": "Steps of the whole run, those before a resume included.",
    "batch_size": "Crops in one batch.",
    "crop_samples": "Samples in one crop, rounded down to whole frames.",
    "learning_rate": "Adam's learning rate on the plateau.",
    "warmup_steps": "Steps over which the learning rate rises.",
    "decay_fraction": "Last part of the run, over which the learning rate falls to zero.",
    "clip_norm": "Largest norm of the gradient over all tensors.",
    "ema_decay": "Decay per step of the moving average of the weights, which is what speaks; 0 = none.",
    "compute_dtype": "Of activations and products: bfloat16 is mixed precision, for GPUs.",
    "validate_every": "Steps between validations.",
    "checkpoint_every": "Steps between checkpoints.",
    "sample_every": "Steps between audio samples for TensorBoard.",
    "validation_batches": "Batches in one validation.",
    "seed": "Seed of the initial weights and of the crops.",
}


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    absl_flags.DEFINE_string("data_dir", "", "Folder of the recordings.", flag_values=flags)
    absl_flags.DEFINE_string("work_dir", "", "Folder for checkpoint and logs; made if missing.", flag_values=flags)
    absl_flags.DEFINE_enum(
        "preset", None, list(PRESETS), "Network sizes (small, unless --config has them).", flag_values=flags
    )
    absl_flags.DEFINE_string(
        "config", "", 'JSON file of a voice: {"audio": {...}, "model": {...}}, each part optional.', flag_values=flags
    )
    absl_flags.DEFINE_list(
        "speakers", [], "Names as the lists give them (path|sentence|speaker); none = one speaker.", flag_values=flags
    )
    absl_flags.DEFINE_string(
        "initial",
        "",
        "Checkpoint whose weights a new run begins with; of another speaker, or a smaller network.",
        flag_values=flags,
    )
    for field in dataclasses.fields(TrainingConfig):
        if field.name == "compute_dtype":
            define = functools.partial(absl_flags.DEFINE_enum, enum_values=list(COMPUTE_DTYPES))
        else:
            define = absl_flags.DEFINE_integer if field.type is int else absl_flags.DEFINE_float
        define(name=field.name, default=field.default, help=HELP[field.name], flag_values=flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Trains."""
    data_dir, work_dir = options.required(flags, "data_dir"), options.required(flags, "work_dir")
    training = TrainingConfig(**{field.name: flags[field.name].value for field in dataclasses.fields(TrainingConfig)})
    voice = voice_config(flags.config, flags.preset, flags.speakers)
    if not pathlib.Path(data_dir).is_dir():
        raise FileNotFoundError(f"{data_dir}: no such folder of recordings")
    os.environ["KERAS_BACKEND"] = choose_backend()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

    import keras

    from tf_wavenet.training import trainer

    print(f"Keras {keras.__version__} on {keras.backend.backend()}")
    training_run = trainer.Trainer(voice, training, data_dir, work_dir, flags.initial)
    checkpoint = pathlib.Path(work_dir) / trainer.CHECKPOINT
    print(
        f"going on from step {training_run.step} of {checkpoint}" if training_run.step else f"a new run in {work_dir}",
        flush=True,
    )
    bits = training_run.run()
    print(f"{bits:.4f} bits per sample on the validation recordings after {training_run.step} steps")
    print(f"wrote {checkpoint}; next: tf-wavenet export --checkpoint={checkpoint} --output=voice.gguf")


def voice_config(path: str, preset_name: str | None, speakers: Sequence[str] = ()) -> VoiceConfig:
    """Builds the voice's config from a JSON file (or none, ""), a preset's name (or None) and names of speakers.

    Raises:
      FileNotFoundError: if there is no such file.
      UsageError: if both give the network's sizes.
      ValueError: if the file is not JSON, or its values are not a config.
    """
    values = {}
    if path:
        try:
            values = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FileNotFoundError(f"{path}: no such config file") from None
        except ValueError as error:
            raise ValueError(f"{path}: not JSON ({error})") from error
        if not isinstance(values, dict):
            raise ValueError(f"{path}: holds a {type(values).__name__}, must be an object with 'audio' and 'model'")
    if "model" in values and preset_name:
        raise commands.UsageError(f"--preset={preset_name}, but {path} has a 'model' too: give one of them")
    try:
        if "model" not in values:
            audio = values.get("audio", {})
            audio = AudioConfig.from_dict(audio) if isinstance(audio, dict) else audio
            bands = getattr(audio, "mel_bands", AudioConfig.mel_bands)
            model = dataclasses.replace(preset(preset_name or "small"), conditioning_channels=bands)
            values = {**values, "audio": audio, "model": model}
        voice = VoiceConfig.from_dict(values)
        if not speakers:
            return voice
        return dataclasses.replace(voice, model=dataclasses.replace(voice.model, speakers=tuple(speakers)))
    except ValueError as error:
        raise ValueError(f"{path}: {error}" if path else str(error)) from error


def choose_backend() -> str:
    """Returns the Keras backend to train on: KERAS_BACKEND, else an installed one.

    Raises:
      ImportError: if Keras or every backend is missing.
    """
    if importlib.util.find_spec("keras") is None:
        raise ImportError(
            "training needs Keras 3 and a backend: in the clone, pip install '.[train,tensorflow-cpu]' (or jax)"
        )
    if os.environ.get("KERAS_BACKEND"):
        return os.environ["KERAS_BACKEND"]
    for name in ("jax", "tensorflow"):
        if importlib.util.find_spec(name) is not None:
            return name
    raise ImportError("training needs JAX or TensorFlow: pip install jax, or pip install tensorflow-cpu")
