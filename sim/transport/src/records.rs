//! Reports on a stream (TCP, Unix sockets): 64 bytes each, one after the other, nothing in between.

use wire::ctaphid::{REPORT_BYTES, Report};

/// Cuts a stream into reports, wherever the bytes were split on their way.
#[derive(Debug, Default)]
pub struct Records {
    bytes: Vec<u8>,
}

impl Records {
    /// Takes what has arrived.
    pub fn handle_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole report.
    pub fn poll_report(&mut self) -> Option<Report> {
        let report = *self.bytes.first_chunk::<REPORT_BYTES>()?;
        self.bytes.drain(..REPORT_BYTES);
        Some(report)
    }

    /// How many bytes of the next report have arrived; whoever hangs up now has cut it off.
    #[must_use]
    pub fn rest(&self) -> usize {
        self.bytes.len() % REPORT_BYTES
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pieces: &[&[u8]], expect: &[Report], rest: usize) {
        let mut records = Records::default();
        let mut reports = Vec::new();
        for piece in pieces {
            records.handle_bytes(piece);
            reports.extend(std::iter::from_fn(|| records.poll_report()));
        }
        assert_eq!((reports.as_slice(), records.rest()), (expect, rest));
    }

    #[test]
    fn reports_are_found_in_a_stream_however_it_was_split() {
        check(&[], &[], 0);
        check(&[&[1; 63]], &[], 63);
        check(&[&[1; 63], &[1, 2]], &[[1; 64]], 1);
        check(&[&[1; 64], &[2; 64]], &[[1; 64], [2; 64]], 0);
        check(&[&[7; 129]], &[[7; 64], [7; 64]], 1);
    }

    proptest! {
        #[test]
        fn no_split_loses_a_byte(bytes in proptest::collection::vec(any::<u8>(), 0..300), at in 0usize..300) {
            let (head, tail) = bytes.split_at(at.min(bytes.len()));
            let expect: Vec<Report> = bytes.chunks_exact(64).map(|it| it.try_into().expect("64 bytes")).collect();
            check(&[head, tail], &expect, bytes.len() % 64);
        }
    }
}
