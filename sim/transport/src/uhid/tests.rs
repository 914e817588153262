//! The structs of `linux/uhid.h`, byte by byte.

use proptest::prelude::*;

use super::*;

/// What the kernel sends: always the whole union.
fn kernel_event(kind: u32, payload: &[&[u8]]) -> Vec<u8> {
    let mut event = [kind.to_ne_bytes().as_slice(), &payload.concat()].concat();
    event.resize(EVENT_BYTES_MAX, 0);
    event
}

fn output(data: &[u8], report_type: u8) -> Vec<u8> {
    let mut room = data.to_vec();
    room.resize(4096, 0);
    kernel_event(6, &[&room, &(data.len() as u16).to_ne_bytes(), &[report_type]])
}

/// Asserts which reports and which answers an event of the kernel brings.
fn check(event: &[u8], reports: &[Report], answers: &[Vec<u8>]) {
    let mut device = Device::new(&Identity::LAB);
    device.handle_event(event);
    let found: Vec<Report> = std::iter::from_fn(|| device.poll_report()).collect();
    assert_eq!(found, reports);
    let found: Vec<Vec<u8>> = std::iter::from_fn(|| device.poll_event()).collect();
    assert_eq!(found, answers);
}

#[test]
fn a_plugged_key_is_a_fido_device_on_usb() {
    let mut device = Device::new(&Identity::LAB);
    device.handle_plug();
    let event = device.poll_event().expect("UHID_CREATE2");
    let text = |range: std::ops::Range<usize>| {
        String::from_utf8(event[range].to_vec()).expect("text").trim_end_matches('\0').to_owned()
    };
    assert_eq!(event[..4], 11u32.to_ne_bytes());
    assert_eq!(text(4..132), "HYPR Enterprise Passkey (passkey-lab)");
    assert_eq!(text(132..196), "passkey-lab");
    assert_eq!(text(196..260), "passkey-lab");
    assert_eq!(event[260..264], [34u16.to_ne_bytes(), 3u16.to_ne_bytes()].concat());
    assert_eq!(event[264..280], [0x1209u32, 1, 0x100, 0].map(u32::to_ne_bytes).concat());
    let descriptor = "06d0f10901a1010920150026ff007508954081020921150026ff00750895409102c0";
    assert_eq!(event[280..].iter().map(|byte| format!("{byte:02x}")).collect::<String>(), descriptor);
    assert_eq!(device.poll_event(), None);
}

#[test]
fn an_unplugged_key_is_destroyed() {
    let mut device = Device::new(&Identity::LAB);
    device.handle_unplug();
    assert_eq!(device.poll_event(), Some(1u32.to_ne_bytes().to_vec()));
}

#[test]
fn a_report_for_the_host_is_an_input_event_of_64_bytes() {
    let mut device = Device::new(&Identity::LAB);
    device.handle_report(&[0xA5; 64]);
    let event = [12u32.to_ne_bytes().as_slice(), &64u16.to_ne_bytes(), &[0xA5; 64]].concat();
    assert_eq!(device.poll_event(), Some(event));
}

#[test]
fn what_a_program_writes_is_a_report_behind_a_report_id_of_zero() {
    let with_id: Vec<u8> = [[0].as_slice(), &[7; 64]].concat();
    check(&output(&with_id, 1), &[[7; 64]], &[]);
    check(&output(&[7; 64], 1), &[[7; 64]], &[]);
    check(&output(&[7; 65], 1), &[], &[]);
    check(&output(&[7; 63], 1), &[], &[]);
    check(&output(&with_id, 0), &[], &[]);
}

#[test]
fn an_output_report_may_also_be_set_and_no_report_can_be_fetched() {
    let ok = [14u32.to_ne_bytes().as_slice(), &9u32.to_ne_bytes(), &[0, 0]].concat();
    let refused = [14u32.to_ne_bytes().as_slice(), &9u32.to_ne_bytes(), &5u16.to_ne_bytes()].concat();
    let nothing = [10u32.to_ne_bytes().as_slice(), &9u32.to_ne_bytes(), &5u16.to_ne_bytes()].concat();
    let set = |kind: u8, data: &[u8]| {
        kernel_event(13, &[&9u32.to_ne_bytes(), &[0, kind], &(data.len() as u16).to_ne_bytes(), data])
    };
    check(&set(1, &[[0].as_slice(), &[7; 64]].concat()), &[[7; 64]], std::slice::from_ref(&ok));
    check(&set(1, &[7; 3]), &[], std::slice::from_ref(&refused));
    check(&set(0, &[7; 64]), &[], &[refused]);
    check(&kernel_event(9, &[&9u32.to_ne_bytes(), &[0, 2]]), &[], &[nothing]);
}

#[test]
fn start_open_close_stop_and_what_is_cut_off_change_nothing() {
    for kind in [2, 3, 4, 5, 99] {
        check(&kernel_event(kind, &[]), &[], &[]);
    }
    check(&output(&[7; 64], 1)[..4100], &[], &[]);
    check(&[6, 0], &[], &[]);
    check(&[], &[], &[]);
}

proptest! {
    #[test]
    fn no_bytes_do_harm(kind in 0u32..20, rest in proptest::collection::vec(any::<u8>(), 0..4400)) {
        let mut device = Device::new(&Identity::LAB);
        device.handle_event(&[kind.to_ne_bytes().as_slice(), &rest].concat());
    }
}
