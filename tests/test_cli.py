"""The dispatcher: help, what a wrong command line gets, exit codes."""

import subprocess
import sys

import pytest

from tf_wavenet import cli, commands


def run(capsys, *argv):
    code = cli.main(argv)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    return code, captured.out, captured.err


def test_help_lists_every_command(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for name, command in commands.COMMANDS.items():
        assert f"  {name} " in out and command.summary in out
    code, without_arguments, _ = run(capsys)
    assert (code, without_arguments) == (2, out)


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_help_of_a_command(capsys, name):
    code, out, _ = run(capsys, name, "--help")
    assert code == 0
    assert out.startswith(f"usage: tf-wavenet {name}") and "--[no]verbose" in out


def test_help_is_quick(tmp_path):
    """No command needs TensorFlow, Keras or librosa to explain itself."""
    script = (
        "import sys; from tf_wavenet import cli, commands\n"
        "for name in commands.COMMANDS: cli.main([name, '--help'])\n"
        "print(sorted({'tensorflow', 'keras', 'jax', 'librosa', 'matplotlib'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stderr.strip() == "[]"


def test_version(capsys):
    import tf_wavenet

    assert run(capsys, "--version") == (0, f"tf-wavenet {tf_wavenet.__version__}\n", "")


@pytest.mark.parametrize(
    "argv, message",
    [
        (["sythesize"], "unknown command: 'sythesize'; did you mean 'synthesize'?"),
        (["zzz"], "unknown command: 'zzz' ("),
        (["--seed=3", "synthesize"], "flag before the command: '--seed=3'"),
        (["synthesize", "--sed=3"], "synthesize: Unknown command line flag 'sed'. Did you mean: seed ?"),
        (["synthesize", "--seed=x"], "flag --seed=x"),
        (["synthesize", "--isa=neon"], "flag --isa=neon: value should be one of"),
        (["demo", "--num_threads=99999999999"], "99999999999 is not an integer in the range [0, 256]"),
        (["synthesize", "--num_threads=257"], "flag --num_threads=257: "),
        (["evaluate", "--num_threads=-1"], "flag --num_threads=-1: "),
        (["bench", "in.wav"], "unexpected argument 'in.wav'"),
        (["synthesize", "in.wav", "--output=out.wav", "--input=in.wav"], "give either --input"),
        (["synthesize", "in.wav", "--output=out.wav", "--mel=m.npy"], "give either --input"),
        (["synthesize", "in.wav"], "--output is missing (a wav file; for several inputs --output_dir)"),
        (["synthesize", "in.wav", "--output=out.wav", "--output_dir=out"], "--output or --output_dir, not both"),
        (["synthesize", "a.wav", "b.wav", "--output=out.wav"], "--output takes one file, 2 inputs must go to"),
        (["synthesize", ".", "--output=out.wav"], "--output takes one file, ., a folder, must go to --output_dir"),
        (["synthesize", "in.wav", "--output_dir=out", "--batch_size=0"], "flag --batch_size=0"),
        (["synthesize", "--output=out.wav"], "give either --input"),
        (["synthesize", "--input=in.wav", "--mel=m.npy"], "give either --input"),
        (["synthesize", "--input=in.wav"], "--output is missing"),
        (["export", "--output=voice.gguf"], "--checkpoint is missing"),
        (["train", "--work_dir=run"], "--data_dir is missing"),
        (["info", "voice.gguf", "--voice=other.gguf"], "info: give 'voice.gguf' or --voice, not both"),
        (["evaluate", "--limit=-1"], "flag --limit=-1"),
    ],
)
def test_wrong_command_lines(capsys, argv, message):
    code, out, err = run(capsys, *argv)
    assert (code, out) == (2, "")
    assert err.startswith("tf-wavenet: error: ") and message in err


def test_failures_are_one_line_unless_verbose(capsys, tmp_path):
    argv = ["info", str(tmp_path / "none.gguf")]
    code, out, err = run(capsys, *argv)
    assert (code, out) == (1, "")
    assert err.startswith(f"tf-wavenet: error: {argv[1]}: no such voice file; packaged voices are default-int16, ")
    assert cli.main([*argv, "--verbose"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_interrupt(capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "run", interrupted)
    assert run(capsys, "info") == (130, "", "tf-wavenet: interrupted\n")


def test_reader_that_leaves_early_gets_no_traceback(tmp_path):
    script = "import sys; from tf_wavenet import cli; sys.stdin.readline(); sys.exit(cli.main(['train', '--help']))"
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    process = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, **pipes)
    process.stdout.close()
    _, err = process.communicate(b"go\n")
    assert (process.returncode, err) == (1, b"")
