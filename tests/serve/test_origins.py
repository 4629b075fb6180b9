"""Our own page is served, pages of other sites are not."""

import pytest

from tf_wavenet.serve.origins import refusal


@pytest.mark.parametrize(
    "host, origin",
    [
        ("127.0.0.1:8000", None),
        ("127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("localhost:8000", "http://localhost:8000"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("LOCALHOST:8000", "http://localhost:8000"),
        ("studio:8000", "http://studio:8000"),
        ("192.168.1.7:8000", None),
    ],
)
def test_our_own(host, origin):
    assert refusal(host, origin, {"studio"}) is None


@pytest.mark.parametrize(
    "host, origin, message",
    [
        ("evil.example:8000", "http://evil.example:8000", "is not this server"),  # A name that was rebound to us.
        ("evil.example:8000", None, "is not this server"),
        ("127.0.0.1.evil.example", None, "is not this server"),
        (None, None, "is not this server"),
        ("", None, "is not this server"),
        ("127.0.0.1:8000", "http://evil.example", "a page of http://evil.example may not"),
        ("127.0.0.1:8000", "http://127.0.0.1:9000", "may not"),
        ("127.0.0.1:8000", "null", "may not"),  # A page in a sandboxed frame, or a file.
    ],
)
def test_others(host, origin, message):
    assert message in refusal(host, origin, {"studio"})
