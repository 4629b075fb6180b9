"""`native.Engine`: whatever its options, the bits of an engine of one thread; and its life, from opening to closing."""

import concurrent.futures
import dataclasses
import gc
import os
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

from tf_wavenet import audio, capi, export, native, spec, voices
from tf_wavenet.training.data import Recording

THREADS = (1, 2, 3, 5)  # More than there may be cores, and numbers that rows do not divide by.
STEPS_AHEAD = (1, 2, 4, 8)
PRECISIONS = ("f32", "int16", "int8")
VOICES = (*(f"tiny-{precision}" for precision in PRECISIONS), *(f"default-{precision}" for precision in PRECISIONS))


@pytest.fixture(scope="module")
def tiny_voices(tiny_config, tmp_path_factory):
    """Paths of voices of `tiny_config`, by their names in VOICES."""
    folder, model = tmp_path_factory.mktemp("voices"), tiny_config.model
    rng, frames = np.random.default_rng(0), 200
    noise = Recording(
        "noise",
        rng.integers(0, model.output_channels, frames * tiny_config.audio.hop_samples, np.int32),
        rng.normal(size=(frames, model.conditioning_channels)).astype(np.float32),
    )
    paths = {}
    for precision in PRECISIONS:
        name = f"tiny-{precision}"
        paths[name] = folder / f"{name}.gguf"
        recordings = {} if precision == "f32" else {"precision": precision, "recordings": [noise]}
        export.export_voice(tiny_config, spec.random_tensors(model, 0), paths[name], name=name, **recordings)
    return paths


@pytest.fixture(scope="module")
def load(tiny_voices):
    """Returns the voice of that name, and features `[6, C]` that it was made for."""

    def load(name):
        if name in tiny_voices:
            voice = native.load_voice(tiny_voices[name])
            return voice, np.random.default_rng(1).normal(size=(6, voice.info.conditioning_channels)).astype(np.float32)
        path = voices.default_voice_path(name.removeprefix("default-"))
        features = export.read_config(path).audio
        speech = audio.read_wav(sorted(voices.test_sentences())[0], features.sample_rate_hz)
        return native.load_voice(path), audio.log_mel(speech, features)[60:66]

    return load


@pytest.fixture(scope="module")
def voice(load):
    return load("tiny-int16")[0]


@pytest.fixture(scope="module")
def mel(load):
    return load("tiny-int16")[1]


def assert_same_bits(found, wanted):
    for field in dataclasses.fields(wanted):
        left, right = getattr(found, field.name), getattr(wanted, field.name)
        assert (left is None) == (right is None), field.name
        if right is not None:
            assert left.dtype == right.dtype
            np.testing.assert_array_equal(left.view(np.uint8), right.view(np.uint8), err_msg=field.name)


@pytest.mark.parametrize("num_threads", THREADS)
@pytest.mark.parametrize("schedule", native.SCHEDULES)
@pytest.mark.parametrize("name", VOICES)
def test_every_schedule_gives_the_bits_of_one_thread(load, name, schedule, num_threads):
    voice, mel = load(name)
    with native.Engine(voice, num_threads=1, steps_ahead=1, schedule="single") as engine:
        wanted = engine.generate(mel, seed=3, return_logits=True)
    assert np.unique(wanted.samples).size > 8  # It speaks, and does not hum.
    for steps_ahead in STEPS_AHEAD:
        with native.Engine(voice, num_threads=num_threads, schedule=schedule, steps_ahead=steps_ahead) as engine:
            assert_same_bits(engine.generate(mel, seed=3, return_logits=True), wanted)


@pytest.mark.parametrize("num_threads", THREADS)
@pytest.mark.parametrize("max_lanes", [1, 3, 8])
@pytest.mark.parametrize("schedule", ["", *native.SCHEDULES])
@pytest.mark.parametrize("name", ["tiny-f32", "tiny-int8"])
def test_utterances_of_a_batch_are_as_if_alone(load, name, schedule, max_lanes, num_threads):
    voice, mel = load(name)
    num_frames, seeds = [6, 1, 0, 3, 6, 2, 5, 4, 6, 1, 3], np.arange(11) - 4
    temperatures = np.linspace(0.5, 1.5, 11)
    with native.Engine(voice, num_threads=num_threads, schedule=schedule, max_lanes=max_lanes) as engine:
        batch = engine.generate(
            np.tile(mel, (11, 1, 1)), num_frames=num_frames, seed=seeds, temperature=temperatures, return_logits=True
        )
    with native.Engine(voice, num_threads=1) as engine:
        for row, frames in enumerate(num_frames):
            alone = engine.generate(mel[:frames], seed=seeds[row], temperature=temperatures[row], return_logits=True)
            end = frames * voice.info.hop_samples
            found = native.Generated(
                batch.samples[row : row + 1, :end], batch.state[row : row + 1], batch.logits[row : row + 1, :end]
            )
            assert_same_bits(found, alone)
            assert (batch.samples[row, end:] == voice.info.silence_level).all()
            assert not batch.logits[row, end:].any()
    assert len({batch.samples[row].tobytes() for row in (0, 4, 8)}) == 3  # Equal but for seeds and temperatures.


def test_each_utterance_has_its_temperature(voice, mel):
    batch = native.generate(voice, np.stack([mel, mel]), temperature=[0.5, 1.5])
    for row, temperature in enumerate([0.5, 1.5]):
        assert np.array_equal(batch.samples[row], native.generate(voice, mel, temperature=temperature).samples[0])
    assert not np.array_equal(batch.samples[0], batch.samples[1])
    with pytest.raises(ValueError, match=r"temperature\[1\] is 0, must be positive and finite"):
        native.generate(voice, np.stack([mel, mel]), temperature=[1, 0])


@pytest.mark.parametrize("schedule", native.SCHEDULES)
@pytest.mark.parametrize("name", VOICES)
def test_chunks_equal_the_whole(load, name, schedule):
    voice, mel = load(name)
    with native.Engine(voice, num_threads=1) as engine:
        wanted = engine.generate(mel, seed=9, return_logits=True)
    chunks, state = [], None
    with native.Engine(voice, num_threads=3, schedule=schedule) as engine:
        for begin, end in ((0, 1), (1, 2), (2, 2), (2, 5), (5, 6)):
            ahead = min(voice.info.lookahead_frames, len(mel) - end)
            chunk = engine.generate(
                mel[begin : end + ahead], lookahead_frames=ahead, seed=9, state=state, return_logits=True
            )
            state = chunk.state
            chunks.append(chunk)
    samples, logits = (np.concatenate([getattr(c, name) for c in chunks], axis=1) for name in ("samples", "logits"))
    assert_same_bits(native.Generated(samples, state, logits), wanted)


@pytest.mark.parametrize("schedule", native.SCHEDULES)
def test_scores_and_traces_are_those_of_one_thread(voice, mel, schedule):
    batch = np.stack([mel, mel[::-1]])
    samples = native.generate(voice, batch, seed=[1, 2]).samples
    options = {"seed": [3, 4], "temperature": [0.7, 1.3], "return_all": True, "return_draws": True}
    with native.Engine(voice, num_threads=1) as engine:
        scored = engine.score(batch, samples, **options)
        traced = engine.generate(batch, return_trace=True, return_logits=True)
    with native.Engine(voice, num_threads=3, schedule=schedule) as engine:
        assert_same_bits(engine.score(batch, samples, **options), scored)
        assert_same_bits(engine.generate(batch, return_trace=True, return_logits=True), traced)


def test_calls_of_all_kinds_follow_each_other(voice, mel):
    """Each makes the engine plan anew, and leaves nothing behind that the next one sees."""
    batches = [np.tile(mel, (size, 1, 1)) for size in (1, 7, 2, 1, 16)]
    with native.Engine(voice, num_threads=2, schedule="trail") as engine:
        for batch in batches * 2:
            assert_same_bits(engine.generate(batch, seed=5), native.generate(voice, batch, seed=5, num_threads=1))
            with pytest.raises(ValueError, match="conditioning"):
                engine.generate(batch * np.nan)


@pytest.mark.parametrize("num_threads", [1, 2, 3])
def test_python_threads_take_turns(voice, mel, num_threads):
    wanted = [native.generate(voice, mel, seed=seed, num_threads=1) for seed in range(16)]
    with (
        native.Engine(voice, num_threads=num_threads, schedule="overlay") as engine,
        concurrent.futures.ThreadPoolExecutor(4) as executor,
    ):
        for found, alone in zip(executor.map(lambda seed: engine.generate(mel, seed=seed), range(16)), wanted):
            assert_same_bits(found, alone)


def test_module_functions_are_an_engine_s(voice, mel):
    samples = native.generate(voice, mel, seed=1)
    with native.Engine(voice) as engine:
        assert_same_bits(engine.generate(mel, seed=1), samples)
        assert_same_bits(engine.score(mel, samples.samples), native.score(voice, mel, samples.samples))


@pytest.mark.parametrize("isa", native.available_isas())
@pytest.mark.parametrize("nonlinearities", native.NONLINEARITIES)
def test_isa_and_nonlinearities_reach_the_engine(voice, mel, isa, nonlinearities):
    wanted = native.generate(voice, mel, nonlinearities=nonlinearities, isa="scalar", return_logits=True)
    with native.Engine(voice, isa=isa, nonlinearities=nonlinearities, pin=False) as engine:
        found = engine.generate(mel, return_logits=True)
    assert_same_bits(found, wanted)
    own = native.generate(voice, mel, return_logits=True)
    assert np.array_equal(found.logits, own.logits) == (nonlinearities == "fixed")


@pytest.mark.parametrize(
    "options, batch, plan",
    [
        ({"num_threads": 1}, 1, ("single", 1, 1, 1)),
        ({"num_threads": 1}, 5, ("single", 1, 1, 5)),
        ({"num_threads": 1, "max_lanes": 3}, 5, ("single", 1, 1, 3)),
        ({"num_threads": 2, "schedule": "single"}, 5, ("single", 2, 1, 3)),
        ({"num_threads": 3, "schedule": "split"}, 1, ("split", 1, 3, 1)),
        ({"num_threads": 3, "schedule": "overlay", "max_lanes": 4}, 12, ("overlay", 1, 3, 4)),
        ({"num_threads": 2, "schedule": "trail", "max_lanes": 64}, 50, ("trail", 1, 2, 50)),
    ],
)
def test_plans_follow_the_options(voice, options, batch, plan):
    with native.Engine(voice, **options) as engine:
        assert engine.plan(batch) == native.Plan(*plan)


@pytest.mark.parametrize("batch", [1, 2, 3, 8, 100])
@pytest.mark.parametrize("num_threads", [0, 1, 2, 4])
def test_plans_that_are_left_to_the_engine(voice, num_threads, batch):
    with native.Engine(voice, num_threads=num_threads, schedule="overlay") as engine:
        plan = engine.plan(batch)
    assert plan.schedule in native.SCHEDULES
    assert 1 <= plan.teams * plan.threads <= (num_threads or len(os.sched_getaffinity(0)))
    assert plan.teams <= batch and plan.lanes <= batch
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.teams = 2


@pytest.mark.parametrize(
    "batch, message",
    [(0, "batch is 0"), (-1, "batch is -1"), (1 << 31, "batch spans"), (1.0, "batch is float64, must be integers")],
)
def test_plans_of_no_batch(voice, batch, message):
    with native.Engine(voice) as engine, pytest.raises(ValueError, match=message):
        engine.plan(batch)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"num_threads": -1}, "num_threads is -1, must be in 0..256"),
        ({"num_threads": 257}, "num_threads is 257, must be in 0..256"),
        ({"num_threads": 1.5}, "num_threads is float64, must be integers"),
        ({"schedule": "solo"}, "schedule is 'solo', must be empty or one of single,split,overlay,trail"),
        ({"schedule": None}, "schedule is None, must be a str: single, split, overlay, trail or empty for the best"),
        ({"steps_ahead": 3}, "steps_ahead is 3, must be 0 or a power of two up to 64"),
        ({"steps_ahead": 128}, "steps_ahead is 128, must"),
        ({"steps_ahead": -2}, "steps_ahead is -2, must"),
        ({"steps_ahead": 1 << 32}, "steps_ahead spans"),
        ({"max_lanes": 65}, "max_lanes is 65, must be in 0..64"),
        ({"max_lanes": [1]}, r"max_lanes has shape \[1\], must be one integer"),
        ({"isa": "sse9"}, "isa is 'sse9'"),
        ({"nonlinearities": "cubic"}, "nonlinearities is 'cubic'"),
    ],
)
def test_wrong_options_are_refused(voice, options, message):
    with pytest.raises(ValueError, match=message):
        native.Engine(voice, **options)


def test_wrong_voices_are_refused(tiny_voice, tmp_path):
    with pytest.raises(FileNotFoundError, match="none.gguf: no such voice file"):
        native.Engine(tmp_path / "none.gguf")
    with pytest.raises(ValueError, match="truncated"):
        native.Engine(tiny_voice.read_bytes()[:-64])


def test_it_tells_what_it_speaks_with(tiny_voice, voice):
    with native.Engine(voice) as engine:
        assert engine.voice is voice and engine.info is voice.info
    with native.Engine(tiny_voice) as engine:
        assert engine.info == native.voice_info(tiny_voice)
    assert engine.info == native.voice_info(tiny_voice)  # Closed, it still does.


def test_a_closed_engine_says_so(voice, mel):
    with native.Engine(voice, num_threads=2, schedule="trail") as engine:
        samples = engine.generate(mel).samples
    engine.close()
    for call in (lambda: engine.generate(mel), lambda: engine.score(mel, samples), engine.plan):
        with pytest.raises(RuntimeError, match="^the engine is closed$"):
            call()


def test_an_exception_closes_it(voice):
    with pytest.raises(KeyError), native.Engine(voice) as engine:
        raise KeyError
    with pytest.raises(RuntimeError, match="closed"):
        engine.plan()


def test_closing_takes_no_engine_away_from_a_call(voice, mel, monkeypatch):
    long, entered, call = np.tile(mel, (50, 1)), threading.Event(), capi.call
    wanted = native.generate(voice, long, num_threads=1)

    def announced(function, *arguments):
        if function == "tfwn_generate":
            entered.set()
        call(function, *arguments)

    monkeypatch.setattr(capi, "call", announced)
    engine = native.Engine(voice, num_threads=2, schedule="trail")
    with concurrent.futures.ThreadPoolExecutor(4) as executor:
        first = executor.submit(engine.generate, long)
        entered.wait()
        others = [executor.submit(engine.generate, long) for _ in range(3)]
        engine.close()
        assert_same_bits(first.result(), wanted)
        for other in others:
            error = other.exception()
            if error is None:
                assert_same_bits(other.result(), wanted)
            else:  # It came too late.
                assert str(error) == "the engine is closed"


def threads_of_this_process():
    return set(os.listdir("/proc/self/task"))


@pytest.mark.parametrize("end", ["close", "garbage"])
def test_its_threads_end_with_it(voice, mel, end):
    before = threads_of_this_process()
    engine = native.Engine(voice, num_threads=5, schedule="split")
    engine.generate(mel)
    started = threads_of_this_process() - before
    assert len(started) == 5
    if end == "close":
        engine.close()
    else:
        del engine
    for _ in range(1000):  # The system may take a moment to strike an ended thread off its list.
        if not started & threads_of_this_process():
            return
        time.sleep(0.01)
    pytest.fail("its threads are still there")


def test_it_keeps_its_voice(tiny_voice, mel):
    wanted = native.generate(tiny_voice, mel, num_threads=1)
    engines = [native.Engine(tiny_voice.read_bytes(), num_threads=2, schedule="trail") for _ in range(4)]
    gc.collect()
    filled = [bytearray(b"\xff" * tiny_voice.stat().st_size) for _ in range(8)]  # Would lie where a freed voice was.
    for engine in engines:
        assert_same_bits(engine.generate(mel), wanted)
    del filled


def run_python(script, folder, *arguments):
    """Runs a script in a process of its own; not in the clone, whose package is not built."""
    argv = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=100)


def test_a_forked_process_opens_its_own(tiny_voice, tmp_path):
    script = """
        import os, sys
        import numpy as np
        from tf_wavenet import native

        path, mel = sys.argv[1], np.ones((3, 12), np.float32)
        wanted = native.generate(path, mel).samples
        engine, single = native.Engine(path, num_threads=2, schedule="trail"), native.Engine(path, num_threads=1)
        assert np.array_equal(engine.generate(mel).samples, wanted)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for call in (lambda: engine.generate(mel), lambda: engine.score(mel, wanted)):
                    try:
                        call()
                    except RuntimeError as error:
                        print(error, flush=True)
                assert np.array_equal(single.generate(mel).samples, wanted)
                engine.close()
                with native.Engine(path, num_threads=2, schedule="trail") as other:
                    assert np.array_equal(other.generate(mel).samples, wanted)
                code = 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert np.array_equal(engine.generate(mel).samples, wanted)
        print(os.getpid(), child)
    """
    process = run_python(script, tmp_path, tiny_voice)
    assert process.returncode == 0, process.stderr
    *errors, pids = process.stdout.splitlines()
    parent, child = pids.split()
    message = (
        f"the engine's threads are those of process {parent}, which forked off this one ({child}): open an engine here"
    )
    assert errors == [message, message]


@pytest.mark.parametrize("how", ["open", "daemon thread in a call", "in a cycle"])
def test_a_process_may_end_with_an_engine_open(tiny_voice, tmp_path, how):
    script = """
        import sys, threading
        import numpy as np
        from tf_wavenet import native

        path, how, mel = *sys.argv[1:], np.ones((2000, 12), np.float32)
        engine = native.Engine(path, num_threads=2, schedule="trail")
        engine.generate(mel[:1])
        if how == "in a cycle":
            cycle = [engine]
            cycle.append(cycle)
            del engine, cycle
        if how == "daemon thread in a call":
            begun = threading.Event()
            threading.Thread(target=lambda: [begun.set(), engine.generate(mel)], daemon=True).start()
            begun.wait()
    """
    process = run_python(script, tmp_path, tiny_voice, how)
    assert (process.returncode, process.stderr) == (0, "")
