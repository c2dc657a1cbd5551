"""The bare endpoint as a process of its own, in clear or over TLS."""

from __future__ import annotations

import ipaddress
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bench.sending.children import child, python


@dataclass(frozen=True, slots=True)
class Endpoint:
    url: str
    ca_file: str  # "" without TLS
    process: subprocess.Popen[str]

    def next_call(self, *, seconds: float) -> float:
        """When the next call came, in seconds of Unix time; only of an endpoint that tells."""
        output = self.process.stdout
        assert output is not None
        # No line is lost in the buffer: calls come one at a time here.
        if not select.select([output], [], [], seconds)[0]:
            raise TimeoutError(f"no call came within {seconds:g} s")
        return float(output.readline())


@dataclass(frozen=True, slots=True)
class Certificate:
    """`bundle` holds the usual authorities as well: whoever loads them anew for each call has to pay for that."""

    pem: Path  # certificate and key
    bundle: Path


@contextmanager
def endpoint(delay_ms: int, *, tls: Certificate | None = None, tells: bool = False) -> Iterator[Endpoint]:
    options = [*(("--tls", str(tls.pem)) if tls else ()), *(("--tell",) if tells else ())]
    command = python("bench/endpoint.py", "0", str(delay_ms), *options)
    with child(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        word, _space, port = process.stdout.readline().strip().partition(" ")
        assert word == "ready", "the endpoint did not start"
        scheme = "https" if tls else "http"
        yield Endpoint(f"{scheme}://127.0.0.1:{port}", str(tls.bundle) if tls else "", process)


def make_certificate(folder: Path) -> Certificate:
    """Signed by itself, for 127.0.0.1 and for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
    )
    made = Certificate(pem=folder / "endpoint.pem", bundle=folder / "authorities.pem")
    made.pem.write_bytes(certificate + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    made.bundle.write_bytes(Path(certifi.where()).read_bytes() + certificate)
    return made
