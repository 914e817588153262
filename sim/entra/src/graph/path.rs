//! Graph paths: version, segments, keys in both spellings, functions with or without parentheses.

use super::error::GraphError;

/// A path, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// `v1.0` or `beta`.
    pub(crate) version: &'static str,
    /// Percent-decoded; `users('a')` is two segments, `creationOptions()` one. What else stands in parentheses stays,
    /// so that no key or parameter is passed over.
    pub(crate) segments: Vec<String>,
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
            push(&mut parsed, &decoded);
        }
        Ok(Self { version, segments: parsed })
    }
}

fn push(segments: &mut Vec<String>, segment: &str) {
    let called = segment.strip_suffix(')').and_then(|open| open.split_once('('));
    let quoted = |key: &str| Some(key.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"));
    match called.map(|(name, key)| (name, key, quoted(key))) {
        Some((name, _, Some(key))) => segments.extend([name.to_owned(), key]),
        Some((name, "", None)) => segments.push(name.to_owned()),
        _ => segments.push(segment.to_owned()),
    }
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

    fn segments(path: &str) -> Vec<String> {
        Path::parse(path).unwrap().segments
    }

    #[test]
    fn keys_have_two_spellings_and_functions_may_lack_parentheses() {
        assert_eq!(segments("/v1.0/users/a%40b"), ["users", "a@b"]);
        assert_eq!(segments("/v1.0/users('a@b')"), ["users", "a@b"]);
        assert_eq!(segments("/beta/users('o''neil')/memberOf"), ["users", "o'neil", "memberOf"]);
        assert_eq!(
            segments("/v1.0/me/authentication/fido2Methods/creationOptions()").last().unwrap(),
            "creationOptions"
        );
    }

    #[test]
    fn a_key_or_parameter_that_is_not_understood_stays_where_it_is() {
        for segment in ["users(1)", "users(userPrincipalName='a')", "users(')", "creationOptions(x=1)"] {
            assert_eq!(segments(&format!("/v1.0/{segment}")), [segment]);
        }
    }

    #[test]
    fn an_unknown_version_and_broken_encoding_are_refused() {
        assert!(Path::parse("/v2.0/users").is_err());
        assert!(Path::parse("/v1.0/users/%ff").is_err());
        assert!(Path::parse("/v1.0/users/%zz").is_err());
    }
}
