"""Where a post may lead: names that turn out to be private, names that change, certificates."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from backend.services import posting
from backend.services.posting import Answer, post_signed
from tests.support.receivers import Receiver, receiver

NOW = 1_772_413_323


def post(url: str, *, to_private: bool = True, seconds: float = 5.0) -> Answer:
    return post_signed(url, b"k" * 32, "message-1", b'{"id":1}', NOW, to_private=to_private, seconds=seconds)


def port_of(kept: Receiver) -> str:
    return kept.url.rsplit(":", 1)[1].split("/")[0]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "LOCALHOST", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
        "0.0.0.0",  # noqa: S104
        "[::1]", "[::ffff:127.0.0.1]", "[::]", "localhost.",
    ],
)  # fmt: skip
def test_our_own_machine_is_not_sent_to_however_it_is_called(there: Receiver, host: str) -> None:
    answer = post(f"http://{host}:{port_of(there)}/x", to_private=False)
    assert answer.status is None
    assert answer.text.startswith("not ")
    assert there.received == []


def test_without_that_rule_the_same_names_do_lead_here(there: Receiver) -> None:
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433"):
        assert post(f"http://{host}:{port_of(there)}/x?y=1#".rstrip("#")) == Answer(204, "HTTP 204")
    assert [one.path for one in there.received] == ["/x?y=1"] * 4
    assert there.received[1].headers["Host"] == f"localhost:{port_of(there)}"


def names(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[list[str]]]) -> list[str]:
    """Has names stand for addresses, another list at each look-up; the names looked up so far."""
    real, asked = socket.getaddrinfo, []

    def look_up(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host not in answers:
            return real(host, port, *rest, **named)
        asked.append(host)
        found = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_is_looked_up_once_and_connected_to_where_it_was_checked(
    there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver(host="127.0.0.2", port=int(port_of(there))) as other:
        asked = names(monkeypatch, {"changing.example": [["127.0.0.2"], ["127.0.0.1"]]})
        assert post(f"http://changing.example:{port_of(there)}/").is_taken
        assert asked == ["changing.example"]
        assert (len(other.received), len(there.received)) == (1, 0)


def test_a_name_of_which_one_address_is_private_is_not_sent_to(
    there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, {"mixed.example": [["127.0.0.1", "93.184.215.14"]], "metadata.example": [["169.254.169.254"]]})
    for host in ("mixed.example", "metadata.example"):
        answer = post(f"http://{host}:{port_of(there)}/", to_private=False)
        assert answer == Answer(None, f"not sent: {host} is no address of the open internet")
    assert there.received == []


def test_the_next_address_of_a_name_is_tried_where_the_first_is_closed(
    there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, {"two.example": [["127.0.0.3", "127.0.0.1"]]})
    assert post(f"http://two.example:{port_of(there)}/").is_taken


def test_a_proxy_of_the_environment_is_not_used(there: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert post(there.url).is_taken
        assert (len(proxy.received), len(there.received)) == (0, 1)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for localhost with its key, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine to make a certificate with")
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", str(key), "-out", str(made)], check=True, capture_output=True)
    made.write_text(made.read_text() + key.read_text())
    return made


def test_a_certificate_is_checked_for_the_name_though_an_address_is_connected_to(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def secured(server: Any) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    with receiver(prepare=secured) as there:
        port = port_of(there)
        posting._trusted.cache_clear()
        assert post(f"https://localhost:{port}/").text.startswith("not connected: certificate: self-signed")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        posting._trusted.cache_clear()
        try:
            assert post(f"https://localhost:{port}/") == Answer(204, "HTTP 204")
            assert post(f"https://127.0.0.1:{port}/").text.startswith("not connected: certificate: IP address mismatch")
        finally:
            posting._trusted.cache_clear()
        assert len(there.received) == 1
