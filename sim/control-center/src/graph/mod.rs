//! Control Center's client of Entra: token endpoint and Microsoft Graph, without any I/O (`entra.md` §1.4, §2).

mod batch;
mod call;
mod courier;
mod failure;
mod link;

pub(crate) use batch::{Batch, QUESTIONS_MAX, apart};
pub(crate) use call::{Answer, Call, Errand, method_id, next_page};
pub(crate) use courier::{Courier, Progress};
pub use failure::Failure;
pub use link::Connection;
pub(crate) use link::Link;
