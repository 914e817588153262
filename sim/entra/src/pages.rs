//! The pages that people see: sign-in, security info, the portal, Microsoft 365 (entra.md §1.5, §1.8, §3.4, §3.5). Pure: a request's
//! fields go in, an [`Answer`] comes out; `http::pages` turns it into HTML.
//!
//! Convention of the lab: the pages work without JavaScript, so steps that Microsoft's scripts do by JSON are form posts
//! here, to the same paths where those are known. A refusal on a page carries its code as "Error code: n".

mod access_pass;
mod authorize;
mod consent;
mod credential_type;
mod device;
mod fido;
mod mfa;
mod office;
mod page;
mod password;
mod portal;
mod security_info;
mod sessions;
mod sign_in;
mod web_app;

pub(crate) use authorize::{Browser, SESSION_COOKIE, admin_consent, authorize, error_page};
pub(crate) use credential_type::credential_type;
pub(crate) use device::{code_page, enter_code};
pub(crate) use fido::{fido_create, fido_get};
pub(crate) use page::{Answer, Body, CEREMONY_FORM, Cookie, CookieLife, InputKind, Page, Submission, Ticked};
#[cfg(test)]
pub(crate) use page::{PageForm, Table};
pub(crate) use portal::{Site, Visit};
pub(crate) use security_info::SecurityInfoPage;
pub(crate) use sessions::Sessions;
pub(crate) use web_app::WebApp;
