//! AADSTS codes as data: number, OAuth error, HTTP status and text, as <https://login.microsoftonline.com/error> has them.

/// One code.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The number after `AADSTS`.
    pub number: u32,
    /// The OAuth `error`.
    pub error: &'static str,
    /// The HTTP status of the token endpoint.
    pub status: u16,
    /// `suberror`, where the code has one.
    pub suberror: Option<&'static str>,
    /// The text; `{name}` is filled in by [`super::Refusal::with`].
    pub text: &'static str,
}

const fn code(number: u32, error: &'static str, text: &'static str) -> Code {
    Code { number, error, status: 400, suberror: None, text }
}

const fn client(number: u32, text: &'static str) -> Code {
    Code { number, error: "invalid_client", status: 401, suberror: None, text }
}

const fn with_suberror(code: Code, suberror: &'static str) -> Code {
    Code { suberror: Some(suberror), ..code }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $value:expr;)+) => {
        $($(#[doc = $doc])+ pub const $name: &Code = &$value;)+
    };
}

codes! {
    // --- tenant, client, request
    /// Unknown tenant.
    TENANT_NOT_FOUND = code(90002, "invalid_request", "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.");
    /// An application by itself, at an address without a tenant.
    TENANT_NOT_NAMED = code(50059, "invalid_request", "No tenant-identifying information found in either the request or implied by any provided credentials.");
    /// Unknown tenant, at discovery.
    DISCOVERY_TENANT_NOT_FOUND = Code { error: "invalid_tenant", ..*TENANT_NOT_FOUND };
    /// Unknown host at instance discovery.
    UNKNOWN_INSTANCE = code(50049, "invalid_instance", "Unknown or invalid instance.");
    /// Unknown application.
    APPLICATION_NOT_FOUND = code(700016, "unauthorized_client", "Application with identifier '{id}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.");
    /// An application whose service principal is disabled.
    APPLICATION_DISABLED = code(7000112, "unauthorized_client", "Application '{id}'({name}) is disabled.");
    /// An application without a service principal in the tenant.
    SERVICE_PRINCIPAL_MISSING = code(7000229, "unauthorized_client", "The client application '{id}' is missing service principal in the tenant '{tenant}'. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119");
    /// Wrong secret, or a secret's id.
    WRONG_SECRET = client(7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{id}'.");
    /// Expired secret.
    EXPIRED_SECRET = client(7000222, "The provided client secret keys for app '{id}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.");
    /// No secret where one is due.
    MISSING_SECRET = client(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
    /// No secret at the client credentials grant.
    MISSING_SECRET_CLIENT_CREDENTIALS = client(7000216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.");
    /// No secret at the on-behalf-of grant.
    MISSING_SECRET_ON_BEHALF_OF = client(7000219, "'client_assertion' or 'client_secret' is required for the 'urn:ietf:params:oauth:grant-type:jwt-bearer' grant type.");
    /// A public client that sends a secret.
    PUBLIC_CLIENT_SECRET = client(700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.");
    /// A client assertion that cannot be read.
    ASSERTION_MALFORMED = client(5002723, "Invalid JWT token. No certificate thumbprint, or the token cannot be read as a JWT signed by RS256 or PS256.");
    /// A client assertion of another application.
    ASSERTION_CLIENT_MISMATCH = client(700021, "Client assertion application identifier doesn't match 'client_id' parameter.");
    /// A client assertion for another audience.
    ASSERTION_AUDIENCE = client(700023, "Client assertion audience claim does not match Realm issuer. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials.");
    /// A client assertion that is too old or not valid yet.
    ASSERTION_LIFETIME = client(700024, "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from}, expiry time of assertion {expiry}.");
    /// A client assertion by no certificate of the application, or with a wrong signature.
    ASSERTION_SIGNATURE = client(700027, "Client assertion failed signature validation. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{id}'.]");
    /// A grant type that is not served.
    UNSUPPORTED_GRANT = code(70003, "unsupported_grant_type", "The app returned an unsupported grant type.");
    /// A form field is missing.
    MISSING_PARAMETER = code(900144, "invalid_request", "The request body must contain the following parameter: '{name}'.");
    /// The request cannot be read.
    MALFORMED_REQUEST = code(9002313, "invalid_request", "Invalid request. Request is malformed or invalid.");
    /// Another HTTP method than the endpoint serves: status 405, and the lab's own words.
    WRONG_METHOD = code(900561, "invalid_request", "The endpoint does not accept {method} requests.");
    /// The password grant on `/common`.
    GRANT_NOT_ON_COMMON = code(9001023, "invalid_request", "The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.");
    /// A scope that cannot be read or does not exist.
    INVALID_SCOPE = code(70011, "invalid_scope", "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' isn't valid. The scope {scope} isn't valid.");
    /// Client credentials without `/.default`.
    SCOPE_NOT_DEFAULT = code(1002012, "invalid_scope", "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).");
    /// A resource that the tenant does not have.
    RESOURCE_NOT_FOUND = code(500011, "invalid_resource", "The resource principal named {name} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.");
    /// Scopes of more than one resource.
    SEVERAL_RESOURCES = code(28000, "invalid_request", "Provided value for the input parameter scope is not valid because it contains more than one resource. Scope {scope} is not valid.");
    /// A resource that the application's registration does not ask for.
    RESOURCE_NOT_LISTED = code(650057, "invalid_resource", "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: {id}({name}). Resource value from request: {resource}. Resource app ID: {resource_id}. List of valid resources from app registration: {listed}.");
    /// Another response type than `code`.
    RESPONSE_TYPE = code(700054, "unsupported_response_type", "response_type '{type}' is not enabled for the application.");
    /// The redirect URI is none of the application's.
    REDIRECT_MISMATCH = code(50011, "invalid_request", "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application '{id}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to fix this.");
    /// The application has no redirect URI.
    NO_REDIRECT_REGISTERED = code(500113, "invalid_request", "No reply address is registered for the application.");
    /// The redirect URI differs from the one the code was issued for.
    CODE_REDIRECT_MISMATCH = code(500112, "invalid_grant", "The reply address '{uri}' does not match the reply address '{expected}' provided when requesting Authorization code.");
    /// Consent is missing.
    CONSENT_MISSING = with_suberror(code(65001, "invalid_grant", "The user or administrator has not consented to use the application with ID '{id}' named '{name}'. Send an interactive authorization request for this user and resource."), "consent_required");
    /// A delegated permission that the resource does not have.
    SCOPE_NOT_ON_RESOURCE = code(650053, "invalid_client", "The application '{name}' asked for scope '{scope}' that doesn't exist on the resource '{resource}'. Contact the app vendor.");
    /// Somebody does not consent.
    CONSENT_DECLINED = code(65004, "access_denied", "User declined to consent to access the app.");
    /// Only an administrator may consent.
    ADMIN_CONSENT_REQUIRED = code(90094, "access_denied", "Admin consent is required for the permissions requested by this application.");
    /// The application has asked for tokens too often; the number is Microsoft's for throttling, the text that of its
    /// neighbours 90006 and 90033.
    THROTTLED = Code { status: 429, ..code(90055, "temporarily_unavailable", "A transient error has occurred. Please try again.") };

    // --- people
    /// Wrong password.
    WRONG_PASSWORD = code(50126, "invalid_grant", "Error validating credentials due to invalid username or password.");
    /// Unknown user.
    USER_NOT_FOUND = code(50034, "invalid_grant", "The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.");
    /// Deleted user.
    USER_DELETED = code(500341, "invalid_grant", "The user account {user} has been deleted from the {tenant} directory. To sign into this application, the account must be added to the directory.");
    /// Too many wrong passwords.
    ACCOUNT_LOCKED = code(50053, "invalid_grant", "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.");
    /// Suspended user.
    USER_DISABLED = code(50057, "invalid_grant", "The user account is disabled.");
    /// The password must be changed first.
    PASSWORD_EXPIRED = with_suberror(code(50055, "invalid_grant", "The password is expired."), "user_password_expired");
    /// Multi-factor authentication is required.
    MFA_REQUIRED = with_suberror(code(50076, "invalid_grant", "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource}'."), "basic_action");
    /// Multi-factor authentication is required, and the user has no method for it.
    MFA_ENROLMENT = with_suberror(code(50079, "invalid_grant", "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '{resource}'."), "basic_action");
    /// Multi-factor authentication is required, at the endpoint of v1.0.
    MFA_REQUIRED_V1 = Code { error: "interaction_required", ..*MFA_REQUIRED };
    /// Multi-factor authentication is required and there is no method, at the endpoint of v1.0.
    MFA_ENROLMENT_V1 = Code { error: "interaction_required", ..*MFA_ENROLMENT };
    /// Conditional Access blocks the sign-in.
    BLOCKED_BY_POLICY = with_suberror(code(53003, "invalid_grant", "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."), "message_only");
    /// Conditional Access asks for a compliant device.
    DEVICE_NOT_COMPLIANT = with_suberror(code(53000, "invalid_grant", "Device is not in required device state: {state}. Conditional Access policy requires a compliant device, and the device is not compliant. The user must enroll their device with an approved MDM provider like Intune."), "message_only");
    /// The same at the endpoint of v1.0.
    DEVICE_NOT_COMPLIANT_V1 = Code { error: "interaction_required", ..*DEVICE_NOT_COMPLIANT };
    /// Conditional Access asks for a hybrid joined device.
    DEVICE_NOT_DOMAIN_JOINED = with_suberror(code(53001, "invalid_grant", "Device is not in required device state: domain_joined. Conditional Access policy requires a domain joined device, and the device is not domain joined. Have the user use a domain joined device."), "message_only");
    /// The same at the endpoint of v1.0.
    DEVICE_NOT_DOMAIN_JOINED_V1 = Code { error: "interaction_required", ..*DEVICE_NOT_DOMAIN_JOINED };
    /// Conditional Access asks for an approved application.
    APPLICATION_NOT_APPROVED = with_suberror(code(53002, "invalid_grant", "The app used is not an approved app for Conditional Access. User needs to use one of the apps from the list of approved apps to use in order to get access."), "message_only");
    /// Conditional Access asks for an application under a protection policy.
    APPLICATION_NOT_PROTECTED = with_suberror(code(53009, "invalid_grant", "Application needs to enforce Intune protection policies."), "message_only");
    /// Conditional Access asks for a new password.
    PASSWORD_CHANGE_BY_POLICY = with_suberror(code(50142, "invalid_grant", "Password change is required due to a conditional access policy."), "basic_action");
    /// Multi-factor authentication failed.
    MFA_FAILED = code(500121, "invalid_grant", "Authentication failed during strong authentication request.");
    /// No session at `prompt=none`.
    NO_SESSION = code(50058, "login_required", "Session information is not sufficient for single-sign-on.");

    // --- codes and refresh tokens
    /// Not a code, or an expired one.
    CODE_EXPIRED = code(70008, "invalid_grant", "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.");
    /// Not a code or refresh token of this client.
    GRANT_MALFORMED = code(9002313, "invalid_grant", "Invalid request. Request is malformed or invalid.");
    /// A code that was redeemed before.
    CODE_REDEEMED = code(54005, "invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.");
    /// PKCE: the verifier does not fit.
    VERIFIER_MISMATCH = code(501481, "invalid_grant", "The Code_Verifier does not match the code_challenge supplied in the authorization request.");
    /// PKCE: no verifier for a code that needs one.
    VERIFIER_MISSING = code(50148, "invalid_grant", "The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.");
    /// A refresh token that was not used for 90 days.
    REFRESH_TOKEN_EXPIRED = with_suberror(code(700082, "invalid_grant", "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for 90.00:00:00."), "token_expired");
    /// A grant from before the user's sessions were revoked.
    GRANT_REVOKED = with_suberror(code(50173, "invalid_grant", "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{valid_from}'."), "bad_token");

    // --- on behalf of
    /// An assertion that is no token.
    USER_ASSERTION_MALFORMED = code(50027, "invalid_request", "JWT token is invalid or malformed.");
    /// An assertion that this tenant has not signed.
    USER_ASSERTION_SIGNATURE = code(50013, "invalid_grant", "Assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value.]");
    /// An assertion that has expired, or is not valid yet.
    USER_ASSERTION_LIFETIME = code(500133, "invalid_grant", "Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token. Current time: {now}, expiry time of assertion {expiry}.");
    /// An assertion for another application than the one that brings it.
    USER_ASSERTION_AUDIENCE = code(500131, "invalid_grant", "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '{audience}' and the expected audience is '{expected}' or one of the Application Uris of this application with App ID '{id}'({name}). The downstream client must request a token for the expected audience (the application that made the OBO request) and this application should use that token as the assertion.");
    /// An id token for an assertion.
    USER_ASSERTION_ID_TOKEN = code(240002, "invalid_request", "Input id_token cannot be used as 'urn:ietf:params:oauth:grant-type:jwt-bearer' grant.");
    /// An application's own token for an assertion.
    USER_ASSERTION_OF_APPLICATION = code(7000114, "unauthorized_client", "Application '{id}' is not allowed to make application on-behalf-of calls.");

    // --- device codes
    /// Nobody has entered the code yet.
    DEVICE_CODE_PENDING = code(70016, "authorization_pending", "OAuth 2.0 device flow error. Authorization is pending. Continue polling.");
    /// The person has said no; the number is the one of a declined consent.
    DEVICE_CODE_DECLINED = code(65004, "authorization_declined", "User declined to consent to access the app.");
    /// No device code of this client.
    DEVICE_CODE_UNKNOWN = code(70018, "bad_verification_code", "Invalid verification code due to User typing in wrong user code for device code flow.");
    /// A device code that nobody has answered in time.
    DEVICE_CODE_EXPIRED = code(70020, "expired_token", "The provided value for the input parameter 'device_code' is not valid. This device code has expired.");
    /// The same at the endpoint of v1.0.
    DEVICE_CODE_EXPIRED_V1 = Code { error: "code_expired", ..*DEVICE_CODE_EXPIRED };

    // --- security keys and devices
    /// The assertion's signature is wrong.
    FIDO_SIGNATURE = code(135000, "invalid_grant", "Fido signature verification failed.");
    /// The user has no such key.
    FIDO_KEY_UNKNOWN = code(135001, "invalid_grant", "UserPrincipal doesn't have the key ID configured.");
    /// The authenticator data cannot be read.
    FIDO_AUTHENTICATOR_DATA = code(135002, "invalid_grant", "Fido key does not have authenticator data.");
    /// No user verification.
    FIDO_GESTURE = code(135003, "invalid_grant", "Fido assertion verification failed. Invalid gesture provided.");
    /// Another address than the one that the page serves.
    FIDO_POST_BACK_URL = code(135004, "invalid_request", "Invalid postBackUrl parameter.");
    /// The way back for who gives up is none of the sign-in service's.
    FIDO_CANCEL_URL = code(135005, "invalid_request", "Invalid cancelUrl parameter.");
    /// The way on is none of the sign-in service's.
    FIDO_RESUME_URL = code(135006, "invalid_request", "Invalid resumeUrl parameter.");
    /// The client data are of another ceremony.
    FIDO_CLIENT_DATA_TYPE = code(135007, "invalid_grant", "Client data type is not valid.");
    /// The origin or RP ID is another's.
    FIDO_ORIGIN = code(135008, "invalid_grant", "Relying Party Origin is not valid.");
    /// The device is disabled.
    FIDO_DEVICE_DISABLED = code(135011, "invalid_grant", "Device used during the authentication is disabled.");
    /// The user handle names somebody else.
    FIDO_USER_HANDLE = code(135012, "invalid_grant", "UserObjectId from the UserHandle does not match with UserPrincipal UserObjectId.");
    /// The user handle's prefix is wrong.
    FIDO_USER_HANDLE_PREFIX = code(135013, "invalid_grant", "Invalid UserHandle prefix.");
    /// The user handle's length is wrong.
    FIDO_USER_HANDLE_LENGTH = code(135014, "invalid_grant", "Invalid UserHandle length.");
    /// A list of credentials that cannot be read.
    FIDO_EXCLUDE_LIST = code(135015, "invalid_request", "The FIDO exclude list was not a valid JSON blob.");
    /// Security keys are off.
    FIDO_DISABLED = code(135016, "invalid_grant", "FIDO sign-in is disabled via policy.");
    /// The counter did not advance.
    FIDO_COUNTER = code(135017, "invalid_request", "Unexpected Signature Counter received from authenticator.");
    /// The challenge is none of ours.
    FIDO_CHALLENGE = code(135018, "invalid_request", "Invalid challenge received from fido assertion.");
    /// The challenge is too old.
    FIDO_CHALLENGE_EXPIRED = code(135019, "invalid_request", "Expired Challenge received from Fido assertion.");
    /// The assertion cannot be read.
    FIDO_ASSERTION = code(135020, "invalid_grant", "Invalid Fido assertion.");
    /// No user for the handle.
    FIDO_USER_NOT_FOUND = code(500344, "invalid_grant", "User Account is not found for Fido Sign in flow.");
    /// The key's model is not permitted.
    CREDENTIAL_POLICY = code(130501, "invalid_grant", "Sign in was blocked due to User Credential Policy.");
    /// Another Temporary Access Pass, or one that is not valid yet.
    PASS_INCORRECT = code(130503, "invalid_grant", "Your Temporary Access Pass is incorrect. If you don't know your pass, contact your administrator.");
    /// A Temporary Access Pass whose time is over.
    PASS_EXPIRED = code(130504, "invalid_grant", "Your Temporary Access Pass has expired. Contact your administrator to obtain a new pass.");
    /// A one-time Temporary Access Pass that was used.
    PASS_REDEEMED = code(130505, "invalid_grant", "Your one-time Temporary Access Pass has been redeemed. Contact your admin to get a new pass.");
    /// A user without a Temporary Access Pass.
    PASS_NOT_FOUND = code(130507, "invalid_grant", "An access pass could not be found or verified for the user.");
    /// The nonce is unknown, used or too old.
    NONCE_EXPIRED = code(140000, "invalid_grant", "Request nonce is expired. Current time: {now}, expiry time of assertion {expiry}.");
    /// The device's signature is wrong.
    DEVICE_AUTHENTICATION = code(50155, "invalid_grant", "Device authentication failed.");
    /// No such device.
    DEVICE_NOT_FOUND = code(700003, "invalid_grant", "Device object was not found in the tenant '{tenant}' directory.");
}
