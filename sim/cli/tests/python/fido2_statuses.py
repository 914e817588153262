"""Statuses and flags that other suites for security keys assert, against `passkey-lab phone --profile ctap-2.3`.

    python fido2_statuses.py udp:127.0.0.1:PORT ATTESTATION_ROOT.pem

The phone has to run with `--user accept --answer-to sender`. Requests are written member by member, so that they can be
wrong; the key is rebooted by the datagram of the Solo simulator. What is asserted is CTAP 2.3's; docs/interop.md says
where other suites differ.
"""

import hashlib
import sys

from fido2.ctap import CtapError
from fido2.ctap2 import AttestationResponse, CredentialManagement, Ctap2
from fido2.ctap2.pin import ClientPin, PinProtocolV2
from fido2.hid import CtapHidDevice
from fido2.hid.base import HidDescriptor

from fido2_client import REPORT_BYTES, connect

ERR = CtapError.ERR
MAKE, GET, GET_INFO, NEXT = 0x01, 0x02, 0x04, 0x08
HASH = hashlib.sha256(b"client data").digest()
REBOOT = bytes.fromhex(
    "ac1052ca95e569de69e02ebff333485f13f9b2da34c5a8a340526697a9ab2e0b"
    "394d8d04973c134005be1a0140bff6045bb26eb77a73eaa47813f6b49a7250dc"
)
UP, AT = 0x01, 0x40


class Key:
    """A key, its raw commands, and its plug."""

    def __init__(self, address):
        self.connection = connect(address)
        self.plug_in(address)

    def plug_in(self, address):
        descriptor = HidDescriptor(address, 0x1209, 0x0001, REPORT_BYTES, REPORT_BYTES, "passkey-lab", None)
        self.address = address
        self.ctap = Ctap2(CtapHidDevice(descriptor, self.connection))

    def reboot(self):
        self.connection.write_packet(REBOOT)
        self.plug_in(self.address)

    def reset(self):
        self.reboot()
        self.ctap.reset()

    def send(self, command, members=None):
        return self.ctap.send_cbor(command, members)

    def refuses(self, code, command, members=None):
        try:
            answer = self.send(command, members)
        except CtapError as error:
            assert error.code == code, f"{command:#x} {members}: {error} instead of {code!r}"
            return
        raise AssertionError(f"{command:#x} {members}: {answer} instead of {code!r}")


def public_key(identifier=b"1234", kind="public-key"):
    return {"id": identifier, "type": kind}


def making(**changed):
    request = {
        1: HASH,
        2: {"id": "example.com", "name": "Example"},
        3: {"id": b"carol", "name": "carol", "displayName": "Carol"},
        4: [{"alg": -7, "type": "public-key"}],
    }
    return with_changes(request, changed)


def getting(**changed):
    return with_changes({1: "example.com", 2: HASH}, changed)


def with_changes(request, changed):
    """Members by number (`m5=...`); None takes one away."""
    numbered = {int(name[1:]): value for name, value in changed.items()}
    return {key: value for key, value in {**request, **numbered}.items() if value is not None}


def register(key, **changed):
    return AttestationResponse.from_dict(key.send(MAKE, making(**changed))).auth_data


def check_shapes(key):
    for member in (1, 2, 3, 4):
        key.refuses(ERR.MISSING_PARAMETER, MAKE, making(**{f"m{member}": None}))
        key.refuses(ERR.CBOR_UNEXPECTED_TYPE, MAKE, making(**{f"m{member}": True}))
    for member in (1, 2):
        key.refuses(ERR.MISSING_PARAMETER, GET, getting(**{f"m{member}": None}))
        key.refuses(ERR.CBOR_UNEXPECTED_TYPE, GET, getting(**{f"m{member}": True}))
    for wrong in ({"id": "example.com", "icon": 8}, {"id": 8}, {"id": "example.com", "name": 8}):
        key.refuses(ERR.CBOR_UNEXPECTED_TYPE, MAKE, making(m2=wrong))
    for wrong in (8, ["1234"], [{"type": b"public-key", "id": b"1234"}], [{"type": "public-key", "id": "1234"}]):
        key.refuses(ERR.CBOR_UNEXPECTED_TYPE, MAKE, making(m5=wrong))
        key.refuses(ERR.CBOR_UNEXPECTED_TYPE, GET, getting(m3=wrong))
    for lacking in ({"id": b"1234"}, {"type": "public-key"}):
        key.refuses(ERR.MISSING_PARAMETER, GET, getting(m3=[lacking]))
    key.refuses(ERR.UNSUPPORTED_ALGORITHM, MAKE, making(m4=[{"alg": 1337, "type": "public-key"}]))
    key.refuses(ERR.UNSUPPORTED_ALGORITHM, MAKE, making(m4=[]))
    key.refuses(ERR.CBOR_UNEXPECTED_TYPE, MAKE, making(m4=[{"alg": -7, "type": "public-key"}, "wrong"]))
    key.refuses(ERR.INVALID_COMMAND, 0x55)


def check_options(key):
    key.refuses(ERR.INVALID_OPTION, MAKE, making(m7={"up": False}))
    key.refuses(ERR.INVALID_OPTION, MAKE, making(m7={"uv": True}))
    key.refuses(ERR.UNSUPPORTED_OPTION, GET, getting(m5={"rk": False}))
    key.refuses(ERR.PIN_NOT_SET, MAKE, making(m8=b""))
    key.refuses(ERR.PIN_NOT_SET, GET, getting(m6=b""))
    key.refuses(ERR.MISSING_PARAMETER, MAKE, making(m8=bytes(32)))
    key.refuses(ERR.INVALID_PARAMETER, MAKE, making(m8=bytes(32), m9=3))
    assert register(key, m7={"up": True, "unknown": True}).flags == UP | AT
    register(key, m5=[public_key(kind="mangoPapayaCoconutNotAPublicKey")], m6={"tetris": True})


def check_server_side(key):
    credential = register(key).credential_data.credential_id
    allowed = [public_key(kind="rot13"), public_key(credential)]
    answer = key.send(GET, getting(m3=allowed))
    assert set(answer) == {1, 2, 3} and answer[2][32] == UP, answer
    silent = key.send(GET, getting(m3=allowed, m5={"up": False}))
    assert silent[2][32] == 0, silent
    key.refuses(ERR.CREDENTIAL_EXCLUDED, MAKE, making(m5=allowed))
    key.refuses(ERR.NO_CREDENTIALS, GET, getting())
    key.refuses(ERR.NO_CREDENTIALS, GET, getting(m1="example.com.com", m3=allowed))
    another = credential[:-1] + bytes([credential[-1] ^ 1])
    key.refuses(ERR.NO_CREDENTIALS, GET, getting(m3=[public_key(another)]))


def check_accounts(key):
    key.refuses(ERR.NOT_ALLOWED, NEXT)
    for name in (b"ann", b"bob", b"eve", b"bob"):
        register(key, m3={"id": name, "name": "x"}, m7={"rk": True})
    first = key.send(GET, getting())
    users = [first[4], key.send(NEXT)[4], key.send(NEXT)[4]]
    assert first[5] == 3 and users == [{"id": name} for name in (b"bob", b"eve", b"ann")], (first, users)
    key.refuses(ERR.NOT_ALLOWED, NEXT)
    key.send(GET, getting())
    key.send(GET_INFO)
    key.refuses(ERR.NOT_ALLOWED, NEXT)


def check_pin(key):
    pin = ClientPin(key.ctap, PinProtocolV2())
    for call in (lambda: pin.get_pin_token("1234"), lambda: pin.change_pin("1234", "5678")):
        refused(ERR.PIN_NOT_SET, call)
    refused(ERR.PIN_POLICY_VIOLATION, lambda: pin.set_pin("A" * 64))
    pin.set_pin("1234")
    refused(ERR.PIN_AUTH_INVALID, lambda: pin.set_pin("5678"))
    key.refuses(ERR.PIN_INVALID, MAKE, making(m8=b""))
    key.refuses(ERR.PUAT_REQUIRED, MAKE, making(m7={"rk": True}))
    for attempt in range(1, 9):
        in_a_row = (attempt - 1) % 3 + 1
        code = ERR.PIN_BLOCKED if attempt == 8 else ERR.PIN_AUTH_BLOCKED if in_a_row == 3 else ERR.PIN_INVALID
        refused(code, lambda: pin.get_pin_token("4321"))
        assert pin.get_pin_retries() == (8 - attempt, in_a_row == 3), attempt
        if in_a_row == 3:
            refused(ERR.PIN_AUTH_BLOCKED, lambda: pin.get_pin_token("1234"))
            key.reboot()
            pin = ClientPin(key.ctap, PinProtocolV2())
    key.reboot()
    refused(ERR.PIN_BLOCKED, lambda: ClientPin(key.ctap, PinProtocolV2()).get_pin_token("1234"))


def check_management(key):
    for rp_id, name in (("ssh:", b"ann"), ("ssh:", b"bob"), ("example.org", b"eve")):
        register(key, m2={"id": rp_id}, m3={"id": name}, m7={"rk": True})
    pin = ClientPin(key.ctap, PinProtocolV2())
    pin.set_pin("1234")
    token = pin.get_pin_token("1234", ClientPin.PERMISSION.CREDENTIAL_MGMT)
    management = CredentialManagement(key.ctap, pin.protocol, token)
    first = management.enumerate_rps_begin()
    assert (first[3]["id"], first[5]) == ("ssh:", 2), first
    credentials = [management.enumerate_creds_begin(first[4]), management.enumerate_creds_next()]
    assert [credential[6]["id"] for credential in credentials] == [b"bob", b"ann"], credentials
    assert management.enumerate_rps_next()[3]["id"] == "example.org"
    refused(ERR.NOT_ALLOWED, management.enumerate_creds_next)


def refused(code, call):
    try:
        call()
    except CtapError as error:
        assert error.code == code, f"{error} instead of {code!r}"
        return
    raise AssertionError(f"{code!r} was expected")


def main(address):
    key = Key(address)
    for check in (check_shapes, check_options, check_server_side, check_accounts, check_pin, check_management):
        key.reset()
        check(key)
    print("fido2_statuses: ok")


if __name__ == "__main__":
    main(sys.argv[1])
