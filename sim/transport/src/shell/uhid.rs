//! `/dev/uhid`: the key becomes a HID device of this machine.

use std::{
    convert::Infallible,
    fs::{File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::Path,
    thread,
};

use tokio::sync::mpsc;

use super::{OUTGOING_MAX, Unavailable, Wire};
use crate::uhid::{Device, EVENT_BYTES_MAX};
use crate::{HostId, Identity};

/// Opens the kernel's end.
///
/// # Errors
///
/// [`Unavailable`] when there is none, or this user may not.
pub fn open(path: &Path) -> Result<File, Unavailable> {
    let opened = OpenOptions::new().read(true).write(true).open(path);
    opened.map_err(|reason| match reason.kind() {
        io::ErrorKind::NotFound => Unavailable::NoUhid { path: path.to_owned() },
        io::ErrorKind::PermissionDenied => Unavailable::UhidForbidden { path: path.to_owned() },
        _ => Unavailable::Uhid { path: path.to_owned(), reason },
    })
}

/// Carries reports between the kernel and the hub. The kernel removes the device when the process ends.
///
/// # Errors
///
/// The system's, when the kernel refuses the device.
pub async fn serve(file: File, identity: &'static Identity, wire: Wire) -> io::Result<Infallible> {
    let mut events = kernel_events(file.try_clone()?);
    let mut plugged = wire.plugged.clone();
    let mut device = Device::new(identity);
    loop {
        plugged.wait_for(|plugged| *plugged).await.map_err(io::Error::other)?;
        device.handle_plug();
        write(&file, &mut device)?;
        let (outgoing, mut reports) = mpsc::channel(OUTGOING_MAX);
        let host = wire.attach("this machine, by uhid".to_owned(), outgoing).await?;
        loop {
            tokio::select! {
                event = events.recv() => {
                    let event = event.unwrap_or_else(|| Err(io::ErrorKind::BrokenPipe.into()))?;
                    device.handle_event(&event);
                    carry(&mut device, host, &wire).await?;
                }
                report = reports.recv() => match report {
                    Some((_, report)) => device.handle_report(&report),
                    // Unplugged.
                    None => break,
                },
            }
            write(&file, &mut device)?;
        }
        device.handle_unplug();
        write(&file, &mut device)?;
    }
}

async fn carry(device: &mut Device, host: HostId, wire: &Wire) -> io::Result<()> {
    while let Some(report) = device.poll_report() {
        wire.report(host, report).await?;
    }
    Ok(())
}

/// Each event is one write, which the kernel takes at once.
fn write(mut file: &File, device: &mut Device) -> io::Result<()> {
    while let Some(event) = device.poll_event() {
        file.write_all(&event)?;
    }
    Ok(())
}

/// What the kernel has to say. A thread of its own waits for it: the flag for non-blocking files has no name in the
/// standard library, and one thread is less than a dependency.
fn kernel_events(mut file: File) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (sender, events) = mpsc::channel(EVENTS_MAX);
    thread::spawn(move || {
        let mut buffer = vec![0; EVENT_BYTES_MAX];
        loop {
            let event = match file.read(&mut buffer) {
                Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => Ok(buffer[..length].to_vec()),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => Err(e),
            };
            let ended = event.is_err();
            if sender.blocking_send(event).is_err() || ended {
                return;
            }
        }
    });
    events
}

const EVENTS_MAX: usize = 32;
