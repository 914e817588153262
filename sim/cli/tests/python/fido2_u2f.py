"""python-fido2's CTAP1 client against `passkey-lab phone --profile ctap-2.0 (or ctap-2.3) --user accept`.

    python fido2_u2f.py tcp:127.0.0.1:PORT ATTESTATION_ROOT.pem

Registers and authenticates by U2F; python-fido2 verifies both signatures, and the certificate is verified up to the
lab's root. Then each protocol uses what the other has registered, and alwaysUv, where the key has it, ends U2F. At last
a WebAuthn client that knows no CTAP2 registers and signs in, and a server verifies it. The address is as in
fido2_client.py.
"""

import hashlib
import sys
import time

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.client import ClientError, DefaultClientDataCollector, Fido2Client
from fido2.cose import ES256
from fido2.ctap1 import APDU, ApduError, Ctap1
from fido2.ctap2 import Config, Ctap2
from fido2.hid import CAPABILITY, CtapHidDevice
from fido2.hid.base import HidDescriptor
from fido2.server import Fido2Server

from fido2_client import REPORT_BYTES, OneRoot, connect

RP_ID = "example.com"
APP = hashlib.sha256(RP_ID.encode()).digest()
OTHER_APP = hashlib.sha256(b"https://other.example").digest()
CLIENT = hashlib.sha256(b"client data").digest()
ES256_ONLY = [{"alg": -7, "type": "public-key"}]
POLLS_MAX = 50


class U2fOnly(CtapHidDevice):
    """The key as a host sees it that has never heard of CTAP2."""

    @property
    def capabilities(self):
        return super().capabilities & ~CAPABILITY.CBOR


def polled(call, *arguments):
    """A U2F host asks again until the user has been there."""
    for _ in range(POLLS_MAX):
        try:
            return call(*arguments)
        except ApduError as error:
            assert error.code == APDU.USE_NOT_SATISFIED, error
        time.sleep(0.02)
    raise AssertionError("presence never came")


def refused(code, call, *arguments):
    try:
        call(*arguments)
    except ApduError as error:
        assert error.code == code and not error.data, error
        return
    raise AssertionError(f"0x{code:04X} was expected")


def main(address, root):
    descriptor = HidDescriptor(address, 0x1209, 0x0001, REPORT_BYTES, REPORT_BYTES, "passkey-lab", None)
    with CtapHidDevice(descriptor, connect(address)) as device:
        assert not device.capabilities & CAPABILITY.NMSG, device.capabilities
        u2f, key = Ctap1(device), Ctap2(device)
        assert u2f.get_version() == "U2F_V2"
        assert "U2F_V2" in key.get_info().versions
        check_messages(u2f)
        made = check_registration(u2f, root)
        check_authentication(u2f, made)
        check_ctap2_uses(key, made)
        check_u2f_uses(u2f, key)
        if "alwaysUv" in key.info.options:
            check_always_uv(u2f, key, made)
    with U2fOnly(descriptor, connect(address)) as device:
        check_webauthn(device, root)
    print("fido2_u2f: ok")


def check_messages(u2f):
    refused(0x6E00, u2f.send_apdu, 0x80, Ctap1.INS.VERSION)
    refused(0x6D00, u2f.send_apdu, 0, 0x04)
    refused(0x6700, u2f.send_apdu, 0, Ctap1.INS.REGISTER, 0, 0, b"too short")
    refused(0x6700, u2f.send_apdu, 0, Ctap1.INS.VERSION, 0, 0, b"too long")


def check_registration(u2f, root):
    refused(APDU.USE_NOT_SATISFIED, u2f.register, CLIENT, APP)
    made = polled(u2f.register, CLIENT, APP)
    made.verify(APP, CLIENT)
    with open(root, "rb") as file:
        authority = x509.load_pem_x509_certificate(file.read())
    certificate = x509.load_der_x509_certificate(made.certificate)
    certificate.verify_directly_issued_by(authority)
    assert isinstance(certificate.public_key().curve, ec.SECP256R1)
    return made


def check_authentication(u2f, made):
    signed = polled(u2f.authenticate, CLIENT, APP, made.key_handle)
    signed.verify(APP, CLIENT, made.public_key)
    assert signed.user_presence == 1
    again = polled(u2f.authenticate, CLIENT, APP, made.key_handle)
    again.verify(APP, CLIENT, made.public_key)
    assert again.counter == signed.counter + 1
    refused(APDU.USE_NOT_SATISFIED, u2f.authenticate, CLIENT, APP, made.key_handle, True)
    refused(APDU.WRONG_DATA, u2f.authenticate, CLIENT, APP, b"\x07" * 32, True)
    refused(APDU.WRONG_DATA, u2f.authenticate, CLIENT, APP, b"\x07" * 32)
    refused(APDU.WRONG_DATA, u2f.authenticate, CLIENT, OTHER_APP, made.key_handle)


def check_ctap2_uses(key, made):
    known = [{"id": made.key_handle, "type": "public-key"}]
    assertion = key.get_assertion(RP_ID, CLIENT, known)
    assertion.verify(CLIENT, ES256.from_ctap1(made.public_key))
    assert assertion.auth_data.rp_id_hash == APP and not assertion.user


def check_u2f_uses(u2f, key):
    user = {"id": b"carol-1", "name": "carol@example.com"}
    made = key.make_credential(CLIENT, {"id": RP_ID, "name": "Example"}, user, ES256_ONLY)
    credential = made.auth_data.credential_data
    point = b"\x04" + credential.public_key[-2] + credential.public_key[-3]
    polled(u2f.authenticate, CLIENT, APP, credential.credential_id).verify(APP, CLIENT, point)
    listed = key.make_credential(
        CLIENT, {"id": RP_ID, "name": "Example"}, user, ES256_ONLY, options={"rk": True}
    )
    handle = listed.auth_data.credential_data.credential_id
    refused(APDU.WRONG_DATA, u2f.authenticate, CLIENT, APP, handle, True)


def check_always_uv(u2f, key, made):
    Config(key).toggle_always_uv()
    assert "U2F_V2" not in key.get_info().versions
    refused(0x6986, u2f.authenticate, CLIENT, APP, made.key_handle)
    Config(key).toggle_always_uv()
    assert "U2F_V2" in key.get_info().versions
    polled(u2f.authenticate, CLIENT, APP, made.key_handle).verify(APP, CLIENT, made.public_key)


def check_webauthn(device, root):
    client = Fido2Client(device, DefaultClientDataCollector("https://login.example.com"))
    assert client.info.versions == ["U2F_V2"], client.info
    server = Fido2Server({"id": RP_ID, "name": "Example"}, attestation="direct", verify_attestation=OneRoot(root))
    user = {"id": b"carol-1", "name": "carol@example.com", "displayName": "Carol"}

    def register(known):
        options, state = server.register_begin(user, known, user_verification="discouraged")
        return server.register_complete(state, client.make_credential(options.public_key))

    registered = register([])
    assert registered.is_user_present() and not registered.is_user_verified()
    known = [registered.credential_data]
    options, state = server.authenticate_begin(known, user_verification="discouraged")
    signed = client.get_assertion(options.public_key).get_response(0)
    server.authenticate_complete(state, known, signed)
    try:
        register(known)
    except ClientError as refusal:
        assert refusal.code == ClientError.ERR.DEVICE_INELIGIBLE, refusal
    else:
        raise AssertionError("a second credential of one account was made")


if __name__ == "__main__":
    main(*sys.argv[1:])
