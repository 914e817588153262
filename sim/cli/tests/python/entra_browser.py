"""Chromium, driven by Selenium, on the pages of `passkey-lab entra`.

    python entra_browser.py JOURNEY PASSKEY_LAB SCENARIO.yaml FOLDER SCREENSHOTS

JOURNEY is one of the functions at the end. Microsoft's names lead to the lab by --host-resolver-rules, and the
certificate is trusted by its key. The security key is Chromium's own virtual authenticator: what it makes and signs was
written by nobody here. Every page on the way is judged: labels, headings, contrast, width, console.
"""

import base64
import hashlib
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate
from selenium import webdriver
from selenium.common.exceptions import TimeoutException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.virtual_authenticator import Credential, VirtualAuthenticatorOptions
from selenium.webdriver.support.wait import WebDriverWait

JOURNEY, PASSKEY_LAB, SCENARIO, FOLDER, SCREENSHOTS = sys.argv[1:6]
DOMAIN = "highlands_azure.com"
CAROL, CAROL_PASSWORD = f"carol.shaw@{DOMAIN}", "Heather-42-Loch"
DAVE, DAVE_PASSWORD = f"dave.munro@{DOMAIN}", "Thistle-17-Glen"
EVE, EVE_PASSWORD = f"eve.adams@{DOMAIN}", "Bracken-23-Moor"
FRANK, FRANK_PASSWORD = f"frank.reid@{DOMAIN}", "Juniper-31-Ben"
GRACE, GRACE_PASSWORD = f"grace.admin@{DOMAIN}", "Granite-99-Peak"
PORTAL = "https://portal.azure.com/"
OFFICE, SECURITY_INFO = "https://www.office.com/", "https://mysignins.microsoft.com/security-info"
KEY_BUTTON = "Use Windows Hello or a security key"
TIMEOUT_S = 30
CONTRAST_MIN = 4.5
# Browsers to be ended with the journey.
OPENED = []

# What is wrong with the page, as a list of sentences.
JUDGE = """
const faults = [];
if (!document.documentElement.lang) faults.push("no lang");
if (!document.title) faults.push("no title");
const levels = [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")].map((heading) => +heading.tagName[1]);
if (levels.filter((level) => level === 1).length !== 1 || levels[0] !== 1) faults.push(`headings: ${levels}`);
levels.forEach((level, at) => { if (level > (levels[at - 1] ?? 0) + 1) faults.push(`heading ${level} at ${at}`); });
if (document.querySelectorAll("main").length !== 1) faults.push("not one main");
for (const input of document.querySelectorAll("input:not([type=hidden], [hidden]), select, textarea"))
  if (![...input.labels].some((label) => label.innerText.trim())) faults.push(`no label: ${input.name}`);
for (const control of document.querySelectorAll("button, a[href]"))
  if (!control.innerText.trim()) faults.push(`no name: ${control.outerHTML}`);
if (document.documentElement.scrollWidth > document.documentElement.clientWidth) faults.push("scrolls sideways");
const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
const luminance = (colour) => {
  const linear = (s) => (s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = parts(colour).map((part) => linear(part / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (; element; element = element.parentElement) {
    const colour = getComputedStyle(element).backgroundColor;
    if (parts(colour)[3] !== 0) return colour;
  }
  return "rgb(255, 255, 255)";
};
const written = "h1, p, label, button, a, th, td, input:not([type=hidden], [hidden]), select";
for (const element of document.querySelectorAll(written)) {
  const [dark, light] = [getComputedStyle(element).color, behind(element)].map(luminance).sort((a, b) => a - b);
  const ratio = (light + 0.05) / (dark + 0.05);
  if (ratio < arguments[0]) faults.push(`contrast ${ratio.toFixed(1)}: ${element.outerHTML.slice(0, 80)}`);
}
return faults;
"""


class Lab:
    """A running tenant, and the text messages that it sends."""

    def __init__(self):
        arguments = ["entra", "--listen", "127.0.0.1:0", "--scenario", SCENARIO, "--ca", f"{FOLDER}/ca"]
        self.process = subprocess.Popen([PASSKEY_LAB, *arguments], stdout=subprocess.PIPE, text=True)
        self.codes, self.arrived = [], threading.Condition()
        for line in self.process.stdout:
            if found := re.match(r"listening on 127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                break
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            if found := re.search(r"text message to .*: (\d+)$", line):
                with self.arrived:
                    self.codes.append(found[1])
                    self.arrived.notify()

    def code(self):
        with self.arrived:
            assert self.arrived.wait_for(lambda: self.codes, TIMEOUT_S), "no text message"
            return self.codes.pop(0)

    def key_hash(self):
        """The SHA-256 of the leaf's public key, as Chromium's switch wants it."""
        context = ssl.create_default_context(cafile=f"{FOLDER}/ca/ca.pem")
        with socket.create_connection(("127.0.0.1", self.port), TIMEOUT_S) as tcp:
            with context.wrap_socket(tcp, server_hostname="login.microsoftonline.com") as tls:
                leaf = load_der_x509_certificate(tls.getpeercert(binary_form=True))
        key = leaf.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(hashlib.sha256(key).digest()).decode()


class Browser:
    """Reads what a person reads, presses what a person presses."""

    def __init__(self, lab, javascript=True):
        self.lab, self.javascript = lab, javascript
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        names = ("*.microsoftonline.com", "*.microsoft.com", "microsoft.com", "www.office.com", "*.azure.com")
        for flag in (
            "headless", "no-sandbox", "disable-gpu", "disable-dev-shm-usage", "no-first-run",
            "disable-background-networking", "disable-component-update", "disable-sync", "disable-quic",
            f"user-data-dir={FOLDER}/profile", f"ignore-certificate-errors-spki-list={lab.key_hash()}",
            "host-resolver-rules=" + ", ".join(f"MAP {name} 127.0.0.1:{lab.port}" for name in names),
        ):
            options.add_argument(f"--{flag}")
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        if not javascript:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        OPENED.append(self)
        print("Chromium", self.driver.capabilities["browserVersion"])
        self.driver.set_page_load_timeout(TIMEOUT_S)
        self.shots = 0

    def open(self, url):
        self.driver.get(url)
        return self

    def see(self, title, *words, host=None):
        """Waits for the page of this title, and judges it."""
        def is_there(driver):
            return driver.find_element(By.TAG_NAME, "h1").text == title and all(part in self.text() for part in words)

        try:
            WebDriverWait(self.driver, TIMEOUT_S, ignored_exceptions=[WebDriverException]).until(is_there)
        except TimeoutException:
            found = f"{self.driver.current_url}\n{self.text()}"
            raise AssertionError(f"waited for {title!r} with {words}, found {found}") from None
        assert host is None or self.driver.current_url.startswith(f"https://{host}/"), self.driver.current_url
        if self.javascript:
            self.judge(title)
        return self

    def judge(self, title):
        self.shots += 1
        name = re.sub(r"\W+", "-", title.lower()).strip("-")
        for width in (1280, 400):
            for scheme in ("light", "dark"):
                size = {"width": width, "height": 760, "deviceScaleFactor": 1, "mobile": False}
                self.command("Emulation.setDeviceMetricsOverride", **size)
                self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                faults = self.driver.execute_script(JUDGE, CONTRAST_MIN)
                assert not faults, f"{title}, {width} px, {scheme}: {faults}"
                self.driver.save_screenshot(f"{SCREENSHOTS}/{self.shots:02}-{name}-{width}-{scheme}.png")
        # The tenant has no icon and answers error pages by 400; it takes ES256 alone, which Chromium finds too little.
        entries = (entry for entry in self.driver.get_log("browser") if entry["source"] != "network")
        faults = [entry for entry in entries if "publicKey.pubKeyCredParams is missing" not in entry["message"]]
        assert not faults, f"{title}: {faults}"

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def type(self, label, text):
        element = self.driver.find_element(By.XPATH, f"//label[normalize-space()='{label}']")
        self.driver.find_element(By.ID, element.get_attribute("for")).send_keys(text)
        return self

    def press(self, label):
        own = f"normalize-space()='{label}'"
        self.driver.find_element(By.XPATH, f"//button[{own}] | //a[{own}]").click()
        return self

    def tick(self, label):
        self.driver.find_element(By.XPATH, f"//label[normalize-space()='{label}']").click()
        return self

    def beside(self, name):
        """What stands beside a name, or in the column of that name in the first line."""
        facts = self.driver.find_elements(By.XPATH, f"//tr[th[normalize-space()='{name}']]/td")
        columns = [cell.text for cell in self.driver.find_elements(By.XPATH, "//table[not(@class)]//th")]
        cells = self.driver.find_elements(By.XPATH, "//table[not(@class)]//tr[2]/td") if name in columns else []
        return facts[0].text if facts else cells[columns.index(name)].text

    def keys(self, *keys):
        """Types wherever the focus is."""
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()
        return self

    def name_and_password(self, name, password):
        self.see("Sign in", host="login.microsoftonline.com").type("Email, phone, or Skype", name).press("Next")
        return self.see("Enter password", name).type("Password", password).press("Sign in")

    def second_factor(self):
        self.see("Verify your identity").press("Text +X XXXXXXX" + ("42" if self.who == CAROL else "17"))
        return self.see("Enter code").type("Code", self.lab.code()).press("Verify")

    def do_not_stay(self):
        return self.see("Stay signed in?").press("No")

    # --- security keys

    def plug_in(self):
        options = VirtualAuthenticatorOptions(
            protocol=VirtualAuthenticatorOptions.Protocol.CTAP2, transport=VirtualAuthenticatorOptions.Transport.USB,
            has_resident_key=True, has_user_verification=True, is_user_consenting=True, is_user_verified=True,
        )
        self.driver.add_virtual_authenticator(options)
        return self

    def sign_in_to_security_info(self, name, password):
        self.who = name
        self.open(SECURITY_INFO).name_and_password(name, password).do_not_stay()
        self.see("My Account", name, host="mysignins.microsoft.com").press("UPDATE INFO")
        return self.see("Security info", "Password")

    def begin_key(self):
        self.press("Add sign-in method").see("Add a method").press("Add")
        return self

    def make_key(self):
        self.see("Security key").press("USB device")
        return self.see("Have your key ready").press("Next")

    def name_key(self, name):
        self.see("Name your security key", host="mysignins.microsoft.com")
        return self.type("Name your security key", name).press("Next")

    def credentials(self):
        return self.driver.get_credentials()


# --- journeys


def password(lab):
    browser = Browser(lab)
    browser.open(OFFICE).see("Sign in", host="login.microsoftonline.com")
    browser.type("Email, phone, or Skype", f"nobody@{DOMAIN}").press("Next")
    browser.see("Sign in", "This username may be incorrect.", "50034")
    browser.open(OFFICE).name_and_password(CAROL, "wrong")
    browser.see("Enter password", "Your account or password is incorrect.", "Error code: 50126")
    browser.type("Password", CAROL_PASSWORD).press("Sign in").do_not_stay()
    browser.see("Microsoft 365", "Welcome, Carol Shaw", CAROL, host="www.office.com")
    browser.press("Sign out").see("You signed out of your account")
    by_keyboard(browser)
    browser.open(OFFICE).name_and_password(EVE, EVE_PASSWORD).see("Enter password", "Error code: 50057")
    forced_change(browser)


def by_keyboard(browser):
    """The focus is where one types, Enter goes on, Tab reaches every control."""
    browser.open(OFFICE).see("Sign in").keys(DAVE, Keys.ENTER).see("Enter password").keys(DAVE_PASSWORD, Keys.ENTER)
    browser.see("Stay signed in?").keys(Keys.TAB, Keys.TAB, Keys.ENTER).see("Microsoft 365", "Welcome, Dave Munro")
    browser.press("Sign out").see("You signed out of your account")


def forced_change(browser):
    fields = ("Current password", "New password", "Confirm password")
    browser.open(OFFICE).name_and_password(FRANK, FRANK_PASSWORD)
    for texts, words in (
        ((FRANK_PASSWORD, "Rowan-77-Cairn", "Rowan-77-Cairm"), "Passwords do not match."),
        ((FRANK_PASSWORD, "short", "short"), "at least 8 characters"),
        (("wrong", "Rowan-77-Cairn", "Rowan-77-Cairn"), "Error code: 50126"),
        ((FRANK_PASSWORD, "Rowan-77-Cairn", "Rowan-77-Cairn"), None),
    ):
        browser.see("Update your password", FRANK)
        for label, text in zip(fields, texts):
            browser.type(label, text)
        browser.press("Sign in")
        if words is not None:
            browser.see("Update your password", words)
    browser.do_not_stay().see("Microsoft 365", "Welcome, Frank Reid")


def no_javascript(lab):
    browser = Browser(lab, javascript=False)
    browser.open(OFFICE).name_and_password(FRANK, FRANK_PASSWORD).see("Update your password")
    for label, text in (("Current", FRANK_PASSWORD), ("New", "Rowan-77-Cairn"), ("Confirm", "Rowan-77-Cairn")):
        browser.type(f"{label} password", text)
    # The page that a script sends on stays, with a button.
    browser.press("Sign in").do_not_stay().see("Working...").press("Continue")
    browser.see("Microsoft 365", "Welcome, Frank Reid").press("Sign out").see("You signed out of your account")
    browser.sign_in_to_security_info(CAROL, CAROL_PASSWORD).begin_key().second_factor()
    browser.see("Security key").press("USB device").see("Have your key ready").press("Next")
    browser.see("Set up your security key", "Security keys need JavaScript.")
    browser.open(PORTAL).see("Working...").press("Continue").see("Welcome to Azure!", CAROL)
    browser.press("Azure Active Directory").see("Highlands Bank").press("Users").see("Users").press("New user")
    browser.see("New user").press("Create user").see("Create new user").type("User name", "nobody")
    browser.type("Name", "Nobody").press("Create").see("Create new user", "Insufficient privileges")


def security_key(lab):
    browser = Browser(lab).plug_in()
    browser.sign_in_to_security_info(CAROL, CAROL_PASSWORD)
    add_key(browser)
    use_key(browser)
    clone_key(browser)
    delete_key(browser)


def add_key(browser):
    browser.begin_key().second_factor()
    browser.driver.set_user_verified(False)
    problem = "We're sorry, we ran into a problem"
    browser.make_key().see(problem, "could not be set up", "NotAllowedError", host="mysignins.microsoft.com")
    browser.driver.set_user_verified(True)
    browser.press("Done").see("Security info").begin_key().make_key()
    browser.name_key("").see("Name your security key", "1 to 30 characters").name_key("Chromium's key")
    browser.see("You're all set!", "Chromium's key").press("Done").see("Security info", "Chromium's key")
    (credential,) = browser.credentials()
    assert credential.rp_id == "login.microsoft.com" and credential.is_resident_credential, credential.to_dict()
    browser.begin_key().make_key().see(problem, "already registered", "InvalidStateError")


def use_key(browser):
    browser.open(OFFICE + "logout").see("You signed out of your account")
    browser.open(OFFICE).see("Sign in").press("Sign-in options").see("Choose a way to sign in")
    browser.driver.set_user_verified(False)
    browser.press(KEY_BUTTON).see("Choose a way to sign in", "We couldn't verify you", "NotAllowedError")
    browser.driver.set_user_verified(True)
    browser.press(KEY_BUTTON).do_not_stay().see("Microsoft 365", "Welcome, Carol Shaw", host="www.office.com")
    browser.press("Sign out").see("You signed out of your account")
    # With a name, the key is asked for by its credential id, and first, as it was used last; and it is nobody else's.
    browser.open(OFFICE).see("Sign in").type("Email, phone, or Skype", CAROL).press("Next")
    browser.see("Face, fingerprint, PIN or security key", CAROL).press(KEY_BUTTON).do_not_stay()
    browser.see("Microsoft 365", "Welcome, Carol Shaw").press("Sign out").see("You signed out of your account")
    browser.open(OFFICE).see("Sign in").type("Email, phone, or Skype", DAVE).press("Next").see("Enter password")
    browser.press("Other ways to sign in").see("Choose a way to sign in", DAVE).press(KEY_BUTTON)
    browser.see("Choose a way to sign in", "Error code: 135012", host="login.microsoftonline.com")


def clone_key(browser):
    """A copy of the key that has counted less."""
    (credential,) = browser.credentials()
    browser.driver.remove_credential(credential.id)
    browser.driver.add_credential(Credential.from_dict({**credential.to_dict(), "signCount": 0}))
    browser.open(OFFICE).see("Sign in").press("Sign-in options").see("Choose a way to sign in").press(KEY_BUTTON)
    browser.see("Choose a way to sign in", "Error code: 135017", host="login.microsoftonline.com")


def delete_key(browser):
    browser.open(f"{SECURITY_INFO}/methods").see("Security info", "Chromium's key").press("Delete")
    browser.see("Delete this method?", "Chromium's key").press("Ok")
    browser.see("Security info")
    assert "Chromium's key" not in browser.text(), browser.text()
    # The key itself still has it; Entra does not know it any longer.
    assert len(browser.credentials()) == 1
    browser.open(OFFICE).see("Sign in").press("Sign-in options").see("Choose a way to sign in").press(KEY_BUTTON)
    browser.see("Choose a way to sign in", "Error code: 135001", host="login.microsoftonline.com")


def attestation(lab):
    browser = Browser(lab).plug_in()
    browser.sign_in_to_security_info(CAROL, CAROL_PASSWORD).begin_key().second_factor()
    browser.make_key().name_key("Chromium's key")
    words = ("Your security key was not accepted", "error_attestation_not_trusted")
    browser.see("We're sorry, we ran into a problem", *words)
    browser.press("Done").see("Security info")
    assert "Chromium's key" not in browser.text(), browser.text()


def portal(lab):
    """The guide's "Setting Up the Entra/Azure AD Tenant"."""
    browser = Browser(lab)
    browser.open(PORTAL).name_and_password(GRACE, GRACE_PASSWORD).do_not_stay()
    browser.see("Welcome to Azure!", GRACE, host="portal.azure.com")
    register_application(browser)
    create_service_account(browser)
    enable_security_keys(browser)
    browser.open(PORTAL).press("Sign out").see("You signed out of your account")
    browser.open(f"{PORTAL}directory/users").name_and_password("hyprserviceaccount@" + DOMAIN, "Svc-1-Temporary!")
    browser.see("Update your password")


def register_application(browser):
    browser.press("App registrations").see("App registrations").press("New registration")
    browser.see("Register an application").type("Name", "HYPRAuthApp").press("Register")
    browser.see("HYPRAuthApp", "Application (client) ID", "Directory (tenant) ID")
    assert re.fullmatch(r"[0-9a-f-]{36}", browser.beside("Application (client) ID")), browser.text()
    browser.press("API permissions").see("API permissions", "User.Read").press("...").see("User.Read")
    browser.press("Remove Permission").see("Remove permission").press("Yes").see("API permissions")
    browser.press("Add a permission").see("Request API permissions").press("Microsoft Graph")
    browser.see("Request API permissions", "What type of permissions").press("Delegated permissions")
    browser.see("Request API permissions: Delegated permissions").tick("Directory.AccessAsUser.All")
    browser.tick("UserAuthenticationMethod.ReadWrite.All").press("Add Permissions")
    browser.see("API permissions", "Not granted for Highlands Bank").press("Grant admin consent for Highlands Bank")
    browser.see("Grant admin consent confirmation.").press("Yes").see("API permissions", "Granted for Highlands Bank")
    assert "User.Read\n" not in browser.text() and "Not granted" not in browser.text(), browser.text()
    browser.press("Certificates & secrets").see("Certificates & secrets").press("New client secret")
    browser.see("Add a client secret").type("Description", "for HYPR").press("Add")
    browser.see("Certificates & secrets", "for HYPR", "cannot be viewed")
    value = browser.beside("Value")
    assert re.fullmatch(r".{3}8Q~.{34}", value), value
    browser.press("Certificates & secrets").see("Certificates & secrets", value[:3] + "***")
    assert value not in browser.text()


def create_service_account(browser):
    browser.open(PORTAL).press("Azure Active Directory").see("Highlands Bank", "Tenant ID").press("Users").see("Users")
    browser.press("New user").see("New user").press("Create user").see("Create new user")
    browser.type("User name", "hyprserviceaccount").type("Name", "HYPR Service Account")
    browser.tick("Let me create the password").type("Initial password", "short").press("Create")
    browser.see("Create new user", "password complexity").type("Initial password", "Svc-1-Temporary!").press("Create")
    browser.see("Users", "hyprserviceaccount@" + DOMAIN).press("HYPR Service Account").see("HYPR Service Account")
    browser.press("Assigned roles").see("Assigned roles").press("Add Assignments").see("Directory roles")
    browser.type("Search by name", "writers").press("Search").see("Directory roles", "Directory Writers")
    browser.tick("Directory Writers").press("Add").see("Assigned roles", "Directory Writers")
    browser.press("Authentication methods").see("Authentication methods", "Password")
    browser.press("Overview").see("HYPR Service Account").press("Edit properties").see("Edit properties")
    browser.press("Cancel").see("HYPR Service Account").press("Delete").see("Delete user").press("No")
    browser.see("HYPR Service Account").open(f"{PORTAL}directory/users/deleted").see("Deleted users")


def enable_security_keys(browser):
    browser.press("Security").see("Security").press("Authentication methods").see("Authentication methods", "SMS")
    browser.press("FIDO2 security key").see("FIDO2 security key settings").type("Enable", "Yes").press("Save")
    browser.see("FIDO2 security key settings").press("Configure").see("FIDO2 security key settings", "AAGUIDs")
    browser.press("Save").see("FIDO2 security key settings", "AAGUIDs").press("Conditional Access")
    browser.see("Conditional Access policies").press("New policy").see("New Conditional Access policy")
    browser.type("Name", "Require MFA").type("Exclude users", "hyprserviceaccount@" + DOMAIN).press("Create")
    browser.see("Conditional Access policies", "Report-only").press("Require MFA").see("Require MFA").press("Save")
    browser.see("Conditional Access policies", "Report-only")
    browser.open("https://intune.microsoft.com/").see("Home", "Microsoft Intune admin center").press("Devices")
    browser.see("Devices").press("Windows enrollment").see("Windows enrollment").press("Windows Hello for Business")
    browser.see("Windows Hello for Business").type("Use security keys for sign-in", "Enabled").press("Save")
    browser.see("Windows Hello for Business", "Enabled")
    browser.open(f"{PORTAL}nowhere").see("Not found")


JOURNEYS = {
    "portal": portal,
    "password": password, "no-javascript": no_javascript, "security-key": security_key, "attestation": attestation,
}


def main():
    pathlib.Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
    pathlib.Path(FOLDER).mkdir(parents=True, exist_ok=True)
    lab = Lab()
    try:
        JOURNEYS[JOURNEY](lab)
        print("entra_browser: ok")
    finally:
        for browser in OPENED:
            browser.driver.quit()
        lab.process.kill()


main()
