"""A TLS server on loopback, in a process of its own, that plays any number of feeds."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import ipaddress
import multiprocessing
import ssl
import zlib
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

WORDS = [
    "the",
    "strike",
    "hit",
    "a",
    "depot",
    "near",
    "the",
    "river",
    "and",
    "officials",
    "said",
    "that",
    "no",
    "one",
    "was",
    "hurt",
    "in",
    "it",
]


def certificate(folder: Path) -> Path:
    """Write a key and a certificate for localhost and 127.0.0.1 into one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "localhost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return pem


class Farm:
    """The server: /first/N is new, /same/N answers 304, /mix/N one of three things the second time."""

    def __init__(self, certificate: Path) -> None:
        self.certificate = certificate

    def __enter__(self) -> Self:
        here, there = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_serve, args=(str(self.certificate), there))
        self._process.daemon = True
        self._process.start()
        self._port = here.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def pid(self) -> int:
        return int(self._process.pid or 0)

    def url(self, path: str) -> str:
        return f"https://localhost:{self._port}{path}"


def document(feed: str, first: int) -> bytes:
    """25 entries from number `first` down, about 48 KB."""
    items = "".join(_item(feed, n) for n in range(first, first - 25, -1))
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Feed {feed}</title>'
        f"<link>https://wire.example/{feed}/</link>{items}</channel></rss>"
    ).encode()


def _item(feed: str, number: int) -> str:
    seed = zlib.crc32(f"{feed}/{number}".encode())
    words = " ".join(WORDS[(seed >> (n % 24)) % len(WORDS)] for n in range(330))
    return (
        f"<item><title>Report {number} of {feed}</title><guid isPermaLink='false'>{feed}-{number}</guid>"
        f"<link>https://wire.example/{feed}/{number}</link>"
        f"<description>&lt;p&gt;{words}&lt;/p&gt;</description>"
        "<pubDate>Mon, 09 Mar 2026 11:00:00 GMT</pubDate></item>\n"
    )


def _answer(path: str, asked: Counter[str], *, conditional: bool) -> tuple[int, bytes, str]:
    _, kind, name = path.split("/", 2)
    asked[path] += 1
    kept = conditional and asked[path] > 1
    if kind == "same":
        return (304, b"", "1") if conditional else (200, document(name, 100), "1")
    if kind == "mix" and kept:
        share = zlib.crc32(name.encode()) % 100
        if share < 60:
            return 304, b"", "1"
        return 200, document(name, 100 if share < 86 else 102), "2"
    return 200, document(name, 100), "1"


def _serve(pem: str, there: Connection) -> None:
    asyncio.run(_run(pem, there))


async def _run(pem: str, there: Connection) -> None:
    asked: Counter[str] = Counter()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            conditional = b"if-none-match" in head.lower()
            status, body, tag = _answer(path, asked, conditional=conditional)
            writer.write(
                f'HTTP/1.1 {status} X\r\nETag: "{tag}"\r\nContent-Type: application/rss+xml\r\n'
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        with contextlib.suppress(OSError, ssl.SSLError):
            writer.close()
            await writer.wait_closed()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context, backlog=500)
    there.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()
