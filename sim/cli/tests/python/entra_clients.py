"""Microsoft's own clients, MSAL Python and azure-identity, against `passkey-lab entra`.

    python entra_clients.py own|microsoft ADDRESS:PORT CA.pem KEY.pem CERTIFICATE.pem
    python entra_clients.py mfa ADDRESS:PORT CA.pem

`own` uses the name localhost and the clients' own switches; `microsoft` uses Microsoft's names and none, as with an
entry in /etc/hosts. Both need scenarios/developer.yaml, `mfa` needs scenarios/conditional-access.yaml. People sign in by
a small browser, which reads the pages' forms.
"""

import base64
import hashlib
import json
import os
import socket
import sys
import threading
import webbrowser
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

STYLE, ADDRESS, CA = sys.argv[1:4]
# MSAL ignores its own `verify` when the environment names a bundle.
os.environ["REQUESTS_CA_BUNDLE"] = CA

import azure.identity  # noqa: E402
import msal  # noqa: E402
import requests  # noqa: E402
from azure.core.exceptions import ClientAuthenticationError  # noqa: E402
from cryptography.hazmat.primitives import hashes  # noqa: E402
from cryptography.x509 import load_pem_x509_certificate  # noqa: E402

HOST, PORT = ADDRESS.rsplit(":", 1)
MICROSOFT = {
    "login.microsoftonline.com", "login.microsoft.com", "login.windows.net", "sts.windows.net", "graph.microsoft.com",
    "microsoft.com", "www.microsoft.com",
}
DOMAIN = "highlands_azure.com"
CAROL, CAROL_PASSWORD = f"carol.shaw@{DOMAIN}", "Heather-42-Loch"
DAEMON, DAEMON_SECRET = "5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0001", "Dm7.8Q~daemon-secret-of-the-lab"
WEB_APP, WEB_APP_SECRET = "5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0002", "Wb4.8Q~web-app-secret-of-the-lab"
DESKTOP = "5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0003"
OLD_DAEMON, OLD_SECRET = "5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0004", "Od9.8Q~the-secret-that-has-expired"
NEW_APP = "5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0005"
ORDERS, ORDERS_SECRET = "5c5ed0a2-0e5a-4a77-8a0b-0d1d9f6a0006", "Or6.8Q~orders-secret-of-the-lab"
ORDERS_SCOPE = f"api://{ORDERS}/access_as_user"
COMMAND_LINE_TOOLS = "14d82eec-204b-4c2f-b7e8-296a70dab67e"
CALLBACK = "https://localhost:3000/callback"
DEFAULT = ["https://graph.microsoft.com/.default"]
TIMEOUT_S = 20

resolve = socket.getaddrinfo


def lab_dns(host, port, *args, **kwargs):
    """What an entry in /etc/hosts does; and for localhost:443, which MSAL asks for a user's realm, a forwarded port."""
    name = host.decode() if isinstance(host, bytes) else host
    if str(port) in ("443", "https") and (name == "localhost" or STYLE == "microsoft" and name in MICROSOFT):
        host, port = HOST, int(PORT)
    return resolve(host, port, *args, **kwargs)


socket.getaddrinfo = lab_dns
OWN = f"https://localhost:{PORT}"
LOGIN = "https://login.microsoftonline.com" if STYLE == "microsoft" else OWN
GRAPH = "https://graph.microsoft.com" if STYLE == "microsoft" else OWN
CONFIGURATION = requests.get(f"{LOGIN}/{DOMAIN}/v2.0/.well-known/openid-configuration", timeout=TIMEOUT_S).json()
TENANT = CONFIGURATION["token_endpoint"].split("/")[3]
MSAL_SWITCHES = {} if STYLE == "microsoft" else {"instance_discovery": False}
AZURE_SWITCHES = {} if STYLE == "microsoft" else {"authority": OWN, "disable_instance_discovery": True}


# --- a browser


class Forms(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.forms, self.button, self.words = [], None, text
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.forms.append({"action": attributes["action"], "fields": {}, "buttons": {}})
        elif tag == "input" and self.forms:
            self.forms[-1]["fields"][attributes["name"]] = attributes.get("value", "")
        elif tag == "button":
            self.button = (attributes.get("name"), attributes.get("value"))

    def handle_data(self, data):
        if self.button is not None and self.forms:
            self.forms[-1]["buttons"][data.strip()] = self.button
            self.button = None


class Browser:
    """Reads forms, keeps cookies, follows redirects as far as the lab's own pages go."""

    def __init__(self):
        self.session = requests.Session()
        self.url, self.page = None, None

    def open(self, url):
        self._take(self.session.get(url, allow_redirects=False, timeout=TIMEOUT_S))
        return self

    def press(self, button, **fields):
        form = next(form for form in self.page.forms if button in form["buttons"])
        name, value = form["buttons"][button]
        data = {**form["fields"], **fields, **({name: value} if name else {})}
        url = urljoin(self.url, form["action"])
        self._take(self.session.post(url, data=data, allow_redirects=False, timeout=TIMEOUT_S))
        return self

    def sign_in(self, name, password):
        return self.press("Next", loginfmt=name).press("Sign in", passwd=password)

    def _take(self, answer):
        self.url = answer.url
        if answer.is_redirect:
            target = urljoin(answer.url, answer.headers["Location"])
            self.url = target
            if urlsplit(target).hostname in MICROSOFT or target.startswith(OWN):
                return self._take(self.session.get(target, allow_redirects=False, timeout=TIMEOUT_S))
            self.page = None
            return None
        assert answer.status_code == 200, (answer.status_code, answer.text)
        self.page = Forms(answer.text)
        return None


# --- helpers


def public(client_id=DESKTOP, tenant=None, **more):
    return msal.PublicClientApplication(client_id, authority=f"{LOGIN}/{tenant or TENANT}", **MSAL_SWITCHES, **more)


def confidential(client_id=DAEMON, credential=DAEMON_SECRET, **more):
    authority = f"{LOGIN}/{TENANT}"
    return msal.ConfidentialClientApplication(
        client_id, client_credential=credential, authority=authority, **MSAL_SWITCHES, **more
    )


def granted(result):
    assert "access_token" in result, result
    return result


def refused(result, code, error):
    found = (result.get("error_codes"), result.get("error"))
    assert found == ([code], error), f"expected {code} {error}, found {result}"
    assert result["error_description"].startswith(f"AADSTS{code}: "), result
    return result


def claims(jwt):
    payload = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def graph(token, path):
    answer = requests.get(f"{GRAPH}/v1.0/{path}", headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT_S)
    assert answer.status_code == 200, (answer.status_code, answer.text)
    return answer.json()


def raises(code, call):
    try:
        token = call()
    except ClientAuthenticationError as error:
        assert f"AADSTS{code}: " in str(error), error
    else:
        raise AssertionError(f"expected AADSTS{code}, found {token}")


# --- MSAL


def msal_client_credentials_with_a_secret():
    result = granted(confidential().acquire_token_for_client(DEFAULT))
    assert sorted(set(result) - {"token_source"}) == ["access_token", "expires_in", "ext_expires_in", "token_type"], result
    found = claims(result["access_token"])
    assert (found["appid"], found["appidacr"], found["idtyp"]) == (DAEMON, "1", "app"), found
    assert found["roles"] == ["Group.ReadWrite.All", "User.Read.All"] and "scp" not in found, found
    names = {user["userPrincipalName"] for user in graph(result["access_token"], "users")["value"]}
    assert CAROL in names, names


def msal_client_credentials_with_a_certificate():
    key, certificate = (open(path, encoding="ascii").read() for path in sys.argv[4:6])
    thumbprint = load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA1()).hex()
    by_sha1 = {"private_key": key, "thumbprint": thumbprint}
    by_sha256 = {"private_key": key, "public_certificate": certificate}
    for credential in (by_sha1, by_sha256):
        result = granted(confidential(credential=credential).acquire_token_for_client(DEFAULT))
        assert claims(result["access_token"])["appidacr"] == "2"
    unknown = {"private_key": key, "thumbprint": "00" * 20}
    refused(confidential(credential=unknown).acquire_token_for_client(DEFAULT), 700027, "invalid_client")
    elsewhere = confidential(WEB_APP, by_sha1)
    refused(elsewhere.acquire_token_for_client(DEFAULT), 700027, "invalid_client")


def msal_passwords():
    app = public(client_capabilities=["CP1"])
    result = granted(app.acquire_token_by_username_password(CAROL, CAROL_PASSWORD, ["User.Read"]))
    assert result["scope"].split() == ["User.Read", "openid", "profile"], result["scope"]
    found = claims(result["access_token"])
    assert found["scp"].split()[0] == "User.Read" and found["amr"] == ["pwd"] and found["acr"] == "1", found
    assert found["xms_cc"] == ["CP1"] and found["appidacr"] == "0" and found["ver"] == "1.0", found
    assert found["wids"] == ["b79fbf4d-3ef9-4689-8143-76b194e85509"], found
    assert result["id_token_claims"]["preferred_username"] == CAROL and result["id_token_claims"]["ver"] == "2.0"
    assert result["id_token_claims"]["iss"] == CONFIGURATION["issuer"]
    assert graph(result["access_token"], "me")["userPrincipalName"] == CAROL
    account = app.get_accounts()[0]
    assert account["home_account_id"] == f"{found['oid']}.{TENANT}", account
    silent = granted(app.acquire_token_silent(["User.ReadBasic.All"], account))
    assert "User.ReadBasic.All" in silent["scope"], silent
    again = granted(app.acquire_token_silent(["User.Read"], account, force_refresh=True))
    assert again["access_token"] != result["access_token"]


def msal_passwords_that_are_refused():
    def ask(name, password, app=DESKTOP, scope="User.Read"):
        return public(app).acquire_token_by_username_password(f"{name}@{DOMAIN}", password, [scope])

    refused(ask("carol.shaw", "wrong"), 50126, "invalid_grant")
    refused(ask("eve.adams", "Bracken-23-Moor"), 50057, "invalid_grant")
    changed = refused(ask("frank.reid", "Juniper-31-Ben"), 50055, "invalid_grant")
    assert changed["suberror"] == "user_password_expired", changed
    refused(ask("nobody", "Nothing-1-Here"), 50034, "invalid_grant")
    missing = refused(ask("carol.shaw", CAROL_PASSWORD, NEW_APP), 65001, "invalid_grant")
    assert missing["suberror"] == "consent_required", missing
    refused(ask("carol.shaw", CAROL_PASSWORD, scope="Directory.AccessAsUser.All"), 65001, "invalid_grant")
    refused(ask("carol.shaw", CAROL_PASSWORD, "00000000-0000-4000-8000-00000000ffff"), 700016, "unauthorized_client")


def msal_applications_that_are_refused():
    wrong = confidential(credential="not-the-secret").acquire_token_for_client(DEFAULT)
    refused(wrong, 7000215, "invalid_client")
    refused(confidential(OLD_DAEMON, OLD_SECRET).acquire_token_for_client(DEFAULT), 7000222, "invalid_client")
    refused(confidential().acquire_token_for_client(["https://graph.microsoft.com/User.Read"]), 1002012, "invalid_scope")
    try:
        public(tenant="00000000-0000-4000-8000-000000000000")
    except ValueError as error:
        assert "Unable to get authority configuration" in str(error), error
    else:
        raise AssertionError("an unknown tenant has no configuration")
    token = f"{LOGIN}/00000000-0000-4000-8000-000000000000/oauth2/v2.0/token"
    answer = requests.post(token, data={"grant_type": "client_credentials"}, timeout=TIMEOUT_S)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90002]), answer.text


def msal_authorization_code():
    app = confidential(WEB_APP, WEB_APP_SECRET)
    flow = app.initiate_auth_code_flow(["User.Read"], redirect_uri=CALLBACK)
    browser = Browser().open(flow["auth_uri"]).sign_in(CAROL, CAROL_PASSWORD).press("No")
    assert browser.url.startswith(f"{CALLBACK}?"), browser.url
    answer = {name: values[0] for name, values in parse_qs(urlsplit(browser.url).query).items()}
    result = granted(app.acquire_token_by_auth_code_flow(flow, answer))
    assert graph(result["access_token"], "me")["displayName"] == "Carol Shaw"
    # The session is still there, so that nobody is asked a second time; and the code is spent.
    flow = app.initiate_auth_code_flow(["User.Read"], redirect_uri=CALLBACK)
    assert browser.open(flow["auth_uri"]).url.startswith(f"{CALLBACK}?"), browser.url
    spent = app.acquire_token_by_authorization_code(answer["code"], ["User.Read"], redirect_uri=CALLBACK)
    refused(spent, 54005, "invalid_grant")
    where = f"{LOGIN}/common/oauth2/v2.0/logout?post_logout_redirect_uri={CALLBACK}"
    assert browser.open(where).url == CALLBACK, browser.url
    assert "Sign in" in browser.open(flow["auth_uri"]).page.words


def msal_interactive():
    def open_browser(url, *_, **__):
        def person():
            # The last page sends the code by itself, as a form; MSAL takes it in no other way.
            Browser().open(url).sign_in(CAROL, CAROL_PASSWORD).press("No").press("Continue")

        threading.Thread(target=person, daemon=True).start()
        return True

    webbrowser.open = open_browser
    app = public()
    result = granted(app.acquire_token_interactive(["User.Read"], timeout=TIMEOUT_S))
    assert result["id_token_claims"]["name"] == "Carol Shaw"


def msal_device_code():
    app = public()
    flow = app.initiate_device_flow(["User.Read"])
    assert (flow["expires_in"], flow["interval"]) == (900, 5) and flow["user_code"] in flow["message"], flow
    page = "https://microsoft.com/devicelogin" if STYLE == "microsoft" else f"{OWN}/common/oauth2/deviceauth"
    assert flow["verification_uri"] == page, flow

    def poll(flow):
        return app.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)

    refused(poll(flow), 70016, "authorization_pending")
    browser = Browser().open(page).press("Next", otc="WRONGCODE")
    assert "That code didn&#39;t work" in browser.page.words or "That code didn" in browser.page.words
    browser.press("Next", otc=flow["user_code"].lower()).sign_in(CAROL, CAROL_PASSWORD).press("No")
    assert "Are you trying to sign in to Desktop App?" in browser.page.words, browser.page.words
    refused(poll(flow), 70016, "authorization_pending")
    browser.press("Continue")
    assert "You have signed in to the Desktop App application" in browser.page.words, browser.page.words
    result = granted(poll(flow))
    assert graph(result["access_token"], "me")["userPrincipalName"] == CAROL
    refused(poll(flow), 54005, "invalid_grant")
    flow = app.initiate_device_flow(["User.Read"])
    browser.open(page).press("Next", otc=flow["user_code"]).press("Cancel")
    refused(poll(flow), 65004, "authorization_declined")
    refused(poll({**flow, "device_code": "none"}), 70018, "bad_verification_code")


def called_with(scope=ORDERS_SCOPE):
    """The token that the desktop application calls the orders service with."""
    app = public()
    return granted(app.acquire_token_by_username_password(CAROL, CAROL_PASSWORD, [scope]))


def msal_on_behalf_of():
    result = called_with()
    found = claims(result["access_token"])
    assert (found["aud"], found["azp"], found["ver"]) == (ORDERS, DESKTOP, "2.0"), found
    app = confidential(ORDERS, ORDERS_SECRET)
    on = granted(app.acquire_token_on_behalf_of(result["access_token"], ["User.Read"]))
    found = claims(on["access_token"])
    assert (found["appid"], found["upn"], found["idtyp"]) == (ORDERS, CAROL, "user"), found
    assert graph(on["access_token"], "me")["userPrincipalName"] == CAROL
    silent = granted(app.acquire_token_silent(["User.Read"], app.get_accounts()[0], force_refresh=True))
    assert silent["access_token"] != on["access_token"], silent

    def ask(assertion, scope="User.Read", app=(ORDERS, ORDERS_SECRET)):
        return confidential(*app).acquire_token_on_behalf_of(assertion, [scope])

    # A token for Graph is not one for the service; an id token is none at all.
    refused(ask(called_with("User.Read")["access_token"]), 500131, "invalid_grant")
    refused(ask(result["id_token"]), 240002, "invalid_request")
    refused(ask(result["access_token"], app=(WEB_APP, WEB_APP_SECRET)), 500131, "invalid_grant")
    missing = refused(ask(result["access_token"], "User.ReadBasic.All"), 65001, "invalid_grant")
    assert missing["suberror"] == "consent_required", missing
    head, payload, signature = result["access_token"].split(".")
    forged = f"{head}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    refused(ask(forged), 50013, "invalid_grant")
    refused(ask("no token"), 50027, "invalid_request")


def msal_finds_the_tenant_in_every_way_that_it_has():
    def signs_in(app):
        granted(app.acquire_token_by_username_password(CAROL, CAROL_PASSWORD, ["User.Read"]))

    if STYLE == "microsoft":
        for authority in (f"https://login.windows.net/{DOMAIN}", "https://login.microsoftonline.com/organizations"):
            signs_in(msal.PublicClientApplication(DESKTOP, authority=authority))
        try:
            msal.PublicClientApplication(DESKTOP, authority="https://login.example/tenant")
        except ValueError as error:
            assert "invalid_instance" in str(error), error
        else:
            raise AssertionError("login.example is no instance")
    else:
        discovery = f"{OWN}/common/discovery/instance"
        signs_in(msal.PublicClientApplication(DESKTOP, authority=f"{OWN}/{TENANT}", instance_discovery=discovery))
        signs_in(msal.PublicClientApplication(DESKTOP, oidc_authority=f"{OWN}/{TENANT}/v2.0"))


# --- azure-identity


def azure_secret_and_certificate():
    scope = DEFAULT[0]
    by_secret = azure.identity.ClientSecretCredential(TENANT, DAEMON, DAEMON_SECRET, **AZURE_SWITCHES)
    assert graph(by_secret.get_token(scope).token, "users?$top=1")["value"]
    key, certificate = (open(path, "rb").read() for path in sys.argv[4:6])
    by_certificate = azure.identity.CertificateCredential(
        TENANT, DAEMON, certificate_data=key + certificate, **AZURE_SWITCHES
    )
    assert claims(by_certificate.get_token(scope).token)["appidacr"] == "2"
    wrong = azure.identity.ClientSecretCredential(TENANT, DAEMON, "not-the-secret", **AZURE_SWITCHES)
    raises(7000215, lambda: wrong.get_token(scope))
    expired = azure.identity.ClientSecretCredential(TENANT, OLD_DAEMON, OLD_SECRET, **AZURE_SWITCHES)
    raises(7000222, lambda: expired.get_token(scope))


def azure_environment():
    os.environ.update(AZURE_TENANT_ID=TENANT, AZURE_CLIENT_ID=DAEMON, AZURE_CLIENT_SECRET=DAEMON_SECRET)
    if STYLE != "microsoft":
        os.environ["AZURE_AUTHORITY_HOST"] = OWN
    switches = {name: value for name, value in AZURE_SWITCHES.items() if name != "authority"}
    credential = azure.identity.EnvironmentCredential(**switches)
    assert graph(credential.get_token(DEFAULT[0]).token, "users?$top=1")["value"]


def azure_password():
    def credential(name, password):
        return azure.identity.UsernamePasswordCredential(DESKTOP, name, password, tenant_id=TENANT, **AZURE_SWITCHES)

    token = credential(CAROL, CAROL_PASSWORD).get_token("https://graph.microsoft.com/User.Read", enable_cae=True).token
    assert claims(token)["xms_cc"] == ["CP1"] and graph(token, "me")["userPrincipalName"] == CAROL
    raises(50126, lambda: credential(CAROL, "wrong").get_token("https://graph.microsoft.com/User.Read"))


def azure_device_code():
    def person(page, user_code, _):
        Browser().open(page).press("Next", otc=user_code).sign_in(CAROL, CAROL_PASSWORD).press("No").press("Continue")

    credential = azure.identity.DeviceCodeCredential(
        DESKTOP, tenant_id=TENANT, prompt_callback=person, timeout=TIMEOUT_S, **AZURE_SWITCHES
    )
    token = credential.get_token("https://graph.microsoft.com/User.Read").token
    assert graph(token, "me")["userPrincipalName"] == CAROL


def azure_on_behalf_of():
    def credential(**proof):
        return azure.identity.OnBehalfOfCredential(TENANT, ORDERS, **proof, **AZURE_SWITCHES)

    assertion = called_with()["access_token"]
    token = credential(client_secret=ORDERS_SECRET, user_assertion=assertion).get_token(
        "https://graph.microsoft.com/User.Read"
    )
    assert graph(token.token, "me")["userPrincipalName"] == CAROL
    everything = credential(client_secret=ORDERS_SECRET, user_assertion=assertion).get_token(DEFAULT[0])
    assert claims(everything.token)["scp"].split()[0] == "User.Read", claims(everything.token)
    wrong = credential(client_secret="not-the-secret", user_assertion=assertion)
    raises(7000215, lambda: wrong.get_token(DEFAULT[0]))
    of_graph = called_with("User.Read")["access_token"]
    raises(500131, lambda: credential(client_secret=ORDERS_SECRET, user_assertion=of_graph).get_token(DEFAULT[0]))


def azure_authorization_code():
    query = f"client_id={WEB_APP}&response_type=code&redirect_uri={CALLBACK}&scope=User.Read+openid+offline_access&state=s"
    browser = Browser().open(f"{LOGIN}/{TENANT}/oauth2/v2.0/authorize?{query}").sign_in(CAROL, CAROL_PASSWORD).press("Yes")
    code = parse_qs(urlsplit(browser.url).query)["code"][0]
    credential = azure.identity.AuthorizationCodeCredential(
        TENANT, WEB_APP, code, CALLBACK, client_secret=WEB_APP_SECRET, **AZURE_SWITCHES
    )
    token = credential.get_token("https://graph.microsoft.com/User.Read").token
    assert graph(token, "me")["userPrincipalName"] == CAROL


# --- what is under every client


def a_page_of_graph_leads_to_the_next_under_the_same_name():
    token = granted(confidential().acquire_token_for_client(DEFAULT))["access_token"]
    page = graph(token, "users?$top=1")
    assert page["@odata.nextLink"].startswith(f"{GRAPH}/v1.0/users?"), page
    answer = requests.get(page["@odata.nextLink"], headers={"Authorization": f"Bearer {token}"}, timeout=TIMEOUT_S)
    assert answer.json()["value"] and answer.json()["value"] != page["value"], answer.text


def the_id_token_is_signed_by_a_key_of_the_set():
    import jwt

    result = granted(public().acquire_token_by_username_password(CAROL, CAROL_PASSWORD, ["User.Read"]))
    keys = jwt.PyJWKSet.from_dict(requests.get(CONFIGURATION["jwks_uri"], timeout=TIMEOUT_S).json())
    header = jwt.get_unverified_header(result["id_token"])
    assert header["kid"] == header["x5t"], header
    found = jwt.decode(
        result["id_token"], keys[header["kid"]], algorithms=["RS256"], audience=DESKTOP, issuer=CONFIGURATION["issuer"]
    )
    userinfo = requests.get(
        CONFIGURATION["userinfo_endpoint"],
        headers={"Authorization": f"Bearer {result['access_token']}"},
        timeout=TIMEOUT_S,
    ).json()
    assert userinfo["sub"] == found["sub"] and userinfo["name"] == "Carol Shaw", userinfo


def a_key_with_rsa_is_registered_through_graph_and_signs_in():
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from fido2.cose import RS256
    from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

    def url64(data):
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    administrator = public(COMMAND_LINE_TOOLS).acquire_token_by_username_password(
        f"grace.admin@{DOMAIN}", "Granite-99-Peak", DEFAULT
    )
    headers = {"Authorization": f"Bearer {granted(administrator)['access_token']}"}
    methods = f"{GRAPH}/v1.0/users/dave.munro@{DOMAIN}/authentication/fido2Methods"
    options = requests.get(f"{methods}/creationOptions", headers=headers, timeout=TIMEOUT_S).json()["publicKey"]
    assert [one["alg"] for one in options["pubKeyCredParams"]] == [-7, -257], options["pubKeyCredParams"]
    off = {
        "@odata.type": "#microsoft.graph.fido2AuthenticationMethodConfiguration", "isAttestationEnforced": False,
    }
    policy = f"{GRAPH}/v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2"
    assert requests.patch(policy, json=off, headers=headers, timeout=TIMEOUT_S).status_code == 204

    key = rsa.generate_private_key(65537, 2048)
    rp_id_hash = hashlib.sha256(b"login.microsoft.com").digest()
    credential = AttestedCredentialData.create(
        Aaguid(bytes(16)), os.urandom(32), RS256.from_cryptography_key(key.public_key())
    )
    made = AttestationObject.create("none", AuthenticatorData.create(rp_id_hash, 0x45, 1, credential), {})
    origin = "https://login.microsoft.com"
    client_data = CollectedClientData.create("webauthn.create", options["challenge"], origin)
    body = {
        "displayName": "RSA",
        "publicKeyCredential": {
            "id": url64(credential.credential_id),
            "response": {"clientDataJSON": url64(client_data), "attestationObject": url64(made)},
        },
    }
    answer = requests.post(methods, json=body, headers=headers, timeout=TIMEOUT_S)
    assert answer.status_code == 201, (answer.status_code, answer.text)

    def sign_in(count, alter=0):
        query = f"client_id={WEB_APP}&response_type=code&redirect_uri={CALLBACK}&scope=User.Read+openid&state=s"
        browser = Browser().open(f"{LOGIN}/{TENANT}/oauth2/v2.0/authorize?{query}")
        browser.press("Next", loginfmt=f"dave.munro@{DOMAIN}").press("Other ways to sign in")
        asked = next(form["fields"] for form in browser.page.forms if "serverChallenge" in form["fields"])
        client_data = CollectedClientData.create("webauthn.get", asked["serverChallenge"].encode(), origin)
        data = AuthenticatorData.create(rp_id_hash, 0x05, count)
        signature = bytearray(key.sign(data + client_data.hash, padding.PKCS1v15(), hashes.SHA256()))
        signature[7] ^= alter
        assertion = {
            "id": url64(credential.credential_id), "clientDataJSON": url64(client_data), "authenticatorData": url64(data),
            "signature": url64(bytes(signature)), "userHandle": options["user"]["id"],
        }
        form = {"type": "23", "ps": "23", "flowToken": asked["canary"], "assertion": json.dumps(assertion)}
        return browser, browser.session.post(f"{LOGIN}/common/login", data=form, timeout=TIMEOUT_S).text

    assert "Error code: 135000" in sign_in(2, alter=1)[1]
    assert "Stay signed in?" in sign_in(3)[1]
    assert requests.delete(f"{methods}/{answer.json()['id']}", headers=headers, timeout=TIMEOUT_S).status_code == 204


def v1_speaks_in_strings():
    form = {
        "grant_type": "password", "client_id": DESKTOP, "username": CAROL, "password": CAROL_PASSWORD,
        "resource": "https://graph.microsoft.com",
    }
    body = requests.post(f"{LOGIN}/{TENANT}/oauth2/token", data=form, timeout=TIMEOUT_S).json()
    assert body["expires_in"] == "3599" and body["resource"] == "https://graph.microsoft.com", body
    assert int(body["expires_on"]) - int(body["not_before"]) == 3599 and "refresh_token" in body, body
    v1 = requests.get(f"{LOGIN}/{TENANT}/.well-known/openid-configuration", timeout=TIMEOUT_S).json()
    assert v1["issuer"] == f"https://sts.windows.net/{TENANT}/" and v1["token_endpoint"].endswith("/oauth2/token"), v1


def the_verifier_of_pkce_is_checked():
    verifier = "v" * 43
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = (
        f"client_id={DESKTOP}&response_type=code&redirect_uri=http://localhost&scope=User.Read&state=s"
        f"&code_challenge={challenge}&code_challenge_method=S256"
    )
    browser = Browser().open(f"{LOGIN}/{TENANT}/oauth2/v2.0/authorize?{query}").sign_in(CAROL, CAROL_PASSWORD).press("No")
    form = {
        "grant_type": "authorization_code", "client_id": DESKTOP, "redirect_uri": "http://localhost",
        "code": parse_qs(urlsplit(browser.url).query)["code"][0],
    }
    token = f"{LOGIN}/{TENANT}/oauth2/v2.0/token"
    for guess, code in (({}, 50148), ({"code_verifier": "w" * 43}, 501481)):
        assert requests.post(token, data={**form, **guess}, timeout=TIMEOUT_S).json()["error_codes"] == [code]
    assert requests.post(token, data={**form, "code_verifier": verifier}, timeout=TIMEOUT_S).status_code == 200


# --- Conditional Access


def msal_is_told_that_a_second_factor_is_due():
    def ask(name, password):
        app = public(COMMAND_LINE_TOOLS)
        return app.acquire_token_by_username_password(f"{name}@{DOMAIN}", password, DEFAULT)

    has_phone = refused(ask("carol.shaw", CAROL_PASSWORD), 50076, "invalid_grant")
    assert has_phone["suberror"] == "basic_action", has_phone
    assert json.loads(has_phone["claims"])["access_token"]["capolids"]["values"], has_phone
    refused(ask("hyprserviceaccount", "Svc-7-Permanent!"), 50079, "invalid_grant")
    granted(ask("grace.admin", "Granite-99-Peak"))


SUITE = [
    msal_client_credentials_with_a_secret, msal_client_credentials_with_a_certificate, msal_passwords,
    msal_passwords_that_are_refused, msal_applications_that_are_refused, msal_authorization_code, msal_interactive,
    msal_device_code, msal_on_behalf_of, msal_finds_the_tenant_in_every_way_that_it_has, azure_secret_and_certificate, azure_environment,
    azure_password, azure_device_code, azure_on_behalf_of, azure_authorization_code,
    a_page_of_graph_leads_to_the_next_under_the_same_name, the_id_token_is_signed_by_a_key_of_the_set,
    a_key_with_rsa_is_registered_through_graph_and_signs_in, v1_speaks_in_strings, the_verifier_of_pkce_is_checked,
]

if __name__ == "__main__":
    for case in [msal_is_told_that_a_second_factor_is_due] if STYLE == "mfa" else SUITE:
        print(case.__name__, flush=True)
        case()
    print("entra_clients: ok")
