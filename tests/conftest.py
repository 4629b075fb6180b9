"""A voice that takes no time: random weights, small enough for every test to speak with it. And a browser."""

import os
import pathlib
import shutil

import dataclasses

import numpy as np
import pytest
import soundfile

from tf_wavenet import spec
from tf_wavenet.config import AudioConfig, VoiceConfig, WaveNetConfig

TINY = VoiceConfig(
    audio=AudioConfig(hop_samples=80, mel_bands=12, fft_size=512, window_samples=320),
    model=WaveNetConfig(layers=4, residual_channels=8, skip_channels=8, dilation_cycle=4, conditioning_channels=12),
)


MEASURED = pytest.StashKey[list]()


@pytest.fixture
def measured(request):
    """`measured(line)` prints `line` at the end of the run, where figures of tests that pass are seen too."""
    return request.config.stash.setdefault(MEASURED, []).append


def pytest_terminal_summary(terminalreporter, config):
    for line in config.stash.get(MEASURED, []):
        terminalreporter.write_line(f"measured: {line}")


@pytest.fixture(scope="session")
def tiny_config():
    return TINY


@pytest.fixture(scope="session")
def tiny_voice(tmp_path_factory):
    """Path of a voice file of `tiny_config`."""
    from tf_wavenet import export

    path = tmp_path_factory.mktemp("voice") / "tiny.gguf"
    export.export_voice(TINY, spec.random_tensors(TINY.model, 0), path, name="tiny")
    return path


SPEAKERS = dataclasses.replace(
    TINY,
    audio=dataclasses.replace(TINY.audio, preemphasis=0.9),
    model=dataclasses.replace(TINY.model, speakers=("anna", "bert", "carl")),
)


def speakers_tensors():
    """Random tensors of `SPEAKERS` whose speakers differ."""
    rng, tensors = np.random.default_rng(5), spec.random_tensors(SPEAKERS.model, 0)
    for name, tensor in tensors.items():
        if name.endswith("cond.bias"):
            tensors[name] = rng.normal(0, 0.5, tensor.shape).astype(np.float32)
    return tensors


@pytest.fixture(scope="session")
def speakers_config():
    return SPEAKERS


@pytest.fixture(scope="session")
def speakers_voice(tmp_path_factory):
    """Path of a voice file of `speakers_config`: three speakers, pre-emphasis, a temperature of its own (0.8)."""
    from tf_wavenet import export

    path = tmp_path_factory.mktemp("voice") / "speakers.gguf"
    export.export_voice(SPEAKERS, speakers_tensors(), path, name="speakers", temperature=0.8)
    return path


@pytest.fixture
def recording(tmp_path):
    """Writes a wav of a tone: `recording(num_samples, rate_hz=16000, channels=1)` returns its path."""

    def write(num_samples, rate_hz=16000, channels=1):
        tone = 0.3 * np.sin(np.arange(num_samples) * (2 * np.pi * 300 / rate_hz))
        path = tmp_path / f"tone_{num_samples}_{rate_hz}_{channels}.wav"
        soundfile.write(path, np.tile(tone[:, None], (1, channels)), rate_hz)
        return path

    return write


BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = (
    "--no-sandbox",  # Which root, as in a container, cannot have.
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


@pytest.fixture(scope="module")
def chromium():
    """The system's Chromium, headless, driven by Playwright (its sync API); skips where either is missing.

    Of a module, not of the session: while it is open, this thread counts as inside an event loop, and `asyncio.run`
    fails.
    """
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no browser is installed ({', '.join(BROWSERS)})")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def screenshots():
    """The folder for pictures of pages that a person may look at: $TF_WAVENET_SCREENSHOTS or build/screenshots."""
    folder = pathlib.Path(os.environ.get("TF_WAVENET_SCREENSHOTS") or "build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
