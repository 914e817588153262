//! What people see, tap and type, in the words on the screens.

use cucumber::{given, then, when};

use super::parameters::{Length, Where, Who};
use crate::World;
use crate::world::{Outcome, ensure, shown};

/// A button, link or tab.
#[given(expr = "{person} has tapped/clicked {string} {place}")]
#[when(expr = "{person} taps/clicks {string} {place}")]
fn taps(world: &mut World, who: Who, label: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.tap(&place.of(&person)?, &label)?)
}

/// A button or icon in the line that shows the second text as the whole of a cell.
#[given(expr = "{person} has tapped/clicked {string} beside {string} {place}")]
#[when(expr = "{person} taps/clicks {string} beside {string} {place}")]
fn taps_beside(world: &mut World, who: Who, label: String, row: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.tap_in(&place.of(&person)?, &row, &label)?)
}

/// Fills a field or chooses in a list; a checkbox takes `on` or `off`.
#[given(expr = "{person} has typed/chosen {string} as {string} {place}")]
#[when(expr = "{person} types/chooses {string} as {string} {place}")]
fn types(world: &mut World, who: Who, text: String, field: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.enter(&place.of(&person)?, &field, &text)?)
}

/// The field or the choice is not there.
#[then(expr = "{person} cannot choose {string} as {string} {place}")]
fn cannot_choose(world: &mut World, who: Who, text: String, field: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let place = place.of(&person)?;
    let refused = lab.enter(&place, &field, &text).is_err();
    ensure(refused, || format!("{text:?} can be chosen on {place}, which shows:\n{}", shown(lab, &place)))
}

/// An address in a browser of the workstation.
#[given(expr = "{person} has opened {string} {place}")]
#[when(expr = "{person} opens {string} {place}")]
fn opens(world: &mut World, who: Who, url: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    match place {
        Where::Window(window) => Ok(lab.browse(&person, window, &url)?),
        Where::Phone => Err(crate::world::StepError::new("addresses are opened in a browser of the workstation")),
    }
}

/// The words stand there at this instant: title, text, field, button, cell, icon or what an icon says on hovering.
#[then(expr = "{person} sees {string} {place}")]
fn sees(world: &mut World, who: Who, words: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let place = place.of(&person)?;
    ensure(lab.shows(&place, &words), || format!("{words:?} is not on {place}, which shows:\n{}", shown(lab, &place)))
}

/// Time passes until the words stand there, at most so long.
#[when(expr = "within {duration} {person} sees {string} {place}")]
#[then(expr = "within {duration} {person} sees {string} {place}")]
fn sees_within(world: &mut World, within: Length, who: Who, words: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    Ok(lab.await_words(&place.of(&person)?, &words, within.0)?)
}

/// The words do not stand there.
#[then(expr = "{person} does not see {string} {place}")]
fn does_not_see(world: &mut World, who: Who, words: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let place = place.of(&person)?;
    ensure(!lab.shows(&place, &words), || format!("{words:?} is on {place}, which shows:\n{}", shown(lab, &place)))
}

/// An icon in a line, by its name or by what it says on hovering.
#[then(expr = "{person} sees the icon {string} beside {string} {place}")]
fn sees_icon(world: &mut World, who: Who, icon: String, row: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let place = place.of(&person)?;
    ensure(has_icon(lab, &place, &row, &icon), || {
        format!("no icon {icon:?} stands beside {row:?} on {place}, which shows:\n{}", shown(lab, &place))
    })
}

/// The line is there, the icon is not.
#[then(expr = "{person} sees no icon {string} beside {string} {place}")]
fn sees_no_icon(world: &mut World, who: Who, icon: String, row: String, place: Where) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let place = place.of(&person)?;
    let listed = lab.screen(&place).is_some_and(|screen| screen.row(&row).is_ok());
    ensure(listed && !has_icon(lab, &place, &row, &icon), || {
        format!("{row:?} is not listed without the icon {icon:?} on {place}, which shows:\n{}", shown(lab, &place))
    })
}

fn has_icon(lab: &lab::Lab, place: &lab::Place, row: &str, icon: &str) -> bool {
    let screen = lab.screen(place).unwrap_or_default();
    let matches = |found: &clockwork::Icon| found.name == icon || found.hover == icon;
    screen.row(row).is_ok_and(|row| row.icons.iter().any(matches))
}
