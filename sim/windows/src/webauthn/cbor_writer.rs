//! A CBOR encoder that cannot fail, for commands; map members are written in CTAP's canonical order (CTAP 2.3 §8).

use minicbor::Encoder;

const INFALLIBLE: &str = "a Vec takes every byte";

/// Writes CBOR items one after the other.
pub(crate) struct Writer(Encoder<Vec<u8>>);

impl Writer {
    /// A CTAP command: its byte, then CBOR.
    pub(crate) fn command(byte: u8) -> Self {
        Self(Encoder::new(vec![byte]))
    }

    pub(crate) fn map(&mut self, pairs: usize) -> &mut Self {
        self.0.map(pairs as u64).expect(INFALLIBLE);
        self
    }

    pub(crate) fn array(&mut self, items: usize) -> &mut Self {
        self.0.array(items as u64).expect(INFALLIBLE);
        self
    }

    pub(crate) fn int(&mut self, value: i64) -> &mut Self {
        self.0.i64(value).expect(INFALLIBLE);
        self
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.0.bytes(value).expect(INFALLIBLE);
        self
    }

    pub(crate) fn text(&mut self, value: &str) -> &mut Self {
        self.0.str(value).expect(INFALLIBLE);
        self
    }

    pub(crate) fn flag(&mut self, value: bool) -> &mut Self {
        self.0.bool(value).expect(INFALLIBLE);
        self
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0.into_writer()
    }
}
