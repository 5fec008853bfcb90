//! Tokens in mailed links and codes.

use std::{fmt, sync::Arc};

use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};
use wicketgate_protection::{Clock, DataProtection, ProtectError, Protector, UnprotectError, base64_text, ticks};
use zeroize::Zeroizing;

use crate::account::User;
use crate::binary::{BinaryReader, BinaryWriter, Malformed};
use crate::error::Error;
use crate::observer::{self, Observation};
use crate::options::TokenProviderOptions;
use crate::secret::{self, Redemption, StatelessSecret};

/// What a token allows its holder to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UserTokenPurpose {
    /// Confirm the e-mail address.
    EmailConfirmation,
    /// Set a new password without the old one.
    ResetPassword,
    /// Change the e-mail address to this one, which it also confirms.
    ChangeEmail(String),
    /// A purpose of the application's own. Such a token works until it expires, however often it is used; what must work once
    /// is one of [`Accounts::secrets`](crate::Accounts::secrets).
    Other(String),
}

/// A token that was mailed to a user, as standard base64. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct UserToken(String);

/// The code is not base64url.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the code is not base64url")]
pub struct MalformedCode;

/// Creates and checks the tokens in mailed links (.NET's `DataProtectorTokenProvider`). A token is valid for one user
/// and one purpose, until it expires or the user's security stamp changes.
#[derive(Debug, Clone)]
pub struct UserTokenProvider {
    protector: Protector,
    token_lifespan: Duration,
    reset_lifespan: Duration,
    clock: Arc<dyn Clock>,
}

impl UserTokenProvider {
    /// A provider whose tokens live as long as `options` say.
    pub fn new(protection: &DataProtection, options: &TokenProviderOptions, clock: Arc<dyn Clock>) -> Self {
        Self {
            protector: protection.protector(&["DataProtectorTokenProvider"]),
            token_lifespan: options.token_lifespan,
            reset_lifespan: options.reset_lifespan.unwrap_or(options.token_lifespan),
            clock,
        }
    }

    /// A token that allows `user` to do `purpose`.
    ///
    /// # Errors
    /// [`ProtectError`] when the ring has no usable key.
    pub async fn generate(&self, purpose: &UserTokenPurpose, user: &User) -> Result<UserToken, ProtectError> {
        let plain = Zeroizing::new(write(self.clock.now(), purpose, user));
        let token = UserToken(base64_text::encode(&self.protector.protect(&plain).await?));
        observer::tell(&Observation::TokenGenerated(purpose));
        Ok(token)
    }

    /// Whether `token` allows `user` to do `purpose` now. A user without a security stamp has no valid tokens, since
    /// nothing could ever revoke them.
    ///
    /// # Errors
    /// [`Error::Protect`] when the ring cannot be read.
    pub async fn validate(&self, purpose: &UserTokenPurpose, token: &UserToken, user: &User) -> Result<bool, Error> {
        Ok(self.open(purpose, token, user).await?.is_some())
    }

    /// Has the ring look for the key of a token, if it does not know it. A token is opened later, and for few: the time of
    /// that look must not tell for whom.
    pub(crate) async fn find_key_of(&self, token: &UserToken) -> Result<(), Error> {
        let Some(payload) = base64_text::decode(&token.0) else {
            return Ok(());
        };
        match self.protector.unprotect(&payload).await {
            Err(UnprotectError::Repository(error)) => Err(ProtectError::from(error).into()),
            Ok(_) | Err(UnprotectError::Invalid | UnprotectError::Expired) => Ok(()),
        }
    }

    /// What has to be redeemed so that the token works once only; `None` if it is not valid.
    pub(crate) async fn open(
        &self,
        purpose: &UserTokenPurpose,
        token: &UserToken,
        user: &User,
    ) -> Result<Option<Redemption>, Error> {
        let opened = self.open_unobserved(purpose, token, user).await?;
        let verified = opened.is_some();
        observer::tell(&Observation::TokenVerified { purpose, verified });
        Ok(opened)
    }

    async fn open_unobserved(
        &self,
        purpose: &UserTokenPurpose,
        token: &UserToken,
        user: &User,
    ) -> Result<Option<Redemption>, Error> {
        // What is hashed is the payload: its text can be written in several ways, with white space for example.
        let Some(payload) = base64_text::decode(&token.0) else {
            return Ok(None);
        };
        match self.protector.unprotect(&payload).await {
            Ok(plain) => Ok(self
                .ends(&plain, purpose, user)
                .unwrap_or(None)
                .map(|ends| self.redemption(purpose, user, &payload, ends))),
            Err(UnprotectError::Invalid | UnprotectError::Expired) => Ok(None),
            Err(UnprotectError::Repository(error)) => Err(ProtectError::from(error).into()),
        }
    }

    /// Until when the token allows it.
    fn ends(&self, plain: &[u8], purpose: &UserTokenPurpose, user: &User) -> Result<Option<OffsetDateTime>, Malformed> {
        let contents = Contents::read(plain)?;
        let Some(stamp) = &user.security_stamp else {
            return Ok(None);
        };
        let ends = contents.created.saturating_add(self.lifespan(purpose));
        let allows = ends >= self.clock.now()
            && contents.user_id == user.id.as_str()
            && contents.purpose == purpose.to_string()
            && bool::from(contents.stamp.as_bytes().ct_eq(stamp.as_str().as_bytes()));
        Ok(allows.then_some(ends))
    }

    fn lifespan(&self, purpose: &UserTokenPurpose) -> Duration {
        match purpose {
            UserTokenPurpose::ResetPassword => self.reset_lifespan,
            UserTokenPurpose::EmailConfirmation | UserTokenPurpose::ChangeEmail(_) | UserTokenPurpose::Other(_) => {
                self.token_lifespan
            }
        }
    }

    fn redemption(
        &self,
        purpose: &UserTokenPurpose,
        user: &User,
        payload: &[u8],
        expires: OffsetDateTime,
    ) -> Redemption {
        let secret = StatelessSecret {
            subject: user.id.as_str().to_owned(),
            expires,
        };
        let (parts, now) = (&[payload][..], self.clock.now());
        match purpose {
            UserTokenPurpose::EmailConfirmation => {
                Redemption::of_stateless::<secret::EmailConfirmation>(secret, parts, now)
            }
            UserTokenPurpose::ResetPassword => Redemption::of_stateless::<secret::PasswordReset>(secret, parts, now),
            UserTokenPurpose::ChangeEmail(_) => Redemption::of_stateless::<secret::EmailChange>(secret, parts, now),
            UserTokenPurpose::Other(_) => Redemption::of_stateless::<secret::ApplicationToken>(secret, parts, now),
        }
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

    /// The token as it appears in a mail or link: base64url of its text.
    pub fn to_code(&self) -> String {
        base64_text::encode_url(self.0.as_bytes())
    }

    /// The token in a code that came back from a mail or a link.
    ///
    /// # Errors
    /// [`MalformedCode`] for what [`base64_text::decode_url`] refuses. This does not check whether the token is valid.
    pub fn from_code(code: &str) -> Result<Self, MalformedCode> {
        let text = base64_text::decode_url(code).ok_or(MalformedCode)?;
        Ok(Self::from_text(String::from_utf8_lossy(&text)))
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
    writer.int64(ticks::from_time(created));
    writer.string(user.id.as_str());
    writer.string(&purpose.to_string());
    writer.string(user.security_stamp.as_ref().map_or("", |stamp| stamp.as_str()));
    writer.into_bytes()
}

impl<'a> Contents<'a> {
    /// Unlike in a ticket, nothing may follow the last text.
    fn read(plain: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = BinaryReader::new(plain);
        let contents = Self {
            created: ticks::to_time(reader.int64()?).ok_or(Malformed)?,
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
