"""The command: it starts, tells where, ends when told; wrong command lines and missing packages are explained."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request


from tf_wavenet import cli


def test_it_serves_until_it_is_told_to_end(tiny_voice, tmp_path):
    command = [sys.executable, "-m", "tf_wavenet.cli", "serve", str(tiny_voice), "--port=0", "--max_seconds=7"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    try:
        url = re.fullmatch(r"serving tiny at (http://127\.0\.0\.1:\d+/) .*\n", process.stdout.readline())[1]
        with urllib.request.urlopen(f"{url}api/library") as answer:
            library = json.load(answer)
        assert [voice["name"] for voice in library["voices"]] == ["tiny"]
        assert library["limits"]["max_seconds"] == 7 and len(library["sentences"]) > 5
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "ended\n", "")
    finally:
        process.kill()


def refused(capsys, *argv):
    code = cli.main(["serve", *argv])
    return code, capsys.readouterr().err


def test_voices_are_given_in_one_way(capsys, tiny_voice):
    code, err = refused(capsys, str(tiny_voice), f"--voices={tiny_voice}")
    assert code == 2 and "give voices by --voices or without a flag, not both" in err


def test_a_voice_that_is_not_there(capsys):
    code, err = refused(capsys, "nowhere.gguf")
    assert code == 1 and "nowhere.gguf: no such voice file" in err


def test_an_address_that_is_taken(capsys, tiny_voice):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, err = refused(capsys, str(tiny_voice), f"--port={taken.getsockname()[1]}")
    assert code == 1 and "Address already in use" in err


def test_without_the_server_library(capsys, monkeypatch, tiny_voice):
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    code, err = refused(capsys, str(tiny_voice))
    assert code == 1 and "serve needs aiohttp: pip install 'tf-wavenet[serve]'" in err
