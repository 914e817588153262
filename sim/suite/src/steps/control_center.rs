//! What the administrator does and sees in Control Center.

use cucumber::{given, then, when};
use lab::{FlagLevel, Place};

use super::parameters::{Phase, Toggle, Who};
use crate::World;
use crate::world::{Outcome, ensure, shown};

/// Integration Settings, Disable.
#[given("the administrator has disabled the integration")]
#[when("the administrator disables the integration")]
fn disables(world: &mut World) -> Outcome {
    Ok(world.lab()?.switch_integration("Disable")?)
}

/// Integration Settings, Enable, Close.
#[given("the administrator has enabled the integration")]
#[when("the administrator enables the integration")]
fn enables(world: &mut World) -> Outcome {
    Ok(world.lab()?.switch_integration("Enable")?)
}

/// Integration Settings, Delete Integration, Delete.
#[given("the administrator has deleted the integration")]
#[when("the administrator deletes the integration")]
fn deletes(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    lab.open_integration("Integration Settings")?;
    lab.tap(&Place::Admin, "Delete Integration")?;
    Ok(lab.tap(&Place::Admin, "Delete")?)
}

/// Login Settings: switches Restrict Domains on, adds these, separated by commas, saves.
#[given(expr = "the administrator has restricted the domains to {string}")]
#[when(expr = "the administrator restricts the domains to {string}")]
fn restricts(world: &mut World, domains: String) -> Outcome {
    Ok(world.lab()?.restrict_domains(&domains)?)
}

/// Fills the form as the guide says and clicks Add Integration.
#[when("the administrator adds the integration")]
fn adds(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    lab.open_integration_form()?;
    Ok(lab.submit_integration_form(&[])?)
}

/// The same with another value in one field.
#[when(expr = "the administrator adds the integration with {string} as {string}")]
fn adds_with(world: &mut World, value: String, field: String) -> Outcome {
    let lab = world.lab()?;
    lab.open_integration_form()?;
    Ok(lab.submit_integration_form(&[(&field, &value)])?)
}

/// The same with the usual mistake.
#[when("the administrator adds the integration with the id of the secret in place of its value")]
fn adds_with_secret_id(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    let id = lab.registration().client_secret_id.to_string();
    lab.open_integration_form()?;
    Ok(lab.submit_integration_form(&[("Client Secret", &id)])?)
}

/// Goes towards the form as far as Control Center offers the way.
#[when("the administrator looks for the Native Azure Login Experience")]
fn looks_for_native_login(world: &mut World) -> Outcome {
    Ok(world.lab()?.look_for_native_login()?)
}

/// A button, link or tab.
#[when(expr = "the administrator clicks {string}")]
fn clicks(world: &mut World, label: String) -> Outcome {
    Ok(world.lab()?.tap(&Place::Admin, &label)?)
}

/// A button or icon in the line that shows the second text as the whole of a cell.
#[when(expr = "the administrator clicks {string} beside {string}")]
fn clicks_beside(world: &mut World, label: String, row: String) -> Outcome {
    Ok(world.lab()?.tap_in(&Place::Admin, &row, &label)?)
}

/// Fills a field or chooses in a list; a checkbox takes `on` or `off`.
#[when(expr = "the administrator types/chooses {string} as {string}")]
fn types(world: &mut World, text: String, field: String) -> Outcome {
    Ok(world.lab()?.enter(&Place::Admin, &field, &text)?)
}

/// A page of an application in Advanced mode: Workstation Settings, Feature Flags, Audit Trail.
#[when(expr = "the administrator opens {string} of the application {string}")]
fn opens_of_application(world: &mut World, page: String, application: String) -> Outcome {
    Ok(world.lab()?.open_application(&application, &page)?)
}

/// In Advanced mode, for the application of the first integration.
#[given(expr = "the feature flag {string} of the application is {toggle}")]
#[when(expr = "the administrator turns the feature flag {string} of the application {toggle}")]
fn turns_flag(world: &mut World, flag: String, to: Toggle) -> Outcome {
    Ok(world.lab()?.set_feature_flag(FlagLevel::Application, &flag, to.is_on())?)
}

/// In Advanced mode, at the global level; a flag of applications counts for all of them then.
#[given(expr = "the feature flag {string} is globally {toggle}")]
#[when(expr = "the administrator turns the feature flag {string} globally {toggle}")]
fn turns_global_flag(world: &mut World, flag: String, to: Toggle) -> Outcome {
    Ok(world.lab()?.set_feature_flag(FlagLevel::Global, &flag, to.is_on())?)
}

/// A page of the first integration: User Management, Integration Settings, Login Settings, Workstation Settings,
/// Audit Trail.
#[given(expr = "the administrator has opened {string}")]
#[when(expr = "the administrator opens {string}")]
fn opens(world: &mut World, page: String) -> Outcome {
    Ok(world.lab()?.open_integration(&page)?)
}

/// The list of integrations.
#[when("the administrator opens the integrations")]
fn opens_list(world: &mut World) -> Outcome {
    Ok(world.lab()?.open_integrations()?)
}

/// The words stand on the page.
#[then(expr = "the administrator sees {string}")]
fn sees(world: &mut World, words: String) -> Outcome {
    let lab = world.lab()?;
    ensure(lab.shows(&Place::Admin, &words), || {
        format!("{words:?} is not in the administrator's browser, which shows:\n{}", shown(lab, &Place::Admin))
    })
}

/// Time passes until they do, at most so long.
#[then(expr = "within {duration} the administrator sees {string}")]
fn sees_within(world: &mut World, within: super::parameters::Length, words: String) -> Outcome {
    Ok(world.lab()?.await_words(&Place::Admin, &words, within.0)?)
}

/// The words do not stand on the page.
#[then(expr = "the administrator does not see {string}")]
fn does_not_see(world: &mut World, words: String) -> Outcome {
    let lab = world.lab()?;
    ensure(!lab.shows(&Place::Admin, &words), || {
        format!("{words:?} is in the administrator's browser, which shows:\n{}", shown(lab, &Place::Admin))
    })
}

/// What stands in a field; a checkbox is `on` or `off`.
#[then(expr = "the administrator sees {string} set to {string}")]
fn sees_field(world: &mut World, field: String, value: String) -> Outcome {
    let lab = world.lab()?;
    let screen = lab.screen(&Place::Admin).unwrap_or_default();
    let found = screen.field(&field).is_ok_and(|found| found.value == value);
    ensure(found, || format!("{field:?} is not set to {value:?}:\n{screen}"))
}

/// The columns of the list on the page, all of them and in this order, separated by commas.
#[then(expr = "the administrator sees the columns {string}")]
fn sees_columns(world: &mut World, columns: String) -> Outcome {
    let screen = world.lab()?.screen(&Place::Admin).unwrap_or_default();
    let shown: Vec<&str> =
        screen.rows.first().map(|row| row.cells.iter().map(|(name, _)| name.as_str()).collect()).unwrap_or_default();
    ensure(shown.join(", ") == columns, || format!("the columns are: {}\n{screen}", shown.join(", ")))
}

/// A line of the list has this and nothing else in that column.
#[then(expr = "the administrator sees {string} in the column {string}")]
fn sees_in_column(world: &mut World, value: String, column: String) -> Outcome {
    let screen = world.lab()?.screen(&Place::Admin).unwrap_or_default();
    let mut cells = screen.rows.iter().flat_map(|row| &row.cells);
    ensure(cells.any(|(name, text)| *name == column && *text == value), || {
        format!("no line has {value:?} in the column {column:?}:\n{screen}")
    })
}

/// How many lines the list on the page has.
#[then(expr = "the administrator sees {int} line(s)")]
fn sees_lines(world: &mut World, count: usize) -> Outcome {
    let screen = world.lab()?.screen(&Place::Admin).unwrap_or_default();
    ensure(screen.rows.len() == count, || format!("the page has {} lines:\n{screen}", screen.rows.len()))
}

/// A button, link or tab with these words.
#[then(expr = "the administrator can click {string}")]
fn can_click(world: &mut World, label: String) -> Outcome {
    let screen = world.lab()?.screen(&Place::Admin).unwrap_or_default();
    ensure(screen.button(&label).is_ok(), || format!("no button {label:?} is on the page:\n{screen}"))
}

/// No button, link or tab with these words, on the page or in a line of it.
#[then(expr = "the administrator cannot click {string}")]
fn cannot_click(world: &mut World, label: String) -> Outcome {
    let screen = world.lab()?.screen(&Place::Admin).unwrap_or_default();
    let mut buttons = screen.buttons.iter().chain(screen.rows.iter().flat_map(|row| &row.buttons));
    ensure(buttons.all(|button| button.label != label), || format!("{label:?} can be clicked:\n{screen}"))
}

/// Opens all three tabs.
#[then(expr = "User Management lists {person} under {phase}, and nowhere else")]
fn lists(world: &mut World, who: Who, phase: Phase) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let tabs = lab.tabs_that_list(&person)?;
    ensure(tabs == [phase.tab()], || format!("{} is listed under: {tabs:?}", person.upn))
}

/// Opens all three tabs.
#[then(expr = "User Management lists {person} nowhere")]
fn lists_nowhere(world: &mut World, who: Who) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    let tabs = lab.tabs_that_list(&person)?;
    ensure(tabs.is_empty(), || format!("{} is listed under: {tabs:?}", person.upn))
}

/// An icon, by its name or by what it says on hovering.
#[then(expr = "User Management shows {string} beside {person} under {phase}")]
fn shows_icon(world: &mut World, words: String, who: Who, phase: Phase) -> Outcome {
    let (lab, person) = world.with(&who.0)?;
    lab.open_user_management(phase.tab())?;
    let screen = lab.screen(&Place::Admin).unwrap_or_default();
    let found =
        screen.row(&person.upn).is_ok_and(|row| row.icons.iter().any(|icon| icon.name == words || icon.hover == words));
    ensure(found, || format!("no icon says {words:?} beside {}:\n{screen}", person.upn))
}

/// Adds it and clicks Maybe Later.
#[given("the administrator adds a new integration")]
fn has_added(world: &mut World) -> Outcome {
    let lab = world.lab()?;
    lab.open_integration_form()?;
    lab.submit_integration_form(&[])?;
    Ok(lab.tap(&Place::Admin, "Maybe Later")?)
}
