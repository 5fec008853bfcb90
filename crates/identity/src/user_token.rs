use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};
use wicketgate_protection::{Clock, DataProtection, ProtectError, Protector, UnprotectError};
use zeroize::Zeroizing;

use crate::{
    Error, TokenProviderOptions, User,
    binary::{BinaryReader, BinaryWriter, Malformed},
};

mod code;

pub use code::MalformedCode;

/// What a token allows its bearer to do, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserTokenPurpose {
    /// Confirm the e-mail address.
    EmailConfirmation,
    /// Set a new password without the old one.
    ResetPassword,
    /// Change the e-mail address to this one, which it also confirms.
    ChangeEmail(String),
    /// Something of the application's own.
    Other(String),
}

/// A token that was mailed to a user: standard base64 text. Not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct UserToken(String);

/// Makes and checks the tokens in mailed links (.NET's `DataProtectorTokenProvider`). A token holds for one user and
/// one purpose, until its life ends or the user's security stamp changes.
#[derive(Debug, Clone)]
pub struct UserTokenProvider {
    protector: Protector,
    token_lifespan: Duration,
    clock: Arc<dyn Clock>,
}

impl UserTokenProvider {
    /// A provider whose tokens live as long as `options` say.
    pub fn new(protection: &DataProtection, options: &TokenProviderOptions, clock: Arc<dyn Clock>) -> Self {
        Self {
            protector: protection.protector(&["DataProtectorTokenProvider"]),
            token_lifespan: options.token_lifespan,
            clock,
        }
    }

    /// A token that allows `user` to do `purpose`.
    ///
    /// # Errors
    /// [`ProtectError`] when the ring has no usable key.
    pub async fn generate(&self, purpose: &UserTokenPurpose, user: &User) -> Result<UserToken, ProtectError> {
        let plain = Zeroizing::new(write(self.clock.now(), purpose, user));
        Ok(UserToken(STANDARD.encode(self.protector.protect(&plain).await?)))
    }

    /// Whether `token` allows `user` to do `purpose` now. No token is valid for a user without a security stamp, since
    /// nothing could ever revoke it.
    ///
    /// # Errors
    /// [`Error::Protect`] when the ring cannot be read.
    pub async fn validate(&self, purpose: &UserTokenPurpose, token: &UserToken, user: &User) -> Result<bool, Error> {
        // .NET's decoder passes over white space.
        let text: String = token
            .0
            .chars()
            .filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r'))
            .collect();
        let Ok(payload) = STANDARD.decode(text) else {
            return Ok(false);
        };
        match self.protector.unprotect(&payload).await {
            Ok(plain) => Ok(self.allows(&plain, purpose, user).unwrap_or(false)),
            Err(UnprotectError::Invalid | UnprotectError::Expired) => Ok(false),
            Err(UnprotectError::Repository(error)) => Err(ProtectError::from(error).into()),
        }
    }

    fn allows(&self, plain: &[u8], purpose: &UserTokenPurpose, user: &User) -> Result<bool, Malformed> {
        let contents = Contents::read(plain)?;
        let Some(stamp) = &user.security_stamp else {
            return Ok(false);
        };
        let ends = contents.created.checked_add(self.token_lifespan);
        Ok(ends.is_none_or(|ends| ends >= self.clock.now())
            && contents.user_id == user.id.as_str()
            && contents.purpose == purpose.to_string()
            && bool::from(contents.stamp.as_bytes().ct_eq(stamp.as_str().as_bytes())))
    }
}

impl fmt::Display for UserTokenPurpose {
    /// The purpose's name in the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmailConfirmation => f.write_str("EmailConfirmation"),
            Self::ResetPassword => f.write_str("ResetPassword"),
            Self::ChangeEmail(address) => write!(f, "ChangeEmail:{address}"),
            Self::Other(purpose) => f.write_str(purpose),
        }
    }
}

impl UserToken {
    /// Text that may be a token.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The token's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserToken(…)")
    }
}

/// What is inside a token.
struct Contents<'a> {
    created: OffsetDateTime,
    user_id: &'a str,
    purpose: &'a str,
    stamp: &'a str,
}

fn write(created: OffsetDateTime, purpose: &UserTokenPurpose, user: &User) -> Vec<u8> {
    let mut writer = BinaryWriter::default();
    writer.int64(ticks::from_instant(created));
    writer.string(user.id.as_str());
    writer.string(&purpose.to_string());
    writer.string(user.security_stamp.as_ref().map_or("", |stamp| stamp.as_str()));
    writer.into_bytes()
}

impl<'a> Contents<'a> {
    /// Unlike a ticket's, these bytes must end where the last text does.
    fn read(plain: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = BinaryReader::new(plain);
        let contents = Self {
            created: ticks::to_instant(reader.int64()?).ok_or(Malformed)?,
            user_id: reader.string()?,
            purpose: reader.string()?,
            stamp: reader.string()?,
        };
        if reader.is_at_end() {
            Ok(contents)
        } else {
            Err(Malformed)
        }
    }
}

/// .NET's ticks: tenths of a microsecond since the first day of the year 1.
mod ticks {
    use time::{Duration, OffsetDateTime, macros::datetime};

    const ZERO: OffsetDateTime = datetime!(0001-01-01 0:00 UTC);
    const TICKS_PER_SECOND: i64 = 10_000_000;
    const NANOSECONDS_PER_TICK: i32 = 100;

    pub(super) fn from_instant(instant: OffsetDateTime) -> i64 {
        let since = instant - ZERO;
        since.whole_seconds() * TICKS_PER_SECOND + i64::from(since.subsec_nanoseconds() / NANOSECONDS_PER_TICK)
    }

    pub(super) fn to_instant(ticks: i64) -> Option<OffsetDateTime> {
        let seconds = Duration::seconds(ticks.div_euclid(TICKS_PER_SECOND));
        let rest = Duration::nanoseconds(ticks.rem_euclid(TICKS_PER_SECOND) * i64::from(NANOSECONDS_PER_TICK));
        ZERO.checked_add(seconds)?
            .checked_add(rest)
            .filter(|instant| *instant >= ZERO)
    }
}
