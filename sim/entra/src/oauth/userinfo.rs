//! The UserInfo endpoint (OpenID Connect Core §5.3), at Graph's host and, for v1.0, at the sign-in service's.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::tenant::Tenant;
use crate::tokens::{Claims, pairwise};

/// Who the bearer of a token is; `None` for a token that is none of a signed-in user's, or one without `openid`.
pub(crate) fn userinfo(tenant: &Tenant, now: Timestamp, authorization: Option<&str>) -> Option<Value> {
    let (scheme, token) = authorization?.split_once(' ')?;
    let claims: Claims = tenant.signing_key.verify(token.trim()).ok()?;
    let alive = scheme.eq_ignore_ascii_case("bearer") && (claims.nbf..claims.exp).contains(&now.as_second());
    let user = tenant.user(claims.oid).filter(|user| user.account_enabled && alive)?;
    if claims.iat < user.sessions_valid_from.as_second() {
        return None;
    }
    let scopes = claims.scp?;
    if !scopes.split_whitespace().any(|scope| scope == "openid") || claims.tid != tenant.id() {
        return None;
    }
    let (given, family) = user.display_name.split_once(' ').unwrap_or((&user.display_name, ""));
    Some(json!({
        "sub": pairwise(claims.appid, user), "name": user.display_name, "given_name": given,
        "family_name": family, "email": user.mail, "picture": "https://graph.microsoft.com/v1.0/me/photo/$value",
    }))
}
