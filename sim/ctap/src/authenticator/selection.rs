//! authenticatorSelection (CTAP 2.3 §6.9): a touch tells the host which of several keys the user means.

use wire::auth_data::Flags;

use super::gesture::{Consent, Pending, Subject, Work};
use crate::Purpose;

pub(super) fn pending() -> Pending {
    Pending {
        work: Work::Select,
        consent: Consent { wanted: Flags::UP, given: 0 },
        subject: Subject { rp_id: String::new(), user: None, purpose: Purpose::Select },
    }
}
