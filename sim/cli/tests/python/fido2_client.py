"""A client that nobody here wrote, python-fido2, against `passkey-lab phone`.

    python fido2_client.py udp:127.0.0.1:8111 ATTESTATION_ROOT.pem

The address is udp:HOST:PORT, tcp:HOST:PORT or unix:PATH. The phone has to run with `--user accept`, and on UDP with
`--answer-to sender`. Registers with user verification, verifies the attestation up to the root, signs in with and
without an allow list, verifies both signatures, and reads the refusal of a second registration.
"""

import socket
import sys

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fido2.attestation import AttestationVerifier
from fido2.client import ClientError, DefaultClientDataCollector, Fido2Client
from fido2.ctap2 import Ctap2
from fido2.hid import CAPABILITY, CTAPHID, CtapHidDevice
from fido2.hid.base import CtapHidConnection, HidDescriptor
from fido2.server import Fido2Server

REPORT_BYTES = 64
TIMEOUT_S = 20
HYPR_AAGUID = "0076631b-d4a0-427f-5773-0ec71c9e0279"


class UdpConnection(CtapHidConnection):
    """A report is a datagram."""

    def __init__(self, host, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(TIMEOUT_S)
        self.socket.connect((host, port))

    def read_packet(self):
        return self.socket.recv(REPORT_BYTES)

    def write_packet(self, data):
        self.socket.send(data)

    def close(self):
        self.socket.close()


class StreamConnection(CtapHidConnection):
    """Reports follow one another."""

    def __init__(self, family, address):
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(TIMEOUT_S)
        self.socket.connect(address)
        self.file = self.socket.makefile("rb")

    def read_packet(self):
        return self.file.read(REPORT_BYTES)

    def write_packet(self, data):
        self.socket.sendall(data)

    def close(self):
        self.file.close()
        self.socket.close()


class OneRoot(AttestationVerifier):
    """Trusts the lab's attestation root and no other."""

    def __init__(self, path):
        super().__init__()
        with open(path, "rb") as file:
            self.root = x509.load_pem_x509_certificate(file.read()).public_bytes(Encoding.DER)

    def ca_lookup(self, attestation_result, auth_data):
        return self.root


def connect(address):
    kind, _, rest = address.partition(":")
    if kind == "unix":
        return StreamConnection(socket.AF_UNIX, rest)
    host, port = rest.rsplit(":", 1)
    if kind == "udp":
        return UdpConnection(host, int(port))
    return StreamConnection(socket.AF_INET, (host, int(port)))


def main(address, root):
    descriptor = HidDescriptor(address, 0x1209, 0x0001, REPORT_BYTES, REPORT_BYTES, "passkey-lab", None)
    with CtapHidDevice(descriptor, connect(address)) as device:
        check_device(device)
        check_ceremonies(device, root)
    print("fido2_client: ok")


def check_device(device):
    assert device.capabilities & CAPABILITY.CBOR and device.capabilities & CAPABILITY.WINK
    long = bytes(range(256)) * 29
    assert device.call(CTAPHID.PING, long) == long
    device.wink()
    info = Ctap2(device).get_info()
    assert str(info.aaguid) == HYPR_AAGUID, info
    assert info.options["rk"] and info.options["uv"] and info.options["pinUvAuthToken"], info
    Ctap2(device).selection()


def check_ceremonies(device, root):
    client = Fido2Client(device, DefaultClientDataCollector("https://login.example.com"))
    rp = {"id": "example.com", "name": "Example"}
    server = Fido2Server(rp, attestation="direct", verify_attestation=OneRoot(root))
    user = {"id": b"carol-1", "name": "carol@example.com", "displayName": "Carol"}

    def register(known):
        options, state = server.register_begin(
            user, known, resident_key_requirement="required", user_verification="required"
        )
        return server.register_complete(state, client.make_credential(options.public_key))

    def sign_in(known, allowed):
        options, state = server.authenticate_begin(allowed, user_verification="required")
        response = client.get_assertion(options.public_key).get_response(0)
        return server.authenticate_complete(state, known, response), response

    registered = register([])
    assert registered.is_user_verified() and registered.is_user_present()
    assert str(registered.credential_data.aaguid) == HYPR_AAGUID
    known = [registered.credential_data]
    _, named = sign_in(known, known)
    found, discovered = sign_in(known, None)
    assert found.credential_id == registered.credential_data.credential_id
    assert discovered.response.user_handle == b"carol-1"
    counters = [response.response.authenticator_data.counter for response in (named, discovered)]
    assert counters[0] < counters[1], counters
    try:
        register(known)
    except ClientError as refusal:
        assert refusal.code == ClientError.ERR.DEVICE_INELIGIBLE, refusal
    else:
        raise AssertionError("a second credential of one account was made")


if __name__ == "__main__":
    main(*sys.argv[1:])
