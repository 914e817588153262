//! What "Download Desktop Client" gives: an archive with the installer of the Passwordless client and its parameters
//! (guide "Configure and Download the Desktop Client").

mod installer;
mod zip;

use jiff::Timestamp;

use zip::Archive;

/// The installer's name, as the guide has it.
pub const INSTALLER_NAME: &str = "WorkforceAccess-8.3.0_x64.msi";
/// The name of the installation parameters; they lie beside the installer.
pub const PARAMETERS_NAME: &str = "hypr.json";
/// The archive's own name, a convention of the lab.
pub const ARCHIVE_NAME: &str = "WorkforceAccess-8.3.0_x64.zip";

/// The archive with both files, dated `now`.
pub(crate) fn archive(now: Timestamp, hypr_json: &str) -> Vec<u8> {
    let mut archive = Archive::new(now);
    archive.add(PARAMETERS_NAME, hypr_json.as_bytes());
    archive.add(INSTALLER_NAME, &installer::empty_database());
    archive.finish()
}
