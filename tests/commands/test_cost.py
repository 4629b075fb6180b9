"""`tf-wavenet cost`: prints tables, writes the same as JSON, refuses flags that do not go together."""

import dataclasses
import json
import subprocess
import sys

import pytest

from tf_wavenet import cli, native, voices
from tf_wavenet.commands import cost as cost_command
from tf_wavenet.config import PRESETS, WaveNetConfig

PRECISIONS = ["f32", "int16", "int8"]


@pytest.fixture
def cost(capsys, tmp_path):
    """`cost(*flags)` runs the command; returns the rows of its tables and its JSON."""

    def run(*flags):
        target = tmp_path / "cost.json"
        code = cli.main(["cost", *map(str, flags), f"--json={target}"])
        captured = capsys.readouterr()
        assert code == 0, captured.err
        assert captured.out.endswith(f"wrote {target}\n")
        lines = [line for line in captured.out.splitlines() if line[:1] == "|" and line[:2] != "|-"]
        return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines], json.loads(target.read_text())

    return run


def test_presets_without_a_machine(cost):
    rows, content = cost("--nomeasure")
    assert rows[0] == ["model", "Hz", "multiply-adds", "GFLOP/s", "conditioning", "talk", "talk GFLOP/s"]
    assert rows[3] == ["large", "16000", "1,601,536", "51.25", "6,144", "1,507,328", "48.23"]
    assert rows[4] == ["model", "precision", "weights", "streamed", "other", "GB/s", "voice", "state"]
    assert [row[:2] for row in rows[5:]] == [[name, precision] for name in PRESETS for precision in PRECISIONS]
    assert rows[-1] == [
        *("large", "int8", "1,601,536", "1,688,064", "71,270", "28.15", "4,317,952", "262,272"),
    ]
    assert content["machine"] is None and content["cores"] == 1
    assert [model["model"] for model in content["models"]] == list(PRESETS)
    large = content["models"][2]
    assert WaveNetConfig.from_dict(large["config"]) == PRESETS["large"]
    assert large["talk_gflop_per_s"] == pytest.approx(48.234, abs=1e-3)
    assert large["precisions"][1]["streamed_bytes"] == 3_289_600 and large["precisions"][1]["bound"] is None


def test_another_machine(cost):
    rows, content = cost("--preset=large", "--peak=40,80,160", "--bandwidth=20", "--cores=4")
    assert rows[6][2:] == [
        *("G madd/s", "arithmetic us", "GB/s", "stream us", "bound by", "us/sample"),
        *("x real time, 1 core", "x real time, 4 cores"),
    ]
    assert rows[7] == ["large", "f32", "40.0", "40.04", "20.0", "320.96", "stream", "320.96", "0.1947", "0.7789"]
    assert content["machine"] is None
    int8 = content["models"][0]["precisions"][2]
    assert int8["limits"] == {"g_multiply_adds_per_s": 160, "gb_per_s": 20}
    assert int8["bound"]["arithmetic_us"] == pytest.approx(1_601_536 / 160e3)
    assert int8["bound"]["times_real_time_all_cores"] == pytest.approx(4 * int8["bound"]["times_real_time"])


def test_the_talks_machine_has_no_bandwidth(cost):
    rows, _ = cost("--preset=large", "--precisions=f32", "--peak=38.5", "--nomeasure")
    assert rows[-2][-1] == "x real time, 1 core"
    assert rows[-1] == ["large", "f32", "38.5", "41.60", "", "", "arithmetic", "41.60", "1.502"]


def test_this_machine(cost, monkeypatch):
    monkeypatch.setattr(native, "measure_stream", lambda num_bytes, **_: num_bytes / 50e9)
    monkeypatch.setattr(native, "measure_multiply_adds", lambda *_, **__: 1e9)
    rows, content = cost("--preset=small", "--precisions=int8,f32", "--cores=1", "--bandwidth=20")
    assert [row[:7] for row in rows[-2:]] == [
        ["small", "int8", "1.0", "281.60", "20.0", "15.32", "arithmetic"],
        ["small", "f32", "1.0", "281.60", "20.0", "56.57", "arithmetic"],
    ]
    assert content["machine"]["cores"] >= 1
    _, content = cost("--preset=small")
    assert content["cores"] == content["machine"]["cores"]
    assert content["models"][0]["precisions"][0]["limits"] == {
        "g_multiply_adds_per_s": pytest.approx(1),
        "gb_per_s": pytest.approx(50),
    }


def test_a_voice_at_another_rate(cost):
    path = voices.default_voice_path()
    info = native.voice_info(path)
    rows, content = cost(f"--voice={path}", "--rate=24000", "--nomeasure")
    assert rows[1][:4] == [path.stem, "24000", "281,600", "13.52"]
    (step,) = (step for step in content["models"][0]["precisions"] if step["precision"] == info.precision)
    assert (step["streamed_bytes"], step["state_bytes"]) == (info.weight_bytes_per_sample, info.state_bytes)
    assert step["traffic_gb_per_s"] == pytest.approx(24e-6 * step["traffic_bytes"])


def as_json(config):
    return json.loads(json.dumps(config.to_dict()))


def test_a_config_file(cost, tmp_path, tiny_config):
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(tiny_config.to_dict()))
    rows, content = cost(f"--config={path}", "--nomeasure")
    assert rows[1][:3] == ["tiny", "16000", f"{tiny_config.model.weights_per_sample:,}"]
    assert content["models"][0]["config"] == as_json(tiny_config.model)
    assert content["models"][0]["hop_samples"] == tiny_config.audio.hop_samples
    path.write_text(json.dumps({"audio": {"sample_rate_hz": 24000, "hop_samples": 256}}))
    (large,) = cost(f"--config={path}", "--preset=large", "--nomeasure")[1]["models"]
    assert large["config"] == as_json(PRESETS["large"])
    assert (large["sample_rate_hz"], large["hop_samples"]) == (24000, 256)


def test_sizes_by_flags(cost):
    sizes = dict(layers=3, residual_channels=5, skip_channels=17, output_channels=18, dilation_cycle=2)
    sizes |= dict(conditioning_channels=3, conditioning_context=2)
    assert list(sizes) == list(cost_command.SIZES)
    flags = [f"--{name}={value}" for name, value in sizes.items()]
    _, content = cost(*flags, "--hop_samples=7", "--precisions=int8", "--nomeasure")
    (model,) = content["models"]
    assert model["model"] == "3/5/17" and model["hop_samples"] == 7
    assert model["config"] == as_json(WaveNetConfig(**sizes))
    (model,) = cost("--preset=large", "--skip_channels=128", "--nomeasure")[1]["models"]
    assert model["config"] == as_json(dataclasses.replace(PRESETS["large"], skip_channels=128))


def test_samplernn(cost):
    rows, content = cost("--samplernn", "--nomeasure")
    assert rows[1] == ["SampleRNN", "16000", "18,874,368", "603.98", "0", "18,874,368", "603.98"]
    assert content["models"][0]["config"] == {"layers": 3, "width": 1024}
    (model,) = cost("--samplernn", "--layers=2", "--width=512", "--rate=8000", "--nomeasure")[1]["models"]
    assert model["config"] == {"layers": 2, "width": 512} and model["sample_rate_hz"] == 8000
    assert model["precisions"][0]["multiply_adds"] == 2 * 6 * 512**2


def test_another_machine_needs_no_engine(tmp_path):
    code = (
        "import sys; from tf_wavenet import cli; code = cli.main(['cost', '--peak=40', '--bandwidth=20']); "
        "sys.exit(code or any(name in sys.modules for name in ('tensorflow', 'keras', 'tf_wavenet.native')))"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True, cwd=tmp_path, capture_output=True)


@pytest.mark.parametrize(
    "argv, code, message",
    [
        (["--voice=v.gguf", "--preset=small"], 2, "give either --voice or --preset"),
        (["--voice=v.gguf", "--config=c.json"], 2, "give either --voice or --config"),
        (["--width=8"], 2, "--width goes with --samplernn"),
        (["--samplernn", "--preset=small"], 2, "--preset goes without --samplernn"),
        (["--samplernn", "--skip_channels=8"], 2, "--skip_channels goes without --samplernn"),
        (["--samplernn", "--hop_samples=8"], 2, "--hop_samples goes without --samplernn"),
        (["--precisions=f32,f16,bf16"], 2, "no precision is called bf16, f16; there are f32, int16, int8"),
        (["--precisions="], 2, "no precision is called nothing"),
        (["--peak=fast"], 2, "--peak=fast: must be numbers"),
        (["--bandwidth=20,0,1"], 2, "--bandwidth=20,0,1: must be positive and finite"),
        (["--peak=nan"], 2, "--peak=nan: must be positive and finite"),
        (["--peak=1,2"], 2, "--peak has 2 numbers, must have one, or one for each of 3 precisions"),
        (["--rate=0"], 2, "flag --rate=0"),
        (["--cores=0"], 2, "flag --cores=0"),
        (["voice.gguf"], 2, "unexpected argument 'voice.gguf'"),
        (["--layers=0"], 1, "WaveNetConfig.layers is 0"),
        (["--samplernn", "--width=0"], 1, "SampleRNNConfig.width is 0"),
        (["--voice=none.gguf"], 1, "none.gguf: no such voice file"),
        (["--config=none.json"], 1, "none.json: no such config file"),
        (["--json=none/cost.json"], 1, "the folder none does not exist"),
    ],
)
def test_refused(capsys, argv, code, message):
    assert cli.main(["cost", *argv]) == code
    captured = capsys.readouterr()
    assert captured.out == "" and message in captured.err
