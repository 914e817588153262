//! What a tenant is to reach: no request costs more for being put to a large tenant than to a small one.

use super::super::targets::Target;
use super::{Measured, Start};

/// By index, a hundred times as many users are a few more steps down a tree, and caches that hold less of it.
const GROWTH_MOST: f64 = 1.5;
/// A start reads every user once; the rest is the memory's.
const START_GROWTH_MOST: f64 = 3.0;
/// With the key and its certificate; a hundred thousand users fit into a gigabyte.
const BYTES_PER_USER_MOST: f64 = 8_192.0;

pub(super) fn targets(measured: &Measured) -> Vec<Target> {
    let Measured { rows, large, few } = measured;
    let growth = rows.iter().map(|row| Target {
        what: format!("{}, {} users, times {} users", row.kind.name(), large.users, few.users),
        measured: row.times_few(),
        most: GROWTH_MOST,
    });
    let per_user = |start: &Start| start.ms / f64::from(start.users);
    let start = Target {
        what: format!("start a user, {} users, times {} users", large.users, few.users),
        measured: per_user(large) / per_user(few),
        most: START_GROWTH_MOST,
    };
    // A small tenant fits into memory that the process has already.
    let memory = large.bytes_per_user.filter(|bytes| *bytes > 0.0).map(|measured| Target {
        what: "memory, bytes a user".to_owned(),
        measured,
        most: BYTES_PER_USER_MOST,
    });
    growth.chain([start]).chain(memory).collect()
}
