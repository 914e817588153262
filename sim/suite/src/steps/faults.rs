//! What goes wrong on purpose, and what the security key says on the wire.

use cucumber::{given, then, when};
use lab::fault::{Rule, Tampering, Verdict};
use lab::journal::Event;

use super::parameters::Who;
use crate::World;
use crate::world::{Outcome, StepError, ensure, sentences};

/// A host, for everybody; `HYPR` is Control Center's.
#[given(expr = "{word} cannot be reached")]
#[when(expr = "{word} cannot be reached any more")]
fn cut_off(world: &mut World, host: String) -> Outcome {
    let host = if host == "HYPR" { world.lab()?.scenario().control_center.host.clone() } else { host };
    add(world, Rule { host, ..Rule::new(Verdict::Drop) })
}

/// Graph is cut off from Control Center only: an administrator still reaches it.
#[given("Control Center cannot reach Graph")]
#[when("Control Center cannot reach Graph any more")]
fn without_graph(world: &mut World) -> Outcome {
    let (from, host) = ("control-center".into(), "graph.microsoft.com".into());
    add(world, Rule { from, host, ..Rule::new(Verdict::Drop) })
}

/// Every request of the phone gets this status, without reaching Control Center.
#[given(expr = "Control Center answers {int} to the phone of {person}")]
fn refuses_phone(world: &mut World, status: u16, who: Who) -> Outcome {
    let (_, person) = world.with(&who.0)?;
    let from = format!("phone/{}", person.phone_name()?);
    add(world, Rule { from, ..Rule::new(Verdict::Answer(status)) })
}

/// The requests of the workstation are cut off; USB still works.
#[given(expr = "the workstation of {person} is offline")]
#[when(expr = "the workstation of {person} goes offline")]
fn workstation_offline(world: &mut World, who: Who) -> Outcome {
    let (_, person) = world.with(&who.0)?;
    let from = format!("workstation/{}", person.workstation_name()?);
    add(world, Rule { from, ..Rule::new(Verdict::Drop) })
}

/// The phone's requests are cut off; USB still works.
#[given(expr = "the phone of {person} is offline")]
#[when(expr = "the phone of {person} goes offline")]
fn phone_offline(world: &mut World, who: Who) -> Outcome {
    let (_, person) = world.with(&who.0)?;
    let from = format!("phone/{}", person.phone_name()?);
    add(world, Rule { from, ..Rule::new(Verdict::Drop) })
}

/// Its radio is off: machines that use it by Bluetooth lose it.
#[given(expr = "the phone of {person} has Bluetooth switched off")]
#[when(expr = "{person} switches Bluetooth off on the phone")]
fn bluetooth_off(world: &mut World, who: Who) -> Outcome {
    reach(world, &who, |reach| reach.bluetooth = false)
}

/// Its radio is on again.
#[given(expr = "{person} has switched Bluetooth on on the phone")]
#[when(expr = "{person} switches Bluetooth on on the phone")]
fn bluetooth_on(world: &mut World, who: Who) -> Outcome {
    reach(world, &who, |reach| reach.bluetooth = true)
}

/// It is not on the wireless network of the workstations; Control Center it still reaches.
#[given(expr = "the phone of {person} is on another network")]
#[when(expr = "the phone of {person} leaves the network of the workstation")]
fn other_network(world: &mut World, who: Who) -> Outcome {
    reach(world, &who, |reach| reach.network = false)
}

/// It is on the wireless network of the workstations.
#[given(expr = "the phone of {person} is on the network of the workstation")]
#[when(expr = "the phone of {person} returns to the network of the workstation")]
fn same_network(world: &mut World, who: Who) -> Outcome {
    reach(world, &who, |reach| reach.network = true)
}

fn reach(world: &mut World, who: &Who, change: impl FnOnce(&mut lab::windows::Reach)) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let phone = person.phone_name()?.to_owned();
    lab.set_reach(&phone, change);
    Ok(())
}

/// Takes every rule away, those of the scenario file too.
#[when("everything can be reached again")]
fn mended(world: &mut World) -> Outcome {
    world.lab()?.faults.clear();
    Ok(())
}

/// The next request of Control Center to Graph gets this status.
#[given(expr = "Graph answers {int} once to Control Center")]
fn graph_answers(world: &mut World, status: u16) -> Outcome {
    let rule = Rule {
        from: "control-center".into(),
        host: "graph.microsoft.com".into(),
        times: Some(1),
        ..Rule::new(Verdict::Answer(status))
    };
    add(world, rule)
}

fn add(world: &mut World, rule: Rule) -> Outcome {
    world.lab()?.faults.add(rule);
    Ok(())
}

/// A [rule](faults.md) of its security key, before those that there are.
#[given(expr = "the phone of {person} has the fault {string}")]
#[when(expr = "the phone of {person} gets the fault {string}")]
fn goes_wrong(world: &mut World, who: Who, rule: String) -> Outcome {
    let rule: lab::ctap::Rule = rule.parse().map_err(|error| StepError::new(format!("{error}")))?;
    let (lab, person) = world.with(&who.0)?;
    lab.with_phone(person.phone_name()?, |phone, _| phone.faults_mut().add(rule));
    Ok(())
}

/// Takes every rule of its security key away, those of the scenario file too.
#[given(expr = "the phone of {person} has no fault any more")]
#[when(expr = "the phone of {person} loses its faults")]
fn goes_right(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.with_phone(person.phone_name()?, |phone, _| phone.faults_mut().clear());
    Ok(())
}

/// Every credential of the first phone, private key and counter as they are, is put onto the second.
#[given(expr = "somebody has cloned the keys of {person} into the phone of {person}")]
#[when(expr = "somebody clones the keys of {person} into the phone of {person}")]
fn clones(world: &mut World, who: Who, thief: Who) -> Outcome {
    let (_, thief) = world.with(&thief.0)?;
    let (lab, person) = world.with(&who.0)?;
    let keys = lab.with_phone(person.phone_name()?, |phone, _| phone.export_credentials());
    ensure(!keys.is_empty(), || format!("the phone of {} holds no keys to clone", person.name))?;
    let name = thief.phone_name()?;
    let injected =
        |phone: &mut lab::phone::Phone, now| keys.into_iter().try_for_each(|key| phone.inject_credential(now, key));
    lab.with_phone(name, injected).map_err(|error| StepError::new(error.to_string()))
}

/// Whoever stands between browser and Entra changes one member of what the key has signed: `origin`, `type`,
/// `challenge`, or one that nobody reads.
#[given(expr = "somebody changes the {string} of the client data to {string} on its way to Entra")]
fn tampers(world: &mut World, member: String, value: String) -> Outcome {
    add(world, Rule { from: "workstation/*".into(), ..Rule::new(Verdict::Tamper(Tampering { member, value })) })
}

/// `https://login-microsoft.example/`, which asks for a key of Microsoft's.
#[given("somebody serves a site that looks like Microsoft's")]
fn looks_alike(world: &mut World) -> Outcome {
    world.lab()?.serve_look_alike();
    Ok(())
}

/// The last CTAP status on the wire, by the name that the specification gives it.
#[then(expr = "the security key has answered {string}")]
fn has_answered(world: &mut World, status: String) -> Outcome {
    let lab = world.lab()?;
    if lab::wire::Status::named(&status).is_none() {
        return Err(StepError::new(format!("CTAP has no status {status:?}")));
    }
    let answers = sentences(lab, |event| matches!(event, Event::Ctap(message) if is_answer(&message.name)));
    ensure(answers.last().is_some_and(|last| last.contains(&status)), || {
        let last: Vec<_> = answers.iter().rev().take(5).collect();
        format!("the last answers of the security key, newest first: {last:#?}")
    })
}

/// getInfo at most.
#[then("no security key has been asked for anything but what it is")]
fn not_asked(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    let asked = sentences(lab, |event| matches!(event, Event::Ctap(message) if is_request(&message.name)));
    ensure(asked.is_empty(), || format!("{asked:#?}"))
}

fn is_answer(name: &str) -> bool {
    name.starts_with("CBOR CTAP")
}

fn is_request(name: &str) -> bool {
    name.starts_with("CBOR authenticator") && !name.ends_with("GetInfo")
}
