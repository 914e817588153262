//! Discovery documents: OpenID configuration, keys, instance discovery, user realm (entra.md §1.2, §1.3).

use serde_json::{Value, json};
use url::Url;

use super::Endpoint;
use crate::error::{Refusal, aadsts};
use crate::origin::{LOGIN, LOGIN_HOSTS, Origin};
use crate::tenant::Tenant;

/// `/{t}/v2.0/.well-known/openid-configuration`, and `/{t}/.well-known/openid-configuration` of v1.0.
pub(crate) fn openid_configuration(
    tenant: &Tenant,
    origin: &Origin,
    endpoint: Endpoint,
    segment: &str,
) -> Result<Value, Refusal> {
    let unknown = |_| aadsts::DISCOVERY_TENANT_NOT_FOUND.refuse().with("tenant", segment);
    tenant.check_segment(segment).map_err(unknown)?;
    let many = ["common", "organizations"].contains(&segment);
    let path = if many { segment.to_owned() } else { tenant.id().to_string() };
    let issued_by = if many { "{tenantid}" } else { path.as_str() };
    let version = endpoint.version();
    let at = |rest: &str| origin.link(&format!("{LOGIN}/{path}/{rest}"));
    let (issuer, userinfo) = match endpoint {
        Endpoint::V1 => (format!("https://sts.windows.net/{issued_by}/"), at("openid/userinfo")),
        Endpoint::V2 => (
            origin.link(&format!("{LOGIN}/{issued_by}/v2.0")),
            origin.link("https://graph.microsoft.com/oidc/userinfo"),
        ),
    };
    let mut document = json!({
        "token_endpoint": at(&format!("oauth2{version}/token")),
        "jwks_uri": at(&format!("discovery{version}/keys")),
        "issuer": issuer,
        "userinfo_endpoint": userinfo,
        "authorization_endpoint": at(&format!("oauth2{version}/authorize")),
        "device_authorization_endpoint": at(&format!("oauth2{version}/devicecode")),
        "end_session_endpoint": at(&format!("oauth2{version}/logout")),
    });
    if let (Value::Object(fields), Value::Object(more)) = (&mut document, what_is_served()) {
        fields.extend(more);
    }
    Ok(document)
}

/// What a configuration says of every tenant and version.
fn what_is_served() -> Value {
    json!({
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "request_uri_parameter_supported": false,
        "http_logout_supported": true,
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username",
            "name", "tid", "ver"],
        "tenant_region_scope": "WW",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    })
}

/// `/{t}/discovery/v2.0/keys` and `/{t}/discovery/keys`.
pub(crate) fn keys(tenant: &Tenant, origin: &Origin, _: Endpoint, segment: &str) -> Result<Value, Refusal> {
    tenant.check_segment(segment)?;
    Ok(tenant.signing_key.key_set(&origin.link(&format!("{LOGIN}/{{tenantid}}/v2.0"))))
}

/// `/common/discovery/instance`: only version 1.1 tells of the host's other names.
pub(crate) fn instance(origin: &Origin, api_version: &str, authorization_endpoint: &str) -> Result<Value, Refusal> {
    let endpoint = Url::parse(authorization_endpoint).map_err(|_| aadsts::UNKNOWN_INSTANCE.refuse())?;
    let host = endpoint.host_str().unwrap_or_default();
    if endpoint.scheme() != "https" || !origin.is_login(host) {
        return Err(aadsts::UNKNOWN_INSTANCE.refuse());
    }
    let segment = endpoint.path_segments().and_then(|mut segments| segments.next()).filter(|name| !name.is_empty());
    let version = if endpoint.path().contains("/v2.0/") { "/v2.0" } else { "" };
    let configuration = format!("{LOGIN}/{}{version}/.well-known/openid-configuration", segment.unwrap_or("common"));
    let configuration = origin.link(&configuration);
    if api_version != "1.1" {
        return Ok(json!({ "tenant_discovery_endpoint": configuration }));
    }
    Ok(json!({
        "tenant_discovery_endpoint": configuration, "api-version": api_version, "metadata": metadata(origin, host),
    }))
}

/// Which names are one service: Microsoft's four, or the one that the client uses for it.
fn metadata(origin: &Origin, host: &str) -> Value {
    let microsoft = json!({
        "preferred_network": LOGIN_HOSTS[0], "preferred_cache": LOGIN_HOSTS[1], "aliases": LOGIN_HOSTS,
    });
    match origin {
        Origin::Own(authority) if !LOGIN_HOSTS.contains(&host) => json!([
            microsoft,
            { "preferred_network": authority, "preferred_cache": authority, "aliases": [authority, host] },
        ]),
        _ => json!([microsoft]),
    }
}

/// `/common/userrealm/{upn}`.
pub(crate) fn user_realm(tenant: &Tenant, upn: &str) -> Value {
    let domain = upn.rsplit_once('@').map_or("", |(_, domain)| domain);
    if !tenant.domains().iter().any(|own| own.eq_ignore_ascii_case(domain)) {
        return json!({ "ver": "1.0", "account_type": "Unknown", "cloud_instance_name": "microsoftonline.com" });
    }
    json!({
        "ver": "1.0", "account_type": "Managed", "domain_name": domain,
        "cloud_instance_name": "microsoftonline.com", "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    })
}
