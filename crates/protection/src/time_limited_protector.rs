//! Protecting for a limited time.

use time::{Duration, OffsetDateTime};
use zeroize::Zeroizing;

use crate::{ProtectError, Protector, UnprotectError, ticks};

/// Protects for a limited time (.NET's `ITimeLimitedDataProtector`). See [`Protector::time_limited`].
#[derive(Debug, Clone)]
pub struct TimeLimitedProtector {
    inner: Protector,
}

impl Protector {
    /// A protector whose payloads expire (.NET's `ITimeLimitedDataProtector`).
    pub fn time_limited(&self) -> TimeLimitedProtector {
        TimeLimitedProtector {
            inner: self.with_purpose("Microsoft.AspNetCore.DataProtection.TimeLimitedDataProtector.v1"),
        }
    }
}

impl TimeLimitedProtector {
    /// Protects `plaintext` for `lifetime` from now.
    ///
    /// # Errors
    /// As [`Protector::protect`].
    pub async fn protect(&self, plaintext: &[u8], lifetime: Duration) -> Result<Vec<u8>, ProtectError> {
        let expiration = self.now().saturating_add(lifetime);
        let mut limited = Zeroizing::new(Vec::with_capacity(size_of::<i64>() + plaintext.len()));
        limited.extend_from_slice(&ticks::from_time(expiration).to_be_bytes());
        limited.extend_from_slice(plaintext);
        self.inner.protect(&limited).await
    }

    /// The plain text and its expiry. It is still valid in the very tick of its expiry.
    ///
    /// # Errors
    /// As [`Protector::unprotect`], and [`UnprotectError::Expired`].
    pub async fn unprotect(&self, payload: &[u8]) -> Result<(Zeroizing<Vec<u8>>, OffsetDateTime), UnprotectError> {
        let limited = self.inner.unprotect(payload).await?;
        let (expiration, plaintext) = limited.split_first_chunk().ok_or(UnprotectError::Invalid)?;
        let expiration = ticks::to_time(i64::from_be_bytes(*expiration)).ok_or(UnprotectError::Invalid)?;
        if expiration < self.now() {
            return Err(UnprotectError::Expired);
        }
        Ok((Zeroizing::new(plaintext.to_vec()), expiration))
    }

    fn now(&self) -> OffsetDateTime {
        self.inner.ring().clock().now()
    }
}
