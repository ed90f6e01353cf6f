import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread, Timer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from coaching.adapters.llm.deadlines import Countdown
from coaching.adapters.llm.http_exchange import HttpExchange, open_exchange
from coaching.errors import ModelUnavailable
from coaching.models.cancelling import Cancellation, Cancelled
from tests.support.loopback_server import LoopbackServer, Received, Wire, in_turn


class Echo(LoopbackServer):
    def answer(self, wire: Wire, request: Received) -> None:
        wire.whole(200, f"{request.method} {request.path}".encode(), "Text/Plain; charset=utf-8", Retry_After="3")


class SafeEcho(Echo):
    """The same over TLS, with a certificate that it signed itself for localhost."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.certificate = folder / "certificate.pem"
        key = ec.generate_private_key(ec.SECP256R1())
        self.certificate.write_bytes(_certificate(key) + _private(key))

    def __enter__(self) -> "SafeEcho":
        super().__enter__()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.url = f"https://localhost:{self._http.server_port}"
        return self

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


@pytest.fixture
def server() -> Iterator[Echo]:
    with Echo() as running:
        yield running


def ask(url: str, trust: ssl.SSLContext | None = None, **headers: str) -> HttpExchange:
    countdown = Countdown("the server", 10)
    return open_exchange("POST", url, b'{"a": 1}', countdown, connect=5, first_token=5, headers=headers, trust=trust)


def fails(url: str, trust: ssl.SSLContext | None = None) -> ModelUnavailable:
    with pytest.raises(ModelUnavailable) as failed:
        ask(url, trust)
    return failed.value


def test_sends_headers_and_tells_those_of_the_answer(server: Echo) -> None:
    with ask(f"{server.url}/path", Authorization="Bearer x") as exchange:
        assert (exchange.status, exchange.content_type, exchange.retry_after_seconds) == (200, "text/plain", 3.0)
        assert exchange.body() == b"POST /path"
    assert server.received[0].headers["authorization"] == "Bearer x"
    assert server.received[0].headers["content-type"] == "application/json"


def test_resolves_a_name(server: Echo) -> None:
    with ask(server.url.replace("127.0.0.1", "localhost")) as exchange:
        assert exchange.body() == b"POST /"


@pytest.mark.parametrize(
    "url", ["http://name.invalid:1", "http://xn--\u0378.invalid", "http://" + "a" * 64 + ".invalid"]
)
def test_a_name_that_nobody_has(url: str) -> None:
    assert fails(url).code == "unreachable"


@pytest.mark.parametrize("url", ["http://here:99999999", "http://a b", "http://a\x7f", "http://[::1"])
def test_an_address_that_is_none(url: str) -> None:
    assert fails(url).code == "unreachable"


def test_a_name_that_resolves_too_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, stuck = socket.getaddrinfo, Event()

    def slowly(host: str, port: int, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0) -> object:
        if not flags:
            stuck.wait(30)
        return resolve(host, port, family, type, proto, flags)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    countdown = Countdown("the server", 10)
    with pytest.raises(ModelUnavailable, match=r"a connection within 0\.1 s"):
        open_exchange("GET", "http://localhost:1", None, countdown, connect=0.1, first_token=5)
    stuck.set()


class TestHttps:
    def test_speaks_to_a_server_that_it_trusts(self, tmp_path: Path) -> None:
        with SafeEcho(tmp_path) as server, ask(f"{server.url}/safe", server.trust) as exchange:
            assert exchange.body() == b"POST /safe"

    def test_refuses_a_certificate_that_nobody_vouches_for(self, tmp_path: Path) -> None:
        with SafeEcho(tmp_path) as server:
            assert "certificate" in fails(server.url).message

    def test_refuses_the_certificate_of_another(self, tmp_path: Path) -> None:
        with SafeEcho(tmp_path) as server:
            assert fails(server.url.replace("localhost", "127.0.0.2"), server.trust).code == "unreachable"

    def test_a_server_that_does_not_speak_tls(self, server: Echo) -> None:
        assert fails(server.url.replace("http:", "https:")).code == "unreachable"

    def test_a_handshake_that_hangs(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            countdown = Countdown("the server", 10)
            url = f"https://127.0.0.1:{silent.getsockname()[1]}"
            with pytest.raises(ModelUnavailable, match=r"a connection within 0\.2 s"):
                open_exchange("GET", url, None, countdown, connect=0.2, first_token=5)


def _certificate(key: ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    dated = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    signed = dated.add_extension(names, critical=False).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


class TestCancelling:
    """Whoever waits is woken, and the server sees that its client has left."""

    @pytest.fixture
    def cancellation(self) -> Cancellation:
        return Cancellation()

    def when(self, event: Event, cancellation: Cancellation) -> Thread:
        def cancel() -> None:
            assert event.wait(60)
            cancellation.cancel()

        thread = Thread(target=cancel)
        thread.start()
        return thread

    def asking(self, url: str, cancellation: Cancellation, trust: ssl.SSLContext | None = None) -> HttpExchange:
        countdown = Countdown("the server", 120, cancellation)
        return open_exchange("POST", url, b"{}", countdown, connect=120, first_token=120, trust=trust)

    def test_before_the_answer_begins(self, server: Echo, cancellation: Cancellation) -> None:
        asked, left = Event(), Event()
        server.expect(_silent(asked, left))
        thread = self.when(asked, cancellation)
        with pytest.raises(Cancelled):
            self.asking(server.url, cancellation)
        assert left.wait(60)
        thread.join()

    def test_in_the_middle_of_it(self, server: Echo, cancellation: Cancellation) -> None:
        asked, left = Event(), Event()

        def fault(wire: Wire) -> None:
            wire.head(200)
            wire.chunk(b"first")
            _silent(asked, left)(wire)

        server.expect(fault)
        with self.asking(server.url, cancellation) as exchange:
            pieces = exchange.pieces()
            assert next(pieces) == b"first"
            thread = self.when(asked, cancellation)
            with pytest.raises(Cancelled):
                next(pieces)
        assert left.wait(60)
        thread.join()

    def test_over_tls(self, tmp_path: Path, cancellation: Cancellation) -> None:
        asked = Event()
        with SafeEcho(tmp_path) as server:
            server.expect(in_turn(lambda _: asked.set(), lambda wire: wire.wait(60)))
            thread = self.when(asked, cancellation)
            with pytest.raises(Cancelled):
                self.asking(server.url, cancellation, server.trust)
            thread.join()

    def test_in_the_middle_of_a_handshake(self, cancellation: Cancellation) -> None:
        came = Event()
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def take() -> None:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(1)
                    came.set()
                    connection.settimeout(60)
                    while connection.recv(1024):
                        pass

            taking = Thread(target=take)
            taking.start()
            thread = self.when(came, cancellation)
            url, trust = f"https://127.0.0.1:{listening.getsockname()[1]}", ssl.create_default_context()
            with pytest.raises(Cancelled):
                self.asking(url, cancellation, trust)
            taking.join(60)
            assert not taking.is_alive()
            thread.join()

    @pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse when the queue is full")
    def test_while_nobody_takes_the_connection(self, cancellation: Cancellation) -> None:
        with ExitStack() as stack:
            full = stack.enter_context(socket.socket())
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            for _ in range(4):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(full.getsockname())
            begun = Event()
            thread = self.when(begun, cancellation)
            Timer(0.2, begun.set).start()
            with pytest.raises(Cancelled):
                self.asking(f"http://127.0.0.1:{full.getsockname()[1]}", cancellation)
            thread.join()


def _silent(asked: Event, left: Event) -> Callable[[Wire], None]:
    def fault(wire: Wire) -> None:
        asked.set()
        while not (wire.left() or wire.stopping):
            wire.wait(0.01)
        left.set()

    return fault
