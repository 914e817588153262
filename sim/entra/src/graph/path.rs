//! Graph paths: version, segments, keys in both spellings, functions with or without parentheses.

use super::error::GraphError;

/// A path, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// `v1.0` or `beta`.
    pub(crate) version: &'static str,
    /// Percent-decoded; `users('a')` is two segments, `creationOptions()` one.
    pub(crate) segments: Vec<Segment>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// `users` or `11111111-..`: a name or a key, which the routes tell apart. What stands in parentheses and is not
    /// understood stays, so that no key or parameter is passed over.
    Plain(String),
    /// `('a')`: a key and nothing else.
    Key(String),
    /// `(appId='a')`: an alternate key, or a function's parameter.
    Named { name: String, value: String },
}

impl Path {
    pub(crate) fn parse(path: &str) -> Result<Self, GraphError> {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let first = segments.next().unwrap_or_default();
        let version = ["v1.0", "beta"].into_iter().find(|version| version.eq_ignore_ascii_case(first));
        let version = version.ok_or_else(|| GraphError::bad_request(format!("Invalid version: {first}")))?;
        let mut parsed = Vec::new();
        for segment in segments {
            let decoded = percent_decoded(segment)
                .ok_or_else(|| GraphError::bad_request(format!("Bad Request - Invalid URL segment '{segment}'.")))?;
            push(&mut parsed, decoded);
        }
        Ok(Self { version, segments: parsed })
    }
}

impl Segment {
    /// As it stood in the path, or nearly.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Key(text) => text,
            Self::Named { name, .. } => name,
        }
    }
}

fn push(segments: &mut Vec<Segment>, segment: String) {
    let called = segment.strip_suffix(')').and_then(|open| open.split_once('('));
    let Some((name, inside)) = called.filter(|(name, _)| !name.is_empty()) else {
        segments.push(Segment::Plain(segment));
        return;
    };
    let argument = if inside.is_empty() { Some(None) } else { argument(inside).map(Some) };
    match argument {
        Some(argument) => {
            segments.push(Segment::Plain(name.to_owned()));
            segments.extend(argument);
        }
        None => segments.push(Segment::Plain(segment)),
    }
}

/// What stands between parentheses: `'key'`, `name='value'` or `name=value`.
fn argument(inside: &str) -> Option<Segment> {
    if let Some(key) = quoted(inside) {
        return Some(Segment::Key(key));
    }
    let (name, value) = inside.split_once('=')?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    let bare = || (!value.is_empty() && !value.contains([',', '\'', '='])).then(|| value.to_owned());
    let value = quoted(value).or_else(bare).filter(|_| plain)?;
    Some(Segment::Named { name: name.to_owned(), value })
}

/// The inside of a quoted string, whose quotes are doubled within.
fn quoted(text: &str) -> Option<String> {
    let inside = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let single = inside.replace("''", "");
    (!single.contains('\'')).then(|| inside.replace("''", "'"))
}

/// Undoes percent encoding; `None` when what comes out is not UTF-8.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |digit: u8| char::from(digit).to_digit(16);
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                bytes.push(u8::try_from(hex(*high)? * 16 + hex(*low)?).ok()?);
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expect: &[Segment]) {
        assert_eq!(Path::parse(path).unwrap().segments, expect, "{path}");
    }

    fn plain(text: &str) -> Segment {
        Segment::Plain(text.into())
    }

    fn key(text: &str) -> Segment {
        Segment::Key(text.into())
    }

    fn named(name: &str, value: &str) -> Segment {
        Segment::Named { name: name.into(), value: value.into() }
    }

    #[test]
    fn keys_have_two_spellings_and_functions_may_lack_parentheses() {
        check("/v1.0/users/a%40b", &[plain("users"), plain("a@b")]);
        check("/v1.0/users('a@b')", &[plain("users"), key("a@b")]);
        check("/beta/users('o''neil')/memberOf", &[plain("users"), key("o'neil"), plain("memberOf")]);
        check("/v1.0/me/creationOptions()", &[plain("me"), plain("creationOptions")]);
    }

    #[test]
    fn alternate_keys_and_parameters_have_a_name() {
        check("/v1.0/applications(appId='a')", &[plain("applications"), named("appId", "a")]);
        check("/beta/creationOptions(minutes=10)", &[plain("creationOptions"), named("minutes", "10")]);
        check("/beta/creationOptions(minutes=@minutes)", &[plain("creationOptions"), named("minutes", "@minutes")]);
    }

    #[test]
    fn a_key_or_parameter_that_is_not_understood_stays_where_it_is() {
        for segment in ["users(1)", "users(')", "users('a'b')", "f(x=1,y=2)", "f(=1)", "('a')"] {
            check(&format!("/v1.0/{segment}"), &[plain(segment)]);
        }
    }

    #[test]
    fn an_unknown_version_and_broken_encoding_are_refused() {
        assert!(Path::parse("/v2.0/users").is_err());
        assert!(Path::parse("/v1.0/users/%ff").is_err());
        assert!(Path::parse("/v1.0/users/%zz").is_err());
    }
}
