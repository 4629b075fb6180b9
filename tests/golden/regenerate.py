"""Makes tests/golden/integer_voices.npz anew: what the shipped integer voices say to a test sentence.

    python tests/golden/regenerate.py

Only when a voice or the numbers of the engine were changed on purpose. The conditioning is stored, not computed by the
test: mel features may differ in their last bits between machines. It is rounded to 1/256 so that the file stays small.
"""

import hashlib
import pathlib

import numpy as np

from tf_wavenet import audio, export, native, voices

SEED = 5
FRAMES = 100  # Of 200 samples: 20,000.
GOLDEN = pathlib.Path(__file__).with_name("integer_voices.npz")


def main() -> None:
    config = export.read_config(voices.default_voice_path())
    waveform = audio.read_wav(sorted(voices.test_sentences())[0], config.audio.sample_rate_hz)
    mel = np.round(256 * audio.log_mel(waveform, config.audio)[40 : 40 + FRAMES]) / 256
    content = {"conditioning_256ths": (256 * mel).astype(np.int16), "seed": SEED}
    for precision in ("int16", "int8"):
        samples = native.generate(
            voices.default_voice_path(precision), mel.astype(np.float32), seed=SEED, temperature=1.0
        ).samples[0]
        content[f"{precision}_sha256"] = hashlib.sha256(samples.astype("<i4").tobytes()).hexdigest()
        print(f"{precision}: {samples.size} samples, sha256 {content[f'{precision}_sha256']}")
    np.savez_compressed(GOLDEN, **content)


if __name__ == "__main__":
    main()
