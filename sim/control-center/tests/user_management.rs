//! User Management with many users: pages, search, and the check of their accounts in batches.

mod common;

use common::site::{HOME, Site};
use common::*;
use control_center::Conclusion;

/// Invites `count` users who exist in Entra: `user01`, `user02`, ...
fn invite(world: &mut World, count: usize) {
    for number in 1..=count {
        let (upn, name) = (format!("user{number:02}@highlands_azure.com"), format!("User {number}"));
        let id = format!("d0000000-0000-4000-8000-0000000000{number:02}");
        world.entra.users.insert(upn.clone(), FakeUser { id, name, enabled: true, keys: Default::default() });
        let operation = world.cc.begin_invite(world.now, APP, &upn).expect("an address");
        world.pump();
        assert_eq!(world.cc.take_conclusion(operation), Some(Conclusion::Done));
    }
    world.entra.log.clear();
}

fn batches(world: &World) -> usize {
    world.entra.log.iter().filter(|what| *what == "POST /v1.0/$batch").count()
}

#[test]
fn forty_five_accounts_are_confirmed_in_three_batches() {
    let mut world = World::integrated();
    invite(&mut world, 45);
    assert_eq!(world.refresh(), Conclusion::Done);
    assert_eq!((batches(&world), world.entra.log.len()), (3, 3 + 45));
}

#[test]
fn a_user_with_a_key_takes_two_questions_of_the_same_batch() {
    let mut world = World::integrated();
    world.pair_with_azure();
    world.entra.log.clear();
    world.refresh();
    let carol = "/v1.0/users/c0000000-0000-4000-8000-000000000001";
    let expect = ["POST /v1.0/$batch", &format!("GET {carol}"), &format!("GET {carol}/authentication/fido2Methods")];
    assert_eq!(world.entra.log, expect);
}

#[test]
fn only_the_throttled_question_of_a_batch_is_asked_again_after_the_pause_that_graph_asks_for() {
    let mut world = World::integrated();
    invite(&mut world, 3);
    let second = "GET /v1.0/users/d0000000-0000-4000-8000-000000000002";
    world.entra.once(second, 429, &[("Retry-After", "17")], graph_error("TooManyRequests", "Too many requests"));
    let operation = world.cc.begin_refresh(world.now, APP);
    world.pump();
    assert_eq!(world.cc.take_conclusion(operation), None);
    world.entra.log.clear();
    world.next_deadline();
    assert_eq!(world.now.duration_since(start()).as_secs(), 17);
    assert_eq!(world.entra.log, ["POST /v1.0/$batch", second]);
    assert_eq!(world.cc.take_conclusion(operation), Some(Conclusion::Done));
}

#[test]
fn an_answer_that_stays_away_leaves_the_others_confirmed() {
    let mut world = World::integrated();
    invite(&mut world, 2);
    world.entra.users.get_mut("user02@highlands_azure.com").unwrap().enabled = false;
    let denied = graph_error("Authorization_RequestDenied", "Insufficient privileges to complete the operation.");
    world.entra.once("GET /v1.0/users/d0000000-0000-4000-8000-000000000001", 403, &[], denied);
    assert!(
        matches!(world.refresh(), Conclusion::Failed(failure) if failure.code().as_deref() == Some("Authorization_RequestDenied"))
    );
    let user = world.cc.integration(APP).unwrap().user("user02@highlands_azure.com").unwrap();
    assert_eq!(user.standing, control_center::Standing::Suspended);
}

#[test]
fn a_long_list_has_pages_and_is_searched_by_email_username_and_name() {
    let mut site = Site::integrated();
    for number in 1..=21 {
        let upn = format!("user{number:02}@highlands_azure.com");
        let id = format!("d0000000-0000-4000-8000-0000000000{number:02}");
        let user = FakeUser { id, name: format!("Mac {number}"), enabled: true, keys: Default::default() };
        site.entra.users.insert(upn.clone(), user);
        site.post(&format!("{HOME}/invite"), &[("email", &upn)]).shows("was invited");
    }
    let first = site.get(&format!("{HOME}/users?tab=pending"));
    first.shows("Users 1 to 20 of 21").shows("user20@").lacks("<td>user21@").shows(">Next</a>").lacks(">Previous</a>");
    let second = site.get(&format!("{HOME}/users?tab=pending&search=&page=2"));
    second.shows("Users 21 to 21 of 21").shows("<td>user21@").lacks("<td>user01@").shows(">Previous</a>");
    for (search, words) in [("USER07", "Users 1 to 1 of 1"), ("mac%201", "Users 1 to 11 of 11"), ("azure", "of 21")] {
        site.get(&format!("{HOME}/users?tab=pending&search={search}")).shows(words);
    }
    site.get(&format!("{HOME}/users?tab=pending&search=nobody")).shows("No users in the tab Pending match nobody.");
    site.get(&format!("{HOME}/users?tab=pending&page=-1")).shows("Users 1 to 20 of 21");
}
