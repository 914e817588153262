"""python-fido2 against `passkey-lab phone --profile ctap-2.3 --user accept`: everything that a security key can have.

    python fido2_key.py tcp:127.0.0.1:PORT ATTESTATION_ROOT.pem

PIN, tokens, credential management, large blobs, fingerprints, settings, extensions, algorithms, enterprise attestation,
and a reset. The address is as in fido2_client.py.
"""

import hashlib
import sys

from fido2.client import DefaultClientDataCollector, Fido2Client, UserInteraction
from fido2.cose import CoseKey
from fido2.ctap import CtapError
from fido2.ctap2 import (
    Config,
    CredentialManagement,
    Ctap2,
    FPBioEnrollment,
    LargeBlobs,
)
from fido2.ctap2.extensions import (
    CredBlobExtension,
    CredProtectExtension,
    HmacSecretExtension,
    LargeBlobExtension,
    MinPinLengthExtension,
)
from fido2.ctap2.pin import ClientPin, PinProtocolV1, PinProtocolV2
from fido2.hid import CtapHidDevice
from fido2.hid.base import HidDescriptor
from fido2.server import Fido2Server

from fido2_client import REPORT_BYTES, OneRoot, connect

PIN, NEW_PIN = "482913", "prairie-77"
RP = {"id": "example.com", "name": "Example"}
HASH = hashlib.sha256(b"client data").digest()
PERMISSION = ClientPin.PERMISSION


class WithPin(UserInteraction):
    def prompt_up(self):
        pass

    def request_pin(self, permissions, rp_id):
        return PIN

    def request_uv(self, permissions, rp_id):
        return True


def refused(code, call):
    try:
        call()
    except CtapError as error:
        assert error.code == code, f"{error} instead of {code!r}"
        return
    raise AssertionError(f"{code!r} was expected")


def user(name):
    return {"id": name.encode(), "name": name, "displayName": name.title()}


def es256():
    return [{"type": "public-key", "alg": -7}]


def register(ctap, rp_id, name, token_of, parameters=None, **more):
    protocol, token = token_of(PERMISSION.MAKE_CREDENTIAL, rp_id)
    made = ctap.make_credential(
        HASH, {"id": rp_id, "name": rp_id}, user(name), parameters or es256(), options={"rk": True},
        pin_uv_param=protocol.authenticate(token, HASH), pin_uv_protocol=protocol.VERSION, **more,
    )
    return made


def check_reset(ctap):
    ctap.reset()
    assert not ctap.get_info().options["clientPin"]


def check_pin(ctap):
    pins = ClientPin(ctap)
    pins.set_pin(PIN)
    assert ctap.get_info().options["clientPin"]
    refused(CtapError.ERR.PIN_INVALID, lambda: pins.get_pin_token("000000", PERMISSION.CREDENTIAL_MGMT))
    assert pins.get_pin_retries()[0] == 7
    for protocol in (PinProtocolV1(), PinProtocolV2()):
        ClientPin(ctap, protocol).change_pin(PIN, NEW_PIN)
        ClientPin(ctap, protocol).change_pin(NEW_PIN, PIN)
    assert pins.get_pin_retries()[0] == 8


def tokens(ctap):
    def token_of(permission, rp_id=None, protocol=None):
        protocol = protocol or PinProtocolV2()
        return protocol, ClientPin(ctap, protocol).get_pin_token(PIN, permission, rp_id)

    return token_of


def check_fingerprints(ctap, token_of):
    assert ctap.info.options["bioEnroll"] is False and ctap.info.options["uv"] is False
    fingers = FPBioEnrollment(ctap, *token_of(PERMISSION.BIO_ENROLL))
    info = fingers.get_fingerprint_sensor_info()
    assert info[2] == 1 and info[3] == 4, info
    enroller = fingers.enroll()
    template = None
    samples = 0
    while template is None:
        template = enroller.capture()
        samples += 1
    assert samples == 4
    fingers.set_name(template, "right thumb")
    assert fingers.enumerate_enrollments() == {template: "right thumb"}
    info = ctap.get_info()
    assert info.options["bioEnroll"] and info.options["uv"]
    token = ClientPin(ctap).get_uv_token(PERMISSION.GET_ASSERTION, RP["id"])
    assert len(token) == 32
    fingers = FPBioEnrollment(ctap, *token_of(PERMISSION.BIO_ENROLL))
    fingers.remove_enrollment(template)
    assert not ctap.get_info().options["uv"]


def check_algorithms(ctap, token_of):
    for number in (-7, -8, -35, -48, -49, -50):
        made = register(ctap, "algorithms.example", "ann", token_of, [{"type": "public-key", "alg": number}])
        key = made.auth_data.credential_data.public_key
        assert key[3] == number and made.att_stmt["alg"] in (number, -7), made
        protocol, token = token_of(PERMISSION.GET_ASSERTION, "algorithms.example")
        found = ctap.get_assertion(
            "algorithms.example", HASH, pin_uv_param=protocol.authenticate(token, HASH),
            pin_uv_protocol=protocol.VERSION,
        )
        if number in (-7, -8, -35) or type(CoseKey.parse(key)) is not CoseKey:
            found.verify(HASH, CoseKey.parse(key))
    refused(
        CtapError.ERR.UNSUPPORTED_ALGORITHM,
        lambda: register(ctap, "algorithms.example", "ann", token_of, [{"type": "public-key", "alg": -257}]),
    )


def check_credential_management(ctap, token_of):
    for rp_id, name in (("one.example", "ann"), ("one.example", "bob"), ("two.example", "ann")):
        register(ctap, rp_id, name, token_of)
    management = CredentialManagement(ctap, *token_of(PERMISSION.CREDENTIAL_MGMT))
    K = CredentialManagement.RESULT
    held = management.get_metadata()[K.EXISTING_CRED_COUNT]
    found = {rp[K.RP]["id"]: rp[K.RP_ID_HASH] for rp in management.enumerate_rps()}
    assert {"one.example", "two.example"} <= set(found), found
    assert found["one.example"] == hashlib.sha256(b"one.example").digest()
    ones = management.enumerate_creds(found["one.example"])
    assert {one[K.USER]["name"] for one in ones} == {"ann", "bob"}
    ann = next(one for one in ones if one[K.USER]["name"] == "ann")
    management.update_user_info(ann[K.CREDENTIAL_ID], {**user("ann"), "displayName": "Ann Other"})
    changed = management.enumerate_creds(found["one.example"])
    assert "Ann Other" in {one[K.USER].get("displayName") for one in changed}
    management.delete_cred(ann[K.CREDENTIAL_ID])
    assert management.get_metadata()[K.EXISTING_CRED_COUNT] == held - 1
    protocol, persistent = token_of(PERMISSION.PERSISTENT_CREDENTIAL_MGMT)
    reader = CredentialManagement(ctap, protocol, persistent)
    assert reader.get_metadata()[K.EXISTING_CRED_COUNT] == held - 1
    info = ctap.get_info()
    assert info.get_identifier(persistent) == ctap.get_info().get_identifier(persistent)
    refused(
        CtapError.ERR.PIN_AUTH_INVALID,
        lambda: reader.delete_cred(changed[0][K.CREDENTIAL_ID]),
    )


def check_large_blobs(ctap, token_of):
    blobs = LargeBlobs(ctap, *token_of(PERMISSION.LARGE_BLOB_WRITE))
    assert blobs.read_blob_array() == []
    key = bytes(range(32))
    blobs.put_blob(key, b"a blob" * 50)
    assert LargeBlobs(ctap).get_blob(key) == b"a blob" * 50
    blobs = LargeBlobs(ctap, *token_of(PERMISSION.LARGE_BLOB_WRITE))
    blobs.delete_blob(key)
    assert LargeBlobs(ctap).get_blob(key) is None


def check_config(ctap, token_of):
    config = Config(ctap, *token_of(PERMISSION.AUTHENTICATOR_CFG))
    config.set_min_pin_length(min_pin_length=6, rp_ids=[RP["id"]])
    assert ctap.get_info().min_pin_length == 6
    refused(CtapError.ERR.PIN_POLICY_VIOLATION, lambda: config.set_min_pin_length(min_pin_length=4))
    assert ctap.get_info().pin_complexity_policy is False
    config.set_min_pin_length(pin_complexity_policy=True)
    info = ctap.get_info()
    assert info.pin_complexity_policy and not info.force_pin_change, info
    assert info.pin_complexity_policy_url == b"https://passkey-lab.example/pin-policy"
    refused(CtapError.ERR.PIN_POLICY_VIOLATION, lambda: ClientPin(ctap).change_pin(PIN, "123456"))
    config.enable_enterprise_attestation()
    config.toggle_always_uv()
    info = ctap.get_info()
    assert info.options["ep"] and info.options["alwaysUv"] and not info.options["makeCredUvNotRqd"], info.options
    config.toggle_always_uv()
    assert not ctap.get_info().options["alwaysUv"]


def check_enterprise(ctap, token_of, root):
    made = register(ctap, "one.example", "eve", token_of, enterprise_attestation=2)
    assert made.ep_att, made
    plain = register(ctap, "one.example", "eve", token_of)
    assert not plain.ep_att and plain.att_stmt["x5c"] != made.att_stmt["x5c"]
    OneRoot(root).verify_attestation(made, HASH)


def check_extensions(device):
    extensions = [
        CredProtectExtension(), CredBlobExtension(), HmacSecretExtension(allow_hmac_secret=True),
        LargeBlobExtension(), MinPinLengthExtension(),
    ]
    client = Fido2Client(device, DefaultClientDataCollector("https://example.com"), WithPin(), extensions)
    server = Fido2Server(RP)
    options, state = server.register_begin(user("zoe"), resident_key_requirement="required")
    request = {
        **options["publicKey"],
        "extensions": {
            "credentialProtectionPolicy": "userVerificationOptional", "credBlob": b"small", "hmacCreateSecret": True,
            "largeBlob": {"support": "required"}, "minPinLength": True,
        },
    }
    made = client.make_credential(request)
    outputs = made.response.attestation_object.auth_data.extensions
    assert outputs == {"credProtect": 1, "credBlob": True, "hmac-secret": True, "minPinLength": 6}, outputs
    registered = server.register_complete(state, made)
    known = [registered.credential_data]

    def sign_in(extensions):
        options, state = server.authenticate_begin(known)
        response = client.get_assertion({**options["publicKey"], "extensions": extensions}).get_response(0)
        server.authenticate_complete(state, known, response)
        return response

    salts = {"salt1": bytes(32), "salt2": bytes([1] * 32)}
    first, again = (sign_in({"hmacGetSecret": salts, "getCredBlob": True}) for _ in range(2))
    secrets = [response.client_extension_results["hmacGetSecret"] for response in (first, again)]
    assert secrets[0] == secrets[1] and secrets[0]["output1"] != secrets[0]["output2"]
    assert first.response.authenticator_data.extensions["credBlob"] == b"small"
    assert sign_in({"largeBlob": {"write": b"large"}}).client_extension_results["largeBlob"]["written"]
    assert sign_in({"largeBlob": {"read": True}}).client_extension_results["largeBlob"]


def main(address, root):
    descriptor = HidDescriptor(address, 0x1209, 0x0001, REPORT_BYTES, REPORT_BYTES, "passkey-lab", None)
    with CtapHidDevice(descriptor, connect(address)) as device:
        ctap = Ctap2(device)
        check_reset(ctap)
        check_pin(ctap)
        ctap = Ctap2(device)
        token_of = tokens(ctap)
        check_fingerprints(ctap, token_of)
        check_algorithms(ctap, token_of)
        check_credential_management(ctap, token_of)
        check_large_blobs(ctap, token_of)
        check_config(ctap, token_of)
        check_enterprise(ctap, token_of, root)
        check_extensions(device)
    print("fido2_key: ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
