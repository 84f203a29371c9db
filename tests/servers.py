"""Real servers on loopback that misbehave on demand: an SMTP sink and a webhook receiver.

Both take a script of faults, one per message that arrives, and keep what really arrived: the
ledger that tests compare with what the program says it did.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
import warnings
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


@dataclass(frozen=True)
class Received:
    """A mail as it arrived."""

    sender: str
    recipients: tuple[str, ...]
    payload: bytes

    @property
    def mail(self) -> EmailMessage:
        parsed = message_from_bytes(self.payload, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])


class SmtpSink:
    """An SMTP server that takes mail, or does what its script says.

    Script entries, one per message (per RCPT for `rcpt`): "ok"; a reply such as "451 later" given
    after DATA; ("rcpt", "550 unknown") given to RCPT; ("mail", "…") given to MAIL; "cut" takes the
    message and hangs up instead of answering; "drop" hangs up before taking it; "hang" takes it and
    never answers. When the script has run out, `always` decides (None: "ok").
    """

    def __init__(
        self,
        script: Iterable[Any] = (),
        *,
        always: Any = None,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        user: tuple[str, str] | None = None,
        port: int = 0,
        enable_smtputf8: bool = True,
        eight_bit: bool = True,
    ) -> None:
        self.script, self.always = deque(script), always
        self.received: list[Received] = []
        self.connections = 0
        self.arrived = threading.Condition()
        self._user = user
        self._open: list[Any] = []
        sink = self

        class Server(SMTP):
            def connection_made(self, transport: Any) -> None:
                sink.connections += 1
                sink._open.append(transport)
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                super().connection_lost(error)
                with sink.arrived:
                    sink.arrived.notify_all()

        class Sink(Controller):
            def factory(self) -> SMTP:
                with warnings.catch_warnings():
                    # It warns of log-ins without TLS, which is what some tests are about.
                    warnings.simplefilter("ignore", UserWarning)
                    return Server(self.handler, **self.SMTP_kwargs)

        options: dict[str, Any] = {
            "enable_SMTPUTF8": enable_smtputf8 and eight_bit,
            "decode_data": not eight_bit,
            "ident": "sink",
        }
        if starttls is not None:
            options |= {"tls_context": starttls, "require_starttls": True}
        if user is not None:
            options |= {
                "authenticator": self._authenticate,
                "auth_required": True,
                "auth_require_tls": False,
            }
        self._controller = Sink(
            self, hostname="127.0.0.1", port=port or free_port(), ssl_context=tls, **options
        )

    def __enter__(self) -> Self:
        self._controller.start()
        self.connections = 0  # the controller knocks once to see if it is up
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop(no_assert=True)

    @property
    def port(self) -> int:
        return int(self._controller.port)

    def hang_up(self) -> None:
        """End all connections without a word, as a server that was restarted."""
        for transport in self._open:
            self._controller.loop.call_soon_threadsafe(transport.abort)

    @property
    def open_count(self) -> int:
        return sum(not transport.is_closing() for transport in self._open)

    @property
    def mails(self) -> list[EmailMessage]:
        return [each.mail for each in self.received]

    def wait_for(self, count: int, timeout_s: float = 10) -> bool:
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.received) >= count, timeout_s)

    def wait_until_left(self, timeout_s: float = 10) -> bool:
        """Wait until every client has gone: a goodbye is answered a little before it is carried out."""
        with self.arrived:
            return self.arrived.wait_for(lambda: not self.open_count, timeout_s)

    def _next(self) -> Any:
        return self.script.popleft() if self.script else self.always

    def _take(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        with self.arrived:
            self.received.append(
                Received(str(envelope.mail_from), tuple(envelope.rcpt_tos), bytes(content))
            )
            self.arrived.notify_all()

    def _authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: Any, data: Any
    ) -> AuthResult:
        good = self._user and (data.login, data.password) == tuple(
            part.encode() for part in self._user
        )
        return AuthResult(success=bool(good), handled=False)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self.script[0] if self.script else self.always
        if isinstance(fault, tuple) and fault[0] == "mail":
            self._next()
            return str(fault[1])
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self.script[0] if self.script else self.always
        if isinstance(fault, tuple) and fault[0] == "rcpt":
            self._next()
            return str(fault[1])
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        fault = self._next()
        if fault == "drop":
            server.transport.abort()
            return "451 gone"
        if fault in {"cut", "hang"}:
            self._take(envelope)
            if fault == "cut":
                server.transport.abort()
            else:
                await asyncio.Event().wait()
            return "451 gone"
        if fault in {None, "ok"}:
            self._take(envelope)
            return "250 taken"
        return str(fault)


@dataclass(frozen=True)
class Posted:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Answer:
    """What a webhook receiver answers; `cut` reads the request and hangs up without a word."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    hang: bool = False


class WebhookReceiver:
    """An HTTP server that takes POSTs, or answers as its script says (an Answer or a status each)."""

    def __init__(self, script: Iterable[Answer | int] = (), *, always: Answer | int = 204) -> None:
        self.script, self.always = deque(script), always
        self.posted: list[Posted] = []  # everything that arrived, taken or not
        self.taken: list[Posted] = []  # what was answered with 2xx, or cut
        self.arrived = threading.Condition()
        self.let_go = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver._answer(self, Posted(self.path, headers, body))

            do_GET = do_POST  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def wait_for(self, count: int, timeout_s: float = 10) -> bool:
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.taken) >= count, timeout_s)

    def wait_for_post(self, count: int, timeout_s: float = 10) -> bool:
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.posted) >= count, timeout_s)

    def _answer(self, handler: BaseHTTPRequestHandler, posted: Posted) -> None:
        with self.arrived:
            planned = self.script.popleft() if self.script else self.always
            answer = Answer(planned) if isinstance(planned, int) else planned
            self.posted.append(posted)
            if answer.cut or 200 <= answer.status < 300:
                self.taken.append(posted)
            self.arrived.notify_all()
        if answer.hang:
            self.let_go.wait(30)
        if answer.cut or answer.hang:
            handler.close_connection = True
            reset(handler.connection)
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(answer.body)
        handler.close_connection = True


def reset(connection: socket.socket) -> None:
    """Hang up with a reset, as a crashing server does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def free_port() -> int:
    """A port nobody listens on: for servers that can't take 0, and for refused connections."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
