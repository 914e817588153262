//! What goes wrong on purpose at the HTTP seam: ordered rules, the first that matches decides, off by default.
//!
//! Faults of a security key, which must be signed to mean anything, are rules of its own (`ctap::Rule`); what real Entra
//! does by nature is behaviour of `entra`. Neither is a rule here.

mod tamper;

use serde::Deserialize;

pub use tamper::Tampering;

/// One rule. An empty pattern matches anything; `*` at an end of a pattern matches any rest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Who sends: `phone/*`, `control-center`.
    #[serde(default)]
    pub from: String,
    /// The host that is asked.
    #[serde(default)]
    pub host: String,
    /// The method, in capitals.
    #[serde(default)]
    pub method: String,
    /// The path, without the query.
    #[serde(default)]
    pub path: String,
    /// How often the rule applies before it is spent; without it, always.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    pub verdict: Verdict,
}

/// What a rule does to an exchange.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Let it pass, whatever later rules say.
    Pass,
    /// The host cannot be reached.
    Drop,
    /// Answer with this status and nothing else, without asking the host.
    Answer(u16),
    /// Let it pass with other client data than the browser sent.
    Tamper(Tampering),
}

/// A lab's rules.
#[derive(Clone, Debug, Default)]
pub struct Faults(Vec<Rule>);

/// The exchange that rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Who sends.
    pub from: &'a str,
    /// The host that is asked.
    pub host: &'a str,
    /// The method.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
}

impl Faults {
    /// Rules in the order in which they are asked.
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        Self(rules)
    }

    /// Puts a rule before all others.
    pub fn add(&mut self, rule: Rule) {
        self.0.insert(0, rule);
    }

    /// Takes every rule away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The verdict on an exchange; a rule with a count is used up by it.
    pub fn judge(&mut self, attempt: Attempt<'_>) -> Verdict {
        let Some(rule) = self.0.iter_mut().find(|rule| rule.times != Some(0) && rule.matches(attempt)) else {
            return Verdict::Pass;
        };
        rule.times = rule.times.map(|times| times - 1);
        rule.verdict.clone()
    }
}

impl Rule {
    /// A rule for every exchange; narrow it by setting its patterns.
    #[must_use]
    pub fn new(verdict: Verdict) -> Self {
        Self {
            from: String::new(),
            host: String::new(),
            method: String::new(),
            path: String::new(),
            times: None,
            verdict,
        }
    }

    fn matches(&self, attempt: Attempt<'_>) -> bool {
        fits(&self.from, attempt.from)
            && fits(&self.host, attempt.host)
            && fits(&self.method, attempt.method)
            && fits(&self.path, attempt.path)
    }
}

fn fits(pattern: &str, value: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        _ if pattern.is_empty() || pattern == "*" => true,
        (Some(_), Some(_)) => value.contains(pattern.trim_matches('*')),
        (Some(end), None) => value.ends_with(end),
        (None, Some(start)) => value.starts_with(start),
        (None, None) => value == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(path: &str, times: Option<u32>, verdict: Verdict) -> Rule {
        Rule {
            from: String::new(),
            host: "graph.microsoft.com".into(),
            method: String::new(),
            path: path.into(),
            times,
            verdict,
        }
    }

    #[test]
    fn the_first_rule_that_matches_decides_until_it_is_spent() {
        let mut faults =
            Faults::new(vec![rule("/v1.0/groups*", Some(1), Verdict::Answer(429)), rule("*", None, Verdict::Drop)]);
        let groups =
            Attempt { from: "control-center", host: "graph.microsoft.com", method: "POST", path: "/v1.0/groups" };
        assert_eq!(faults.judge(groups), Verdict::Answer(429));
        assert_eq!(faults.judge(groups), Verdict::Drop);
        assert_eq!(faults.judge(Attempt { host: "login.microsoftonline.com", ..groups }), Verdict::Pass);
    }
}
