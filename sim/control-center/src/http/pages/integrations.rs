//! The list of integrations, and the tiles of "Add New Integrations" (guide "Setting Up the HYPR Tenant").

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;

use super::{Page, PageError, Shell, home, show};
use crate::flags::TenantFlag;
use crate::http::form::Fields;
use crate::http::session::SignedIn;

pub(super) fn routes() -> Router<Shell> {
    Router::new()
        .route("/cc/ui/integrations", get(list))
        .route("/cc/ui/integrations/new", get(tiles))
        .route("/cc/ui/integrations/new/azure", get(experiences).post(choose))
}

#[derive(Template)]
#[template(path = "integrations.html")]
struct List<'a> {
    admin: &'a str,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    state: &'static str,
    home: String,
}

#[derive(Template)]
#[template(path = "tiles.html")]
struct Tiles<'a> {
    admin: &'a str,
    azure: Offer,
    hooks: Offer,
}

#[derive(Template)]
#[template(path = "experiences.html")]
struct Experiences<'a> {
    admin: &'a str,
    native: Offer,
    error: Option<&'a str>,
}

/// Whether a feature flag offers something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Offer {
    Shown,
    Hidden,
}

impl Offer {
    fn by(shell: &Shell, flag: TenantFlag) -> Self {
        let set = shell.with_core(|core| core.config().tenant_flags.contains(&flag));
        if set { Self::Shown } else { Self::Hidden }
    }

    fn is_shown(self) -> bool {
        self == Self::Shown
    }
}

async fn list(State(shell): State<Shell>, admin: SignedIn) -> Page {
    let rows = shell.with_core(|core| {
        let rows = core.integrations().map(|integration| Row {
            name: integration.rp_app_id().to_owned(),
            state: integration.state.name(),
            home: home(integration.rp_app_id()),
        });
        rows.collect()
    });
    show(&List { admin: &admin.who, rows })
}

async fn tiles(State(shell): State<Shell>, admin: SignedIn) -> Page {
    let [azure, hooks] =
        [TenantFlag::AzureIdpIntegration, TenantFlag::EnableCustomEventMgmt].map(|flag| Offer::by(&shell, flag));
    show(&Tiles { admin: &admin.who, azure, hooks })
}

async fn experiences(State(shell): State<Shell>, admin: SignedIn) -> Page {
    offer_experiences(&shell, &admin, None)
}

async fn choose(State(shell): State<Shell>, admin: SignedIn, fields: Fields) -> Page {
    match fields.one("experience") {
        Some("native") => Ok(Redirect::to("/cc/ui/integrations/new/azure/native").into_response()),
        Some(_) => {
            let error = "The HYPR Login Experience federates the tenant, which this lab does not simulate.";
            offer_experiences(&shell, &admin, Some(error))
        }
        None => offer_experiences(&shell, &admin, Some("Select a login experience.")),
    }
}

fn offer_experiences(shell: &Shell, admin: &SignedIn, error: Option<&str>) -> Page {
    if !Offer::by(shell, TenantFlag::AzureIdpIntegration).is_shown() {
        return Err(PageError::NotFound("Azure AD is not offered by this tenant.".to_owned()));
    }
    let native = Offer::by(shell, TenantFlag::AzureNativeLogin);
    show(&Experiences { admin: &admin.who, native, error })
}
