//! What a world hands over when its scenario is done.

/// The journal, the screens and the broken invariants of one scenario's lab.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aftermath {
    /// One JSON object an event, oldest first. `at`, `actor` and `text` have columns of their own in the report's page;
    /// nothing here may depend on wall time.
    pub journal: Vec<serde_json::Map<String, serde_json::Value>>,
    /// What every actor with a face shows at the end.
    pub screens: Vec<StandingScreen>,
    /// Invariants of the lab that do not hold; any makes the scenario fail.
    pub problems: Vec<String>,
}

/// The screen of one actor as it stood when the scenario ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingScreen {
    /// Whose: `phone/carol`.
    pub actor: String,
    /// The screen as plain lines.
    pub text: String,
}
