"""Speaks a test sentence through the TensorFlow op, and writes original, synthesis and a picture of both.

    tf-wavenet demo
    tf-wavenet demo --sentence=3 --output_dir=demo_output

The features of the recording (log-mel frames) are all that the voice gets; the waveform it makes up by itself.
"""

import importlib.util
import pathlib
import time

from absl import flags as absl_flags

from tf_wavenet.commands import options

TIMED_RUNS = 3


def define_flags(flags: absl_flags.FlagValues) -> None:
    """Defines the flags of this command."""
    options.define_voice(flags)
    absl_flags.DEFINE_integer("sentence", 1, "Which of the packaged test sentences, from 1.", flag_values=flags)
    absl_flags.DEFINE_string("output_dir", "demo_output", "Folder to write into; made if missing.", flag_values=flags)
    options.define_generation(flags)


def run(flags: absl_flags.FlagValues, arguments: list[str]) -> None:
    """Speaks, draws, prints timings."""
    path, generation = options.voice_path(flags), options.generation_arguments(flags)
    options.quiet_tensorflow()

    from tf_wavenet import audio, evaluation
    from tf_wavenet.export import read_config

    sentences = evaluation.shipped_sentences()
    if not 1 <= flags.sentence <= len(sentences):
        raise ValueError(f"sentence is {flags.sentence}, must be in [1, {len(sentences)}]")
    sentence = sentences[flags.sentence - 1]
    output_dir = pathlib.Path(flags.output_dir)
    output_dir.mkdir(parents=True, exist_ok=True)
    original_wav, synthesis_wav, picture = (
        options.output_file(output_dir / name) for name in ("original.wav", "synthesis.wav", "spectrograms.png")
    )

    config = read_config(path)
    rate_hz = config.audio.sample_rate_hz
    original = audio.read_wav(sentence.path, rate_hz)
    gain = audio.loudness.gain(original, config.audio)
    mel = audio.log_mel(original * gain, config.audio)
    print(f'"{sentence.text}"')
    print(f"{original.size / rate_hz:.2f} s, {len(mel)} frames of {config.audio.mel_bands} mel bands")

    waveform, seconds = speak(path, mel, generation)
    waveform = waveform[: original.size] / gain  # As loud as the original.
    audio.write_wav(original_wav, original, rate_hz)
    audio.write_wav(synthesis_wav, waveform, rate_hz)
    print(f"wrote {synthesis_wav} (and {original_wav.name} beside it)")
    if importlib.util.find_spec("matplotlib") is None:
        print("no picture: matplotlib is missing (in the clone, pip install '.[plot]')")
    else:
        from tf_wavenet.evaluation.spectrogram import draw_spectrograms

        draw_spectrograms(picture, {"original": original, f"synthesis ({path.name})": waveform}, rate_hz)
        print(f"wrote {picture}")
    print(f"the op: {seconds:.3f} s, {len(mel) * config.audio.hop_samples / rate_hz / seconds:.2f} times real time "
          f"(median of {TIMED_RUNS} runs, {generation['isa']})")  # fmt: skip
    if importlib.util.find_spec("pystoi") is None:
        print("no STOI: pystoi is missing (in the clone, pip install '.[evaluate]')")
    else:
        print(f"STOI against the original: {evaluation.stoi(original, waveform, rate_hz):.3f}")
    print(
        "next: 'tf-wavenet bench --ladder' times it against plain TensorFlow, 'tf-wavenet evaluate' measures all "
        "sentences"
    )


def speak(path: pathlib.Path, mel, generation: dict):
    """Speaks `mel`, float32 `[F, C]`, through the op in a `tf.function`, as a program would.

    Returns:
      float32 audio `[F * hop_samples]`, and the median seconds of a run once the graph is built.

    Raises:
      ValueError, RuntimeError: as `native.generate`.
      ImportError: if TensorFlow is missing.
    """
    import tf_wavenet
    from tf_wavenet import synthesis
    from tf_wavenet.ops.library import import_tensorflow

    tf = import_tensorflow()
    print(f"speaking through TfWavenet>FastWaveNetInference in TensorFlow {tf.__version__}", flush=True)
    voice = tf.constant(tf_wavenet.load_voice(path).data)
    speak_once = lambda conditioning: tf_wavenet.generate(voice, conditioning, **generation).audio
    generate = tf.function(speak_once, autograph=False)
    conditioning = tf.constant(mel)
    seconds = []
    with synthesis.op_errors(tf):
        waveform = generate(conditioning).numpy()[0]
        for _ in range(TIMED_RUNS):
            started = time.perf_counter()
            generate(conditioning).numpy()
            seconds.append(time.perf_counter() - started)
    return waveform, sorted(seconds)[TIMED_RUNS // 2]
