"""Send mail: smtplib in a thread of its own, over one connection for as long as there is mail.

A thread per channel, not the event loop's shared ones: a server that hangs holds up nobody else.
Only an answer to RCPT or to the message itself speaks about the recipient; whatever a server says
before that (greeting, log-in, sender) is about us or about it, and is tried again.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes, policy
from email.utils import parseaddr
from typing import NamedTuple

from alerts.notify import Tools, refused, taken
from alerts.thread import OwnThread
from wirewatch.errors import DeliveryError
from wirewatch.log import Scrubber
from wirewatch.model import Delivery, EmailChannel, Owed

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")


class SmtpNotifier:
    """Mail to the server of one channel."""

    def __init__(self, channel: EmailChannel, tools: Tools) -> None:
        self._channel = channel
        self._tls = tools.tls
        self._hostname = tools.hostname
        self._scrub = Scrubber(filter(None, (channel.password,)))
        self._smtp: smtplib.SMTP | None = None
        self._thread = OwnThread(f"smtp-{channel.name}")

    async def send(self, owed: Owed, *, now: datetime) -> Delivery:
        """Send one message to its one recipient."""
        return await self._thread.run(lambda: self._send(owed, now))

    async def log_in(self) -> str:
        """Connect and log in as for a message; return how, sending nothing.

        Raises:
            OSError, smtplib.SMTPException: The server can't be reached, or doesn't want us.
        """
        await self._thread.run(self._connected)
        await self.rest()
        how = {"tls": "over TLS", "starttls": "with STARTTLS", "none": "unencrypted"}
        user = f", logged in as {self._channel.user}" if self._channel.user else ""
        return f"{self._channel.host}:{self._channel.port} {how[self._channel.security]}{user}"

    async def rest(self) -> None:
        """Say QUIT and let the connection go."""
        await self._thread.run(self._quit)

    async def close(self) -> None:
        """Break off: a thread that waits for an answer is woken by its socket's end."""
        smtp = self._smtp
        if smtp is not None and (sock := getattr(smtp, "sock", None)) is not None:
            with suppress(OSError):  # it may be gone already
                sock.shutdown(socket.SHUT_RDWR)
        self._thread.end(self._drop)

    def _send(self, owed: Owed, now: datetime) -> Delivery:
        try:
            code, words = self._hand_over(owed)
        except _Refused as error:
            return refused(
                owed,
                now=now,
                code=error.code,
                detail=self._scrub(str(error)),
                permanent=error.permanent,
                reached=error.reached,
                in_doubt=error.in_doubt,
            )
        except (OSError, smtplib.SMTPException) as error:
            # ssl.SSLError and time-outs are OSErrors.
            self._drop()
            said = getattr(error, "smtp_code", None)
            words = self._scrub(_words(error))
            return refused(owed, now=now, code=said if said != -1 else None, detail=words)
        return taken(owed, now=now, code=code, detail=self._scrub(words))

    def _hand_over(self, owed: Owed) -> tuple[int, str]:
        payload = _marked(owed)
        recipient = owed.message.recipient
        smtp, options, code, words = self._announce(payload, recipient)
        if options.seven_bit:
            payload = _seven_bit(payload)
        if code != 250:
            # 552 and 523 here answer SIZE=: this message will never fit. Anything else is about us.
            self._abandon(code, words, what="the sender", about_message=code in {552, 523})
        code, words = smtp.rcpt(recipient)
        if code not in {250, 251}:
            self._abandon(code, words, what="the recipient", about_message=True)
        code, words = smtp.docmd("DATA")
        if code != 354:
            self._abandon(code, words, what="the message", about_message=True)
        smtp.send(_on_the_wire(payload))
        try:
            code, words = smtp.getreply()
        except (OSError, smtplib.SMTPException) as error:
            # RFC 5321, 6.1: after the final dot the server may have taken it; only the answer is lost.
            self._drop()
            raise _Refused(
                f"no answer after the message: {_words(error)}", in_doubt=True, reached=False
            ) from error
        if code != 250:
            self._abandon(code, words, what="the message", about_message=True)
        return code, words.decode(errors="replace")

    def _announce(self, payload: bytes, recipient: str) -> _Announced:
        """Name the sender: on a new connection where the kept one was hung up for want of mail."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                said = self._name_sender(payload, recipient)
                if said.code != 421:
                    return said
            self._drop()
        return self._name_sender(payload, recipient)

    def _name_sender(self, payload: bytes, recipient: str) -> _Announced:
        smtp = self._connected()
        options = self._options(smtp, payload, recipient)
        code, words = smtp.mail(parseaddr(self._channel.sender)[1], list(options.mail))
        return _Announced(smtp, options, code, words)

    def _abandon(self, code: int, words: bytes, *, what: str, about_message: bool) -> None:
        if code in {421, -1}:
            self._drop()
        else:
            self._reset()
        raise _Refused(
            f"{what} was refused: {code} {words.decode(errors='replace')}",
            code=code if code > 0 else None,
            permanent=about_message and 500 <= code < 600,
            # 421 is "service not available": about the server, whenever it comes.
            reached=about_message and code not in {421, -1},
        )

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._connect()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        channel = self._channel
        timeout = channel.timeout.total_seconds()
        smtp: smtplib.SMTP
        if channel.security == "tls":
            smtp = smtplib.SMTP_SSL(
                channel.host, channel.port, self._hostname, timeout=timeout, context=self._trusted()
            )
        else:
            smtp = smtplib.SMTP(channel.host, channel.port, self._hostname, timeout=timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if channel.security == "starttls":
                # Raises when the server has no STARTTLS: a password never goes out in the clear.
                smtp.starttls(context=self._trusted())
                smtp.ehlo()
            if channel.user:
                smtp.login(channel.user, channel.password or "")
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _trusted(self) -> ssl.SSLContext:
        # At the first need, and once: reading the system's certificates takes 30 ms of CPU.
        self._tls = self._tls or ssl.create_default_context()
        return self._tls

    def _options(self, smtp: smtplib.SMTP, payload: bytes, recipient: str) -> _Options:
        mail, high = [], not payload.isascii()
        if smtp.has_extn("size"):
            mail.append(f"SIZE={len(payload)}")
        eight = smtp.has_extn("8bitmime")
        if high and eight:
            mail.append("BODY=8BITMIME")
        if not recipient.isascii() or not self._channel.sender.isascii():
            if not smtp.has_extn("smtputf8"):
                raise _Refused(
                    "the server has no SMTPUTF8, which this address needs",
                    permanent=True,
                    reached=True,
                )
            smtp.command_encoding = "utf-8"
            mail.append("SMTPUTF8")
        return _Options(tuple(mail), seven_bit=high and not eight)

    def _reset(self) -> None:
        if self._smtp is None:
            return
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _quit(self) -> None:
        if self._smtp is None:
            return
        # Everything was settled before; the goodbye need not arrive.
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


class _Options(NamedTuple):
    mail: tuple[str, ...]
    seven_bit: bool


class _Announced(NamedTuple):
    smtp: smtplib.SMTP
    options: _Options
    code: int
    words: bytes


class _Refused(DeliveryError):
    def __init__(
        self,
        problem: str,
        *,
        code: int | None = None,
        permanent: bool = False,
        reached: bool = False,
        in_doubt: bool = False,
    ) -> None:
        super().__init__(problem, permanent=permanent, code=code)
        self.reached, self.in_doubt = reached, in_doubt


def _marked(owed: Owed) -> bytes:
    """The message's bytes; one that may have arrived before says so, and is otherwise the same."""
    if not owed.redelivery:
        return owed.message.payload
    return f"X-Redelivery: {owed.attempt}\r\n".encode() + owed.message.payload


def _on_the_wire(payload: bytes) -> bytes:
    # Bare CR or LF must not reach a server: some take them for a line's end, some don't, and
    # between two that differ a second message can be smuggled in.
    lines = _LINE_END.sub(b"\r\n", payload)
    lines = _LEADING_DOT.sub(b"..", lines)
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")


def _seven_bit(payload: bytes) -> bytes:
    parsed = message_from_bytes(payload, policy=policy.SMTP.clone(cte_type="7bit"))
    for part in parsed.walk():
        if not part.is_multipart() and part.get("Content-Transfer-Encoding", "") == "8bit":
            body = part.get_payload(decode=True)
            del part["Content-Transfer-Encoding"]
            charset = part.get_content_charset("utf-8")
            assert isinstance(body, bytes)
            part.set_payload(body.decode(charset, "replace"), charset)
    return parsed.as_bytes()


def _words(error: BaseException) -> str:
    said = getattr(error, "smtp_error", None)
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said or error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
