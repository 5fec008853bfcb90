//! The kinds of requests that are measured.

/// So many connections send requests that need no hash, and so many log in or register.
pub(super) const MANY: u32 = 32;
pub(super) const SOME: u32 = 16;
pub(super) const FEW: u32 = 4;

/// What is asked for, and how it is called in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Request {
    Bare,
    Bearer,
    Cookie,
    WithAccount,
    Refused,
    Refresh,
    Login,
    LoneLogin,
    UnknownAccount,
    WrongPassword,
    Register,
    BearerQuiet,
    BearerInStorm,
}

impl Request {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Bare => "`GET /probe/hello` of bare axum, a constant",
            Self::Bearer => "`GET /probe/hello` with a token",
            Self::Cookie => "`GET /probe/hello` with a cookie",
            Self::WithAccount => "`GET /manage/info` with a token (one read of the database)",
            Self::Refused => "`GET /probe/hello` without either (401)",
            Self::Refresh => "`POST /refresh`",
            Self::Login => "`POST /login`",
            Self::LoneLogin => "`POST /login`, one at a time",
            Self::UnknownAccount => "`POST /login` of an account that does not exist (401)",
            Self::WrongPassword => "`POST /login` with a wrong password (401)",
            Self::Register => "`POST /register`",
            Self::BearerQuiet => "`GET /probe/hello` with a token, nothing else going on",
            Self::BearerInStorm => "`GET /probe/hello` with a token, while 32 connections log in",
        }
    }

    pub(super) fn connections(self) -> u32 {
        match self {
            Self::Bare | Self::Bearer | Self::Cookie | Self::WithAccount | Self::Refused => MANY,
            Self::Refresh | Self::Login | Self::Register => SOME,
            Self::LoneLogin | Self::UnknownAccount | Self::WrongPassword => 1,
            Self::BearerQuiet | Self::BearerInStorm => FEW,
        }
    }
}
