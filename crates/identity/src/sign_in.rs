use crate::{Accounts, ClaimsPrincipal, Error, Ticket, User, UserId};

/// Signs users in (.NET's `SignInManager`). Cheap to clone.
#[derive(Debug, Clone)]
pub struct SignIn {}

/// What somebody shows to sign in.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The account's user name; with the Identity API, its address.
    pub user_name: &'a str,
    /// The password.
    pub password: &'a str,
    /// What else they show.
    pub second_factor: SecondFactor<'a>,
    /// The opened, unexpired ticket of the cookie `Identity.TwoFactorRememberMe`, if there is one.
    pub remembered_machine: Option<&'a Ticket>,
}

/// What is shown beside the password.
#[derive(Clone, Copy)]
pub enum SecondFactor<'a> {
    /// Nothing.
    None,
    /// A code of the authenticator.
    AuthenticatorCode(&'a str),
    /// One of the recovery codes, each of which works once.
    RecoveryCode(&'a str),
}

/// What came of it (.NET's `SignInResult`), and what .NET sets cookies for on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInResult {
    /// What came of it.
    pub outcome: SignInOutcome,
    /// The account that was asked for its second factor after a right password, whatever came of that. .NET gives it
    /// the cookie `Identity.TwoFactorUserId`, and takes that away again when the outcome is a success.
    pub second_factor_asked_of: Option<UserId>,
    /// What the remembered machine's ticket was worth; `None` if it did not come to looking at it. .NET slides its
    /// cookie only when it was looked at.
    pub remembered_machine: Option<RememberedMachine>,
}

/// What came of a sign-in. Its `Display` is the name that .NET gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInOutcome {
    /// They are in.
    Succeeded(Box<SignedIn>),
    /// Too many failures, or an operator's lock.
    LockedOut,
    /// Something is not confirmed that must be.
    NotAllowed,
    /// The password is right; a second factor is needed.
    RequiresTwoFactor,
    /// Anything else.
    Failed,
}

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The account.
    pub user: User,
    /// What tickets say about it.
    pub principal: ClaimsPrincipal,
    /// How they authenticated.
    pub method: AuthenticationMethod,
}

/// How a user authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthenticationMethod {
    /// With the password alone, or on a machine that is remembered.
    Password,
    /// With the password and the authenticator's code.
    Authenticator,
    /// With the password and a recovery code. .NET's cookies for it are never persistent.
    RecoveryCode,
}

/// What the ticket of a remembered machine is worth for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RememberedMachine {
    /// It stands in for the second factor.
    Remembered,
    /// There is none, or it is another account's.
    NotRemembered,
    /// It was made before a credential of its account changed; its cookie, and the sign-in cookies beside it, go.
    Ended,
}

impl AuthenticationMethod {
    /// The value of the `amr` claim (RFC 8176).
    pub fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Authenticator | Self::RecoveryCode => "mfa",
        }
    }
}

impl SignIn {
    /// Signs in to these accounts.
    pub fn new(_accounts: Accounts) -> Self {
        Self {}
    }

    /// Whether the account may sign in at all: whether what must be confirmed is.
    pub fn can_sign_in(&self, _user: &User) -> bool {
        todo!()
    }

    /// Signs in with a password and, where the account asks for it, a second factor (what `POST /login` does).
    pub async fn password(&self, _credentials: Credentials<'_>) -> Result<SignInResult, Error> {
        todo!()
    }

    /// The account of a ticket, if the ticket still has its security stamp: for refresh tokens, and for cookies that
    /// were last checked longer ago than [`SecurityStampOptions::validation_interval`](crate::SecurityStampOptions).
    pub async fn validate_security_stamp(&self, _principal: &ClaimsPrincipal) -> Result<Option<User>, Error> {
        todo!()
    }

    /// What the opened, unexpired ticket of the cookie `Identity.TwoFactorRememberMe` is worth for this account.
    pub async fn remembered_machine(&self, _user: &User, _ticket: Option<&Ticket>) -> Result<RememberedMachine, Error> {
        todo!()
    }

    /// What the cookie `Identity.TwoFactorRememberMe` says: the account's id as name, and its security stamp.
    pub fn remember_machine_principal(&self, _user: &User) -> ClaimsPrincipal {
        todo!()
    }

    /// What the cookie `Identity.TwoFactorUserId` says: the account's id as name.
    pub fn two_factor_user_principal(&self, _user: &UserId) -> ClaimsPrincipal {
        todo!()
    }
}
