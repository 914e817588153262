//! User handles: `OF:` and 48 bytes that name tenant and user (entra.md §3.1; errors 135012, 135013, 135014).
//!
//! What the 48 bytes hold is not published. Convention of the lab: 32 bytes of HMAC-SHA-256 over tenant and object id,
//! then the object id, masked by an HMAC of those 32 bytes; so a handle is the same each time and can be read back.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

/// Makes and reads the user handles of one tenant.
#[derive(Clone)]
pub(crate) struct UserHandles {
    tenant: Uuid,
    secret: [u8; 32],
}

/// Why a handle names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandleFault {
    /// Not `OF:`.
    Prefix,
    /// Not 51 bytes.
    Length,
    /// Made by another tenant, or altered.
    Foreign,
}

const PREFIX: &[u8] = b"OF:";

impl UserHandles {
    pub(crate) fn new(tenant: Uuid, secret: [u8; 32]) -> Self {
        Self { tenant, secret }
    }

    /// The handle of a user.
    pub(crate) fn of(&self, user: Uuid) -> Vec<u8> {
        let tag = self.mac(&[b"user", self.tenant.as_bytes(), user.as_bytes()]);
        let masked = self.masked(&tag, *user.as_bytes());
        [PREFIX, &tag, &masked].concat()
    }

    /// The user whom a handle names.
    pub(crate) fn read(&self, handle: &[u8]) -> Result<Uuid, HandleFault> {
        let content = handle.strip_prefix(PREFIX).ok_or(HandleFault::Prefix)?;
        let content: &[u8; 48] = content.try_into().map_err(|_| HandleFault::Length)?;
        let (tag, masked) = content.split_at(32);
        let masked: [u8; 16] = masked.try_into().expect("48 less 32 bytes are 16");
        let user = Uuid::from_bytes(self.masked(tag, masked));
        if self.of(user) == handle { Ok(user) } else { Err(HandleFault::Foreign) }
    }

    fn masked(&self, tag: &[u8], id: [u8; 16]) -> [u8; 16] {
        let mask = self.mac(&[b"mask", tag]);
        std::array::from_fn(|at| id[at] ^ mask[at])
    }

    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes a key of any length");
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for UserHandles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserHandles").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handles() -> UserHandles {
        UserHandles::new(Uuid::from_u128(7), [3; 32])
    }

    #[test]
    fn a_handle_has_51_bytes_and_names_its_user_again() {
        let user = Uuid::from_u128(42);
        let handle = handles().of(user);
        assert_eq!((handle.len(), &handle[..3]), (51, b"OF:".as_slice()));
        assert_eq!(handles().read(&handle), Ok(user));
        assert_eq!(handles().of(user), handle);
    }

    #[test]
    fn what_is_not_a_handle_of_this_tenant_is_refused() {
        let good = handles().of(Uuid::from_u128(42));
        let mut altered = good.clone();
        altered[50] ^= 1;
        let foreign = UserHandles::new(Uuid::from_u128(8), [3; 32]).of(Uuid::from_u128(42));
        for (handle, fault) in [
            (b"MF:".iter().chain(&good[3..]).copied().collect::<Vec<u8>>(), HandleFault::Prefix),
            (Vec::new(), HandleFault::Prefix),
            (good[..50].to_vec(), HandleFault::Length),
            (altered, HandleFault::Foreign),
            (foreign, HandleFault::Foreign),
        ] {
            assert_eq!(handles().read(&handle), Err(fault));
        }
    }
}
