//! Discovery documents: OpenID configuration, instance discovery, user realm (entra.md §1.2, §1.3).

use serde_json::{Value, json};

use crate::error::{Refusal, aadsts};
use crate::tenant::Tenant;

const LOGIN: &str = "https://login.microsoftonline.com";
const ALIASES: [&str; 4] = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"];

/// `/{t}/v2.0/.well-known/openid-configuration`.
pub(crate) fn openid_configuration(tenant: &Tenant, segment: &str) -> Result<Value, Refusal> {
    let unknown = |_| aadsts::DISCOVERY_TENANT_NOT_FOUND.refuse().with("tenant", segment);
    tenant.check_segment(segment).map_err(unknown)?;
    let many = ["common", "organizations"].contains(&segment);
    let (path, issuer) =
        if many { (segment.to_owned(), template_issuer()) } else { (tenant.id().to_string(), tenant.issuer()) };
    let at = |rest: &str| format!("{LOGIN}/{path}/{rest}");
    Ok(json!({
        "token_endpoint": at("oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "jwks_uri": at("discovery/v2.0/keys"),
        "response_modes_supported": ["query"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer,
        "request_uri_parameter_supported": false,
        "authorization_endpoint": at("oauth2/v2.0/authorize"),
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username",
            "name", "tid", "ver"],
        "tenant_region_scope": "WW",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net",
    }))
}

/// `/{t}/discovery/v2.0/keys`.
pub(crate) fn keys(tenant: &Tenant, segment: &str) -> Result<Value, Refusal> {
    tenant.check_segment(segment)?;
    Ok(tenant.signing_key.key_set(&template_issuer()))
}

/// `/common/discovery/instance`.
pub(crate) fn instance(api_version: &str, authorization_endpoint: &str) -> Result<Value, Refusal> {
    let endpoint = url::Url::parse(authorization_endpoint).map_err(|_| aadsts::UNKNOWN_INSTANCE.refuse())?;
    let host = endpoint.host_str().unwrap_or_default();
    if !ALIASES.contains(&host) {
        return Err(aadsts::UNKNOWN_INSTANCE.refuse());
    }
    let segment = endpoint.path_segments().and_then(|mut segments| segments.next()).unwrap_or("common");
    Ok(json!({
        "tenant_discovery_endpoint": format!("{LOGIN}/{segment}/v2.0/.well-known/openid-configuration"),
        "api-version": api_version,
        "metadata": [{ "preferred_network": ALIASES[0], "preferred_cache": ALIASES[1], "aliases": ALIASES }],
    }))
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

/// The issuer where no tenant is named: a literal template.
fn template_issuer() -> String {
    format!("{LOGIN}/{{tenantid}}/v2.0")
}
