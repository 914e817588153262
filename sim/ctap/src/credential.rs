//! A credential and the key that makes it one.

use std::fmt;

use jiff::Timestamp;
use minicbor::Encoder;

use crate::authenticator::Never;
use crate::key::PrivateKey;

/// A credential. Only an [`crate::Authenticator`] makes one.
#[derive(Clone, Debug)]
pub struct Credential {
    /// Its id.
    pub id: Vec<u8>,
    /// Its relying party.
    pub rp_id: String,
    /// The relying party's name, if it gave one.
    pub rp_name: Option<String>,
    /// The relying party's handle of the account.
    pub user_handle: Vec<u8>,
    /// The account's name.
    pub user_name: Option<String>,
    /// The person's name.
    pub user_display_name: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// The counter of its last signature.
    pub sign_count: u32,
    /// Whether it is found without its id.
    pub is_discoverable: bool,
    /// When it may be used without verification.
    pub protection: Protection,
    /// `credBlob` (§12.2).
    pub(crate) cred_blob: Option<Vec<u8>>,
    /// `largeBlobKey` (§12.3).
    pub(crate) large_blob_key: Option<[u8; 32]>,
    /// `thirdPartyPayment` (§12.5).
    pub(crate) third_party_payment: bool,
    pub(crate) rp_id_hash: [u8; 32],
    pub(crate) secrets: Secrets,
}

/// `credProtect` (CTAP 2.3 §12.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protection {
    /// `userVerificationOptional`.
    Optional = 1,
    /// `userVerificationOptionalWithCredentialIDList`.
    OptionalWithList = 2,
    /// `userVerificationRequired`.
    Required = 3,
}

/// Whether an account is told by its names as well, or by its handle alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    Told,
    Withheld,
}

/// What never leaves the authenticator.
#[derive(Clone)]
pub(crate) struct Secrets {
    /// Kept as a key, not as bytes: deriving the public half again doubles the cost of an assertion.
    pub(crate) key: PrivateKey,
    /// `CredRandomWithUV` of hmac-secret (§12.7).
    pub(crate) with_uv: [u8; 32],
    /// `CredRandomWithoutUV`.
    pub(crate) without_uv: [u8; 32],
}

impl Credential {
    /// Writes the account as a PublicKeyCredentialUserEntity.
    pub(crate) fn encode_user(&self, e: &mut Encoder<Vec<u8>>, names: Names) -> Result<(), Never> {
        let told = names == Names::Told;
        let name = self.user_name.as_deref().filter(|_| told);
        let display_name = self.user_display_name.as_deref().filter(|_| told);
        e.map(1 + u64::from(name.is_some()) + u64::from(display_name.is_some()))?;
        e.str("id")?.bytes(&self.user_handle)?;
        if let Some(name) = name {
            e.str("name")?.str(name)?;
        }
        if let Some(display_name) = display_name {
            e.str("displayName")?.str(display_name)?;
        }
        Ok(())
    }
}

impl Protection {
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Optional),
            2 => Some(Self::OptionalWithList),
            3 => Some(Self::Required),
            _ => None,
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

/// Bytes of an id made here.
pub(crate) const ID_BYTES: usize = 32;
