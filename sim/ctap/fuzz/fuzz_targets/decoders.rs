//! The decoders of what comes from outside: CBOR, COSE, authenticator data, attestation, reports and fragments.
#![no_main]

use wire::ctaphid::{Assembler, Packet, REPORT_BYTES};
use wire::fido_ble::{self, Fragment};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = wire::cbor::check_canonical(bytes);
    let _ = wire::cbor::first_item(bytes);
    let _ = wire::cose::es256(bytes);
    let _ = wire::auth_data::AuthData::parse(bytes);
    let _ = wire::attestation::AttestationObject::parse(bytes);
    let mut assembler = Assembler::default();
    for chunk in bytes.chunks_exact(REPORT_BYTES) {
        let report = chunk.try_into().expect("a chunk of that size");
        let _ = assembler.handle_packet(Packet::parse(&report));
    }
    let mut assembler = fido_ble::Assembler::default();
    for fragment in bytes.chunks(20).filter_map(Fragment::parse) {
        let _ = assembler.handle_fragment(fragment);
    }
});
