//! The lab's own certificate authority: made at the first use, kept in a folder, the same for ever after.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use p256::SecretKey;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use x509_cert::Certificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::certificate::TbsCertificate;
use x509_cert::der::asn1::GeneralizedTime;
use x509_cert::der::{DecodePem as _, Encode as _, EncodePem as _};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, ToExtension as _};
use x509_cert::name::Name as DistinguishedName;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{SubjectPublicKeyInfo, SubjectPublicKeyInfoRef};
use x509_cert::time::{Time, Validity};

use crate::{Name, SandboxError};

/// A certificate authority that this process may sign with.
pub struct Authority {
    key: SigningKey,
    certificate: Certificate,
    path: PathBuf,
}

/// The certificate, for everybody to trust.
const CERTIFICATE_FILE: &str = "ca.pem";
/// Its key, for the owner alone.
const KEY_FILE: &str = "ca.key.pem";
const AUTHORITY_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 3650);
/// A server's certificate is made anew in every run.
const LEAF_LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Clients' clocks may be behind.
const BACKDATED: SignedDuration = SignedDuration::from_hours(24);
/// `id-kp-serverAuth` (RFC 5280 §4.2.1.12).
const SERVER_AUTH: &str = "1.3.6.1.5.5.7.3.1";

impl Authority {
    /// The authority of a folder, which is made if there is none, or of a PEM file with certificate and key.
    ///
    /// # Errors
    ///
    /// [`SandboxError::File`] and [`SandboxError::NotAnAuthority`] with the path.
    pub fn open(place: &Path, now: Timestamp) -> Result<Self, SandboxError> {
        if place.is_file() {
            return Self::parse(place, &read(place)?, &read(place)?, now);
        }
        // Whoever names a PEM file means one that is there.
        if !place.exists() && place.extension().is_some_and(|ending| ending == "pem") {
            return Err(not_an_authority(place, "there is no such file, and a folder is not called .pem".to_owned()));
        }
        let (certificate, key) = (place.join(CERTIFICATE_FILE), place.join(KEY_FILE));
        match (certificate.exists(), key.exists()) {
            (true, true) => Self::parse(&certificate, &read(&certificate)?, &read(&key)?, now),
            (false, false) => Self::make(place, now),
            (true, false) => Err(not_an_authority(place, format!("{KEY_FILE} is missing"))),
            (false, true) => Err(not_an_authority(place, format!("{CERTIFICATE_FILE} is missing"))),
        }
    }

    /// The file with the certificate that clients have to trust.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a TLS server of these names needs: a certificate, its chain and a key that lives as long as the process.
    ///
    /// # Errors
    ///
    /// [`SandboxError::NoRandomness`].
    pub fn server_config(&self, names: &[Name], now: Timestamp) -> Result<Arc<ServerConfig>, SandboxError> {
        let key = new_key()?;
        let general = names.iter().map(Name::general).collect();
        let profile = Profile {
            issuer: self.certificate.tbs_certificate().subject().clone(),
            subject: distinguished("CN=passkey-lab"),
            role: Role::Server(SubjectAltName(general)),
        };
        let leaf = certify(profile, &key, &self.key, now, LEAF_LIFETIME)?;
        let der = |certificate: &Certificate| certificate.to_der().expect("a certificate has a DER form");
        let chain = [&leaf, &self.certificate].map(|certificate| CertificateDer::from(der(certificate)));
        let pkcs8 = SecretKey::from(&key).to_pkcs8_der().expect("a P-256 key has a PKCS #8 form");
        let pkcs8 = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pkcs8.as_bytes().to_vec()));
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("aws-lc-rs has the suites of TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(chain.to_vec(), pkcs8)
            .expect("the certificate was made for the key");
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    fn parse(path: &Path, certificate: &str, key: &str, now: Timestamp) -> Result<Self, SandboxError> {
        let refused = |why: String| not_an_authority(path, why);
        let certificate = block(certificate, "CERTIFICATE").ok_or_else(|| refused("it holds no certificate".into()))?;
        let certificate = Certificate::from_pem(certificate).map_err(|error| refused(error.to_string()))?;
        let key = block(key, "PRIVATE KEY").ok_or_else(|| refused("there is no key in PKCS #8".into()))?;
        let key = SecretKey::from_pkcs8_pem(key).map_err(|_| refused("its key is no P-256 key".into()))?;
        let key = SigningKey::from(key);
        let own = SubjectPublicKeyInfo::from_key(key.verifying_key()).expect("a P-256 key has a public form");
        let content = certificate.tbs_certificate();
        if content.subject_public_key_info() != &own {
            return Err(refused("certificate and key do not belong together".into()));
        }
        let is_authority =
            content.get_extension::<BasicConstraints>().ok().flatten().is_some_and(|(_, found)| found.ca);
        if !is_authority {
            return Err(refused("the certificate may not certify others (basicConstraints)".into()));
        }
        let ends = content.validity().not_after.to_unix_duration().as_secs();
        if i64::try_from(ends).is_ok_and(|ends| ends <= now.as_second()) {
            return Err(refused("the certificate has expired".into()));
        }
        Ok(Self { key, certificate, path: path.to_owned() })
    }

    fn make(folder: &Path, now: Timestamp) -> Result<Self, SandboxError> {
        let key = new_key()?;
        // Each authority has a name of its own, so that a client with two of them does not take one for the other.
        let subject = distinguished(&format!("CN=passkey-lab CA {},O=passkey-lab", hex(&random::<4>()?)));
        let profile = Profile { issuer: subject.clone(), subject, role: Role::Authority };
        let certificate = certify(profile, &key, &key, now, AUTHORITY_LIFETIME)?;
        let key_pem = SecretKey::from(&key).to_pkcs8_pem(LineEnding::LF).expect("a P-256 key has a PKCS #8 form");
        let pem = certificate.to_pem(LineEnding::LF).expect("a certificate has a PEM form");
        fs::create_dir_all(folder).map_err(|reason| SandboxError::File { path: folder.to_owned(), reason })?;
        write_new(&folder.join(KEY_FILE), &key_pem, 0o600)?;
        let path = folder.join(CERTIFICATE_FILE);
        write_new(&path, &pem, 0o644)?;
        Ok(Self { key, certificate, path })
    }
}

/// What goes into a certificate.
struct Profile {
    issuer: DistinguishedName,
    subject: DistinguishedName,
    role: Role,
}

enum Role {
    Authority,
    Server(SubjectAltName),
}

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &DistinguishedName) -> DistinguishedName {
        self.issuer.clone()
    }

    fn get_subject(&self) -> DistinguishedName {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        key: SubjectPublicKeyInfoRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        content: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let name = content.subject();
        let mut all = vec![SubjectKeyIdentifier::try_from(key)?.to_extension(name, &[])?];
        match &self.role {
            Role::Authority => {
                all.push(BasicConstraints { ca: true, path_len_constraint: Some(0) }.to_extension(name, &[])?);
                all.push(KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign).to_extension(name, &[])?);
            }
            Role::Server(names) => {
                let server_auth = SERVER_AUTH.parse().expect("the literal is an object identifier");
                all.push(AuthorityKeyIdentifier::try_from(issuer)?.to_extension(name, &[])?);
                all.push(BasicConstraints { ca: false, path_len_constraint: None }.to_extension(name, &[])?);
                all.push(KeyUsage(KeyUsages::DigitalSignature.into()).to_extension(name, &[])?);
                all.push(ExtendedKeyUsage(vec![server_auth]).to_extension(name, &[])?);
                all.push(names.to_extension(name, &[])?);
            }
        }
        Ok(all)
    }
}

fn certify(
    profile: Profile,
    key: &SigningKey,
    issuer: &SigningKey,
    now: Timestamp,
    lifetime: SignedDuration,
) -> Result<Certificate, SandboxError> {
    let mut serial = random::<16>()?;
    // Positive, and never zero.
    serial[0] = (serial[0] & 0x7F) | 0x40;
    let serial = SerialNumber::new(&serial).expect("sixteen bytes are a serial number");
    let validity = Validity::new(instant(now - BACKDATED), instant(now + lifetime));
    let public = SubjectPublicKeyInfo::from_key(key.verifying_key()).expect("a P-256 key has a public form");
    let builder = CertificateBuilder::new(profile, serial, validity, public).expect("dates and names are well formed");
    Ok(builder.build::<_, DerSignature>(issuer).expect("a P-256 key signs"))
}

fn instant(at: Timestamp) -> Time {
    let since_epoch = Duration::from_secs(u64::try_from(at.as_second()).unwrap_or_default());
    Time::from(GeneralizedTime::from_unix_duration(since_epoch).expect("the calendar of X.509 ends in the year 9999"))
}

fn distinguished(text: &str) -> DistinguishedName {
    text.parse().expect("the literal is a distinguished name")
}

fn new_key() -> Result<SigningKey, SandboxError> {
    loop {
        // All but a vanishing share of the numbers of this size are keys.
        if let Ok(key) = SigningKey::from_slice(&random::<32>()?) {
            return Ok(key);
        }
    }
}

fn random<const N: usize>() -> Result<[u8; N], SandboxError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|reason| SandboxError::NoRandomness(reason.to_string()))?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first PEM block of this kind.
fn block<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let from = text.find(&begin)?;
    let to = from + text[from..].find(&end)? + end.len();
    Some(&text[from..to])
}

fn read(path: &Path) -> Result<String, SandboxError> {
    fs::read_to_string(path).map_err(|reason| SandboxError::File { path: path.to_owned(), reason })
}

/// Writes a file that is not there yet; two processes that begin at once do not mix their keys.
fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), SandboxError> {
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
        #[cfg(not(unix))]
        let _ = mode;
        options.open(path)?.write_all(text.as_bytes())
    };
    write().map_err(|reason| SandboxError::File { path: path.to_owned(), reason })
}

fn not_an_authority(path: &Path, why: String) -> SandboxError {
    SandboxError::NotAnAuthority { path: path.to_owned(), why }
}
