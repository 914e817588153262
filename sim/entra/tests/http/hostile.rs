//! Nothing that a stranger sends brings the tenant down: every answer is one that the protocols know.

use std::fmt::Write as _;

use crate::common::*;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST};
use http::{HeaderValue, Method, Request, Uri};
use proptest::prelude::*;
use proptest::sample::select;

/// Hosts, and paths that each of them serves; `{}` stands for something odd.
const PATHS: &[(&str, &str)] = &[
    ("login.microsoftonline.com", "{}/v2.0/.well-known/openid-configuration"),
    ("login.microsoftonline.com", "{}/discovery/v2.0/keys"),
    ("login.microsoftonline.com", "common/discovery/instance"),
    ("login.microsoftonline.com", "common/userrealm/{}"),
    ("login.microsoftonline.com", "{}/oauth2/v2.0/token"),
    ("login.microsoftonline.com", "common/oauth2/token"),
    ("login.microsoftonline.com", "{}/oauth2/v2.0/authorize"),
    ("login.microsoftonline.com", "common/oauth2/v2.0/authorize"),
    ("login.microsoftonline.com", "common/oauth2/v2.0/logout"),
    ("login.microsoftonline.com", "common/login"),
    ("login.microsoftonline.com", "common/SSPR/End"),
    ("login.microsoftonline.com", "common/SAS/BeginAuth"),
    ("login.microsoftonline.com", "common/SAS/ProcessAuth"),
    ("login.microsoftonline.com", "kmsi"),
    ("login.microsoft.com", "common/fido/get"),
    ("login.microsoft.com", "{}/fido/create"),
    ("login.microsoft.com", ".well-known/webauthn"),
    ("graph.microsoft.com", "v1.0/me"),
    ("graph.microsoft.com", "v1.0/me/memberOf"),
    ("graph.microsoft.com", "beta/users"),
    ("graph.microsoft.com", "v1.0/users/{}"),
    ("graph.microsoft.com", "v1.0/users('{}')/memberOf"),
    ("graph.microsoft.com", "v1.0/users/{}/authentication/fido2Methods"),
    ("graph.microsoft.com", "v1.0/me/authentication/fido2Methods/{}"),
    ("graph.microsoft.com", "v1.0/users/carol@highlands.onmicrosoft.com/authentication/fido2Methods"),
    ("graph.microsoft.com", "v1.0/users/{}/authentication/fido2Methods/creationOptions(x)"),
    ("graph.microsoft.com", "v1.0/groups"),
    ("graph.microsoft.com", "v1.0/groups/{}"),
    ("graph.microsoft.com", "v1.0/groups/cccccccc-0000-4000-8000-000000000001/members/$ref"),
    ("graph.microsoft.com", "v1.0/groups/{}/members/{}/$ref"),
    ("graph.microsoft.com", "v1.0/policies/authenticationMethodsPolicy/authenticationMethodConfigurations/fido2"),
    ("graph.microsoft.com", "v1.0/organization"),
    ("graph.microsoft.com", "{}"),
    ("mysignins.microsoft.com", "security-info/delete"),
    ("mysignins.microsoft.com", "security-info/add"),
    ("mysignins.microsoft.com", "signin-oidc"),
    ("mysignins.microsoft.com", "api/post/newfido"),
    ("mysignins.microsoft.com", "api/authenticationmethods/verify"),
    ("mysignins.microsoft.com", "api/authenticationmethods/delete"),
    ("www.office.com", "landingv2"),
    ("www.office.com", "{}"),
];
/// What stands in an address, a field, a header or a JSON member.
const ODD: &[&str] = &[
    "",
    "common",
    TENANT,
    "cccccccc-0000-4000-8000-000000000001",
    "carol@highlands.onmicrosoft.com",
    "..",
    "%2e%2e%2f..%2fetc%2fpasswd",
    "%00",
    "%FF%FE",
    "%",
    "%zz",
    "\u{7f}",
    "Zürich",
    "('')",
    ")('",
    "o''neil",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "null",
    "-1",
    "99999999999999999999",
    "eyJhbGciOiJub25lIn0.e30.",
    "e30.e30.e30",
    "O.e30.e30.e30",
    "https://graph.microsoft.com/.default",
    "https://graph.microsoft.com/v1.0/directoryObjects/",
    "displayName eq '",
    "startswith(displayName,'x') and",
    "1e999",
    "\r\nSet-Cookie: x=y",
];
/// Names of fields, query options and JSON members.
const NAMES: &[&str] = &[
    "grant_type",
    "client_id",
    "client_secret",
    "username",
    "password",
    "scope",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "request",
    "response_type",
    "response_mode",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "login_hint",
    "claims",
    "state",
    "nonce",
    "sso_nonce",
    "flowToken",
    "type",
    "loginfmt",
    "passwd",
    "assertion",
    "error_code",
    "otc",
    "goto",
    "canary",
    "serverChallenge",
    "postBackUrl",
    "userId",
    "memberName",
    "userDisplayName",
    "credentialsJson",
    "ExcludeNextGenCredentialsJSON",
    "credentialId",
    "clientDataJson",
    "attestationObject",
    "transports",
    "Name",
    "id",
    "method",
    "$select",
    "$filter",
    "$top",
    "$skiptoken",
    "$count",
    "$orderby",
    "api-version",
    "authorization_endpoint",
    "displayName",
    "accountEnabled",
    "userPrincipalName",
    "mailNickname",
    "passwordProfile",
    "@odata.id",
    "@odata.type",
    "publicKeyCredential",
    "response",
    "keyRestrictions",
    "includeTargets",
    "state",
];
/// Values that lead further into the code than odd ones do.
const FITTING: &[&str] = &[
    "password",
    "client_credentials",
    "authorization_code",
    "refresh_token",
    "srv_challenge",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "19db86c3-b2b9-44cc-b339-36da233a3be2",
    "https://mysignins.microsoft.com/signin-oidc",
    "https://mysignins.microsoft.com/api/post/newfido",
    "https://login.microsoftonline.com/common/login",
    "openid",
    "S256",
    "form_post",
    "none",
    "23",
    "#microsoft.graph.fido2AuthenticationMethodConfiguration",
];

/// One request, before the tenant has given the token that it may carry.
#[derive(Clone)]
struct Hostile {
    method: Method,
    host: HeaderValue,
    uri: Uri,
    authorization: Authorization,
    cookie: Vec<u8>,
    content_type: &'static str,
    body: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Authorization {
    Administrator,
    Raw(Vec<u8>),
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(ODD).prop_map(str::to_owned),
        4 => select(FITTING).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[a-z]{1,3}".prop_map(|word| word.repeat(20_000)),
    ]
}

fn uri() -> impl Strategy<Value = (&'static str, Uri)> {
    let query = prop::collection::vec((select(NAMES), select(ODD)), 0..4);
    (select(PATHS), select(ODD), select(ODD), query).prop_filter_map("no client sends such an address", |parts| {
        let ((host, path), first, second, query) = parts;
        let mut uri = format!("/{}", path.replacen("{}", first, 1).replacen("{}", second, 1));
        for (number, (name, value)) in query.into_iter().enumerate() {
            let mark = if number == 0 { '?' } else { '&' };
            write!(uri, "{mark}{name}={}", value.replace(' ', "+")).expect("a String takes every character");
        }
        Some((host, Uri::try_from(uri).ok()?))
    })
}

fn json() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        text().prop_map(Into::into),
    ];
    let tree = leaf.prop_recursive(4, 24, 6, |inner| {
        let member = (select(NAMES).prop_map(str::to_owned), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Into::into),
            prop::collection::vec(member, 0..6).prop_map(|members| serde_json::Map::from_iter(members).into()),
        ]
    });
    tree.prop_map(|value| value.to_string().into_bytes())
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let form = prop::collection::vec((select(NAMES), text()), 0..8).prop_map(|fields| {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
    });
    prop_oneof![
        4 => form,
        4 => json(),
        1 => prop::collection::vec(any::<u8>(), 0..200),
        1 => Just(b"[".repeat(100_000)),
        1 => Just(vec![b'x'; (1 << 20) + 1]),
    ]
}

fn hostile() -> impl Strategy<Value = Hostile> {
    let method = select(vec![
        Method::GET,
        Method::POST,
        Method::PATCH,
        Method::PUT,
        Method::DELETE,
        Method::HEAD,
        Method::OPTIONS,
    ]);
    let bytes = |strategy: proptest::sample::Select<&'static str>| strategy.prop_map(|text| text.as_bytes().to_vec());
    let authorization = prop_oneof![
        2 => Just(Authorization::Administrator),
        1 => bytes(select(&["", "Bearer", "Bearer  ", "Basic Og==", "Basic !", "bearer e30.e30.e30", "\u{fc}"][..])).prop_map(Authorization::Raw),
    ];
    let cookie =
        bytes(select(&["", "=", "ESTSAUTH", "ESTSAUTH=;;=x; ESTSAUTH=a", "MySignInsSession=\u{fc}", "a=b=c"][..]));
    let content_type = select(&["application/json", "application/x-www-form-urlencoded", "text/\u{fc}", ""][..]);
    (method, uri(), authorization, cookie, content_type, body()).prop_map(|parts| {
        let (method, (host, uri), authorization, cookie, content_type, body) = parts;
        Hostile { method, host: HeaderValue::from_static(host), uri, authorization, cookie, content_type, body }
    })
}

impl Hostile {
    fn request(&self, administrator: &str) -> Request<Vec<u8>> {
        let authorization = match &self.authorization {
            Authorization::Administrator => format!("Bearer {administrator}").into_bytes(),
            Authorization::Raw(bytes) => bytes.clone(),
        };
        let header = |bytes: &[u8]| HeaderValue::from_bytes(bytes).expect("the lists hold what a header may hold");
        let mut request = Request::builder().method(&self.method).uri(self.uri.clone());
        let headers = request.headers_mut().expect("method and address are parsed");
        headers.insert(HOST, self.host.clone());
        headers.insert(AUTHORIZATION, header(&authorization));
        headers.insert(COOKIE, header(&self.cookie));
        headers.insert(CONTENT_TYPE, header(self.content_type.as_bytes()));
        headers.insert("x-ms-refreshtokencredential", header(&authorization));
        headers.insert("client-request-id", header(&self.cookie));
        request.body(self.body.clone()).expect("every part is parsed")
    }
}

impl std::fmt::Debug for Hostile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let by = match &self.authorization {
            Authorization::Administrator => "an administrator".into(),
            Authorization::Raw(bytes) => String::from_utf8_lossy(bytes),
        };
        let start = String::from_utf8_lossy(&self.body[..self.body.len().min(300)]);
        let Self { method, host, uri, body, .. } = self;
        write!(f, "{method} {host:?} {uri} by {by:?}, {} bytes: {start:?}", body.len())
    }
}

/// No answer is an error of the server's own, and each refusal is in the words of its host.
fn check(lab: &Lab, hostile: &Hostile, administrator: &str) {
    let answer = lab.send(hostile.request(administrator));
    let status = answer.status.as_u16();
    assert!(status < 500 || status == 501, "{status} to {hostile:?}");
    if status < 400 || hostile.method == Method::HEAD {
        return;
    }
    match hostile.host.as_bytes() {
        b"graph.microsoft.com" => assert_ne!(answer.graph_error().1, "", "{} to {hostile:?}", answer.body),
        b"login.microsoftonline.com" if hostile.uri.path().ends_with("/token") => {
            assert_ne!(answer.body["error"], serde_json::Value::Null, "{} to {hostile:?}", answer.body);
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_request_is_answered(requests in prop::collection::vec(hostile(), 24)) {
        let lab = Lab::new();
        let administrator = lab.sign_in("admin");
        for request in &requests {
            check(&lab, request, &administrator);
        }
    }
}
