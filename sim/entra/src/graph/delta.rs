//! Delta queries over users and groups (entra.md §2.13): everything first, then what has changed since.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::form_urlencoded;
use uuid::Uuid;
use wire::Base64Url;

use super::answer::Answer;
use super::call::Call;
use super::error::GraphError;
use super::odata::{Plan, Resource};
use crate::directory::{Group, User};
use crate::tenant::{Change, Membership};

/// Where a round of pages is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Round {
    /// The change after which this round tells; none tells everything.
    since: Option<u64>,
    /// The change at which the next round starts.
    until: u64,
    /// The last object told of everything, or the last change.
    last: Option<Uuid>,
    at: u64,
}

/// What a page holds, and how the round goes on.
struct Page {
    value: Vec<Value>,
    next: Option<Round>,
}

const PAGE: usize = 100;

pub(crate) fn users(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<User>::of_delta(&call.query)?;
    let round = Round::of(&call)?;
    let shown = |id: Uuid| call.tenant.user(id).map(|user| shown(&call, &plan, user));
    let page = match round.since {
        None => everything(call.tenant.users_after(round.last).map(|user| user.id), round, shown),
        Some(_) => changed(&call, round, |change| match change {
            Change::User(id) => Some(shown(id).unwrap_or_else(|| removed(&call, id))),
            Change::Group(_) => None,
        }),
    };
    answer(&call, "users", page, round)
}

pub(crate) fn groups(call: Call<'_>) -> Result<Answer, GraphError> {
    let plan = Plan::<Group>::of_delta(&call.query)?;
    let round = Round::of(&call)?;
    let with_members = call.query.selects("members");
    let one = |id: Uuid, since: Option<u64>| {
        let group = call.tenant.group(id)?;
        let mut body = shown(&call, &plan, group);
        if with_members {
            body["members@delta"] = members(&call, group, since).into();
        }
        Some(body)
    };
    let page = match round.since {
        None => everything(call.tenant.groups_after(round.last).map(|group| group.id), round, |id| one(id, None)),
        Some(_) => changed(&call, round, |change| match change {
            // A group is gone for good, unlike a user.
            Change::Group(id) => {
                let gone = || json!({ "id": id, "@removed": { "reason": "deleted" } });
                Some(one(id, round.since).unwrap_or_else(gone))
            }
            Change::User(_) => None,
        }),
    };
    answer(&call, "groups", page, round)
}

fn everything(ids: impl Iterator<Item = Uuid>, round: Round, shown: impl Fn(Uuid) -> Option<Value>) -> Page {
    let ids: Vec<Uuid> = ids.take(PAGE + 1).collect();
    let is_last = ids.len() <= PAGE;
    let ids = &ids[..ids.len().min(PAGE)];
    let next = (!is_last).then(|| Round { last: ids.last().copied(), ..round });
    Page { value: ids.iter().filter_map(|id| shown(*id)).collect(), next }
}

fn changed(call: &Call<'_>, round: Round, shown: impl Fn(Change) -> Option<Value>) -> Page {
    let changes = call.tenant.changes().since(round.at).take_while(|(number, _)| *number <= round.until);
    let mut fitting = changes.filter_map(|(number, change)| Some((number, shown(change)?)));
    let page: Vec<(u64, Value)> = fitting.by_ref().take(PAGE).collect();
    let at = page.last().map_or(round.until, |(number, _)| *number);
    let next = fitting.next().map(|_| Round { at, ..round });
    Page { value: page.into_iter().map(|(_, value)| value).collect(), next }
}

fn shown<R: Resource>(call: &Call<'_>, plan: &Plan<R>, object: &R) -> Value {
    let mut body: Map<String, Value> = plan.render(call.tenant, object);
    // The id is there whatever was selected.
    body.insert("id".to_owned(), object.property(call.tenant, "id").unwrap_or_default());
    Value::Object(body)
}

/// A user in the recycle bin may come back; one who is not there will not.
fn removed(call: &Call<'_>, id: Uuid) -> Value {
    let reason = if call.tenant.is_recycled(id) { "changed" } else { "deleted" };
    json!({ "id": id, "@removed": { "reason": reason } })
}

fn members(call: &Call<'_>, group: &Group, since: Option<u64>) -> Vec<Value> {
    let entry = |id: Uuid, is_gone: bool| {
        let kind = call.tenant.object(id).and_then(|object| object.odata_type()).unwrap_or("#microsoft.graph.user");
        let mut entry = json!({ "@odata.type": kind, "id": id });
        if is_gone {
            entry["@removed"] = json!({ "reason": "deleted" });
        }
        entry
    };
    match since {
        None => group.members.iter().map(|id| entry(*id, false)).collect(),
        Some(since) => {
            let changes = call.tenant.changes().members_since(group.id, since);
            changes.map(|(id, what)| entry(id, what == Membership::Removed)).collect()
        }
    }
}

fn answer(call: &Call<'_>, set: &str, page: Page, round: Round) -> Result<Answer, GraphError> {
    let (name, option, round) = match page.next {
        Some(next) => ("@odata.nextLink", "$skiptoken", next),
        None => {
            let next = Round { since: Some(round.until), until: round.until, last: None, at: round.until };
            ("@odata.deltaLink", "$deltatoken", next)
        }
    };
    // The options of the first request are in the token's link, so that they need not be given again.
    let mut options = form_urlencoded::Serializer::new(String::new());
    options.extend_pairs(call.query.given()).append_pair(option, &round.to_string());
    let link = format!("https://graph.microsoft.com/{}/{set}/delta?{}", call.version, options.finish());
    let context = call.context(&format!("{set}{}", call.query.selection_text()));
    Ok(Answer::Ok(json!({ "@odata.context": context, name: link, "value": page.value })))
}

impl Round {
    fn of(call: &Call<'_>) -> Result<Self, GraphError> {
        let latest = call.tenant.changes().latest();
        let start = Self { since: None, until: latest, last: None, at: 0 };
        match (call.query.skip_token(), call.query.delta_token()) {
            (None, None) => Ok(start),
            // Tells nothing, and where the next round starts.
            (None, Some("latest")) => Ok(Self { since: Some(latest), at: latest, ..start }),
            (None, Some(token)) => {
                let round = Self::parse(token, latest)?;
                Ok(Self { until: latest, ..round })
            }
            (Some(token), None) => Self::parse(token, latest),
            (Some(_), Some(_)) => Err(GraphError::resync()),
        }
    }

    fn parse(token: &str, latest: u64) -> Result<Self, GraphError> {
        let read = || serde_json::from_slice::<Self>(&Base64Url::parse(token)?.0).ok();
        let issued =
            |round: &Self| round.until <= latest && round.at <= latest && round.since.is_none_or(|at| at <= latest);
        read().filter(issued).ok_or_else(GraphError::resync)
    }
}

impl std::fmt::Display for Round {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = serde_json::to_vec(self).map_err(|_| std::fmt::Error)?;
        write!(f, "{}", Base64Url(text))
    }
}

/// What a delta query may not have.
pub(super) const REFUSED: [&str; 6] = ["$top", "$orderby", "$expand", "$search", "$count", "$filter"];

/// The names of a `$select` without those that delta queries alone know.
pub(super) fn without_relations(select: &str) -> String {
    let relations: BTreeSet<&str> = ["members", "owners", "manager"].into();
    let names = select.split(',').map(str::trim).filter(|name| !relations.contains(name));
    names.collect::<Vec<_>>().join(",")
}
