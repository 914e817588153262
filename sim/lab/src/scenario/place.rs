//! Where a value of a file stands. The YAML library forgets places once it has read a value and tells them only with
//! its errors; so the text is read again by a reader that fails, on purpose, at the value that is looked for.

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// One step on the way from the top of a file to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    /// The member of this name.
    Key(&'static str),
    /// The entry of this number, from 0.
    Index(usize),
}

/// Line and column, from 1, of the value at `path`, or of the deepest part of the way that is written.
pub(super) fn place_of(text: &str, path: &[Segment]) -> (usize, usize) {
    let mut shorter = (0..=path.len()).rev().map(|length| &path[..length]);
    let place = shorter.find_map(|path| {
        let error = Seeker(path).deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
        error.location().map(|place| (place.line(), place.column()))
    });
    place.unwrap_or((1, 1))
}

#[derive(Clone, Copy)]
struct Seeker<'p>(&'p [Segment]);

impl Seeker<'_> {
    /// Fails when this is the value; passes over one that the path does not lead through.
    fn here<E: Error>(self) -> Result<(), E> {
        if self.0.is_empty() { Err(E::custom("here it is")) } else { Ok(()) }
    }
}

impl<'de> DeserializeSeed<'de> for Seeker<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seeker<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.here()?;
        while let Some(key) = map.next_key::<String>()? {
            match self.0 {
                [Segment::Key(wanted), rest @ ..] if key == *wanted => map.next_value_seed(Seeker(rest))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.here()?;
        let [Segment::Index(wanted), rest @ ..] = self.0 else {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        for _ in 0..*wanted {
            list.next_element::<IgnoredAny>()?;
        }
        list.next_element_seed(Seeker(rest))?;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        self.here()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.here()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.here()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.here()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.here()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.here()
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.here()
    }
}

#[cfg(test)]
mod tests {
    use super::Segment::{Index, Key};
    use super::*;

    const TEXT: &str =
        "a: 1\nb:\n  - {x: Dave's, y: [1, Dave]}\n  - x:\n    y: !tag 7\nc: &anchor {x: 2.5}\nd: *anchor\n";

    fn check(path: &[Segment], expected: (usize, usize)) {
        assert_eq!(place_of(TEXT, path), expected, "{path:?}");
    }

    #[test]
    fn a_value_is_found_by_its_path() {
        check(&[Key("a")], (1, 4));
        check(&[Key("b"), Index(0), Key("y"), Index(1)], (3, 24));
        check(&[Key("b"), Index(1)], (4, 5));
        check(&[Key("b"), Index(1), Key("y")], (5, 8));
        check(&[Key("c"), Key("x")], (6, 16));
    }

    #[test]
    fn what_is_not_written_is_found_at_what_should_hold_it() {
        check(&[Key("b"), Index(0), Key("z")], (3, 5));
        check(&[Key("e"), Key("f")], (1, 1));
    }
}
