//! The endpoints by name and path.

/// Kestrel accepts no path with an escaped NUL.
const MARK: &str = "/%00";

/// One of the endpoints, to leave it out with [`Api::without`](crate::Api::without).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `POST /register`: creates an account.
    Register,
    /// `POST /login`: signs in with tokens or a cookie.
    Login,
    /// `POST /login/cookie`: signs in with a cookie. ASP.NET Core does not have it.
    LoginWithCookie,
    /// `POST /refresh`: returns a new pair of tokens.
    Refresh,
    /// `GET /confirmEmail`: the target of mailed links.
    ConfirmEmail,
    /// `POST /resendConfirmationEmail`: mails a new link.
    ResendConfirmationEmail,
    /// `POST /forgotPassword`: mails a code for a new password.
    ForgotPassword,
    /// `POST /resetPassword`: sets a new password with that code.
    ResetPassword,
    /// `POST /manage/2fa`: the second factor.
    TwoFactor,
    /// `GET` and `POST /manage/info`: the account's e-mail address and password.
    Info,
    /// `POST /logout`, which only [`Identity::logout`](crate::Identity::logout) adds.
    Logout,
    /// `GET` and `DELETE /manage/sessions`, and `DELETE /manage/sessions/{id}`. This and the next three exist only where there
    /// are [sessions](wicketgate_identity::options::SessionOptions).
    Sessions,
    /// `POST /manage/confirm`: proves again who the user is.
    Confirm,
    /// `GET /manage/account/export`: what is kept about the user.
    Export,
    /// `DELETE /manage/account`.
    DeleteAccount,
    /// `POST /passkeys/requestOptions`: what the browser needs to sign in with a passkey, or to confirm with one. This and those below
    /// exist only where there are [passkeys](wicketgate_identity::options::PasskeyOptions).
    PasskeyOptions,
    /// `POST /passkeys/login`: signs in with a passkey.
    PasskeyLogin,
    /// `GET` and `POST /manage/passkeys`, `POST /manage/passkeys/creationOptions`, and `PUT` and
    /// `DELETE /manage/passkeys/{credentialId}`.
    Passkeys,
}

impl Endpoint {
    /// All of them, in .NET's order, and those that .NET does not have behind.
    pub const ALL: [Self; 18] = [
        Self::Register,
        Self::Login,
        Self::LoginWithCookie,
        Self::Refresh,
        Self::ConfirmEmail,
        Self::ResendConfirmationEmail,
        Self::ForgotPassword,
        Self::ResetPassword,
        Self::TwoFactor,
        Self::Info,
        Self::Logout,
        Self::Sessions,
        Self::Confirm,
        Self::Export,
        Self::DeleteAccount,
        Self::PasskeyOptions,
        Self::PasskeyLogin,
        Self::Passkeys,
    ];

    /// Its path, relative to where the endpoints are nested.
    pub fn path(self) -> &'static str {
        match self {
            Self::Register => "/register",
            Self::Login => "/login",
            Self::LoginWithCookie => "/login/cookie",
            Self::Refresh => "/refresh",
            Self::ConfirmEmail => "/confirmEmail",
            Self::ResendConfirmationEmail => "/resendConfirmationEmail",
            Self::ForgotPassword => "/forgotPassword",
            Self::ResetPassword => "/resetPassword",
            Self::TwoFactor => "/manage/2fa",
            Self::Info => "/manage/info",
            Self::Logout => "/logout",
            Self::Sessions => "/manage/sessions",
            Self::Confirm => "/manage/confirm",
            Self::Export => "/manage/account/export",
            Self::DeleteAccount => "/manage/account",
            Self::PasskeyOptions => "/passkeys/requestOptions",
            Self::PasskeyLogin => "/passkeys/login",
            Self::Passkeys => "/manage/passkeys",
        }
    }

    /// Whether it exists only where the options have it. Its path is that alone, without .NET's routing.
    pub(crate) fn is_optional(self) -> bool {
        matches!(
            self,
            Self::Sessions | Self::Confirm | Self::Export | Self::DeleteAccount
        ) || self.is_of_passkeys()
    }

    /// Whether it exists only where there are passkeys.
    pub(crate) fn is_of_passkeys(self) -> bool {
        matches!(self, Self::PasskeyOptions | Self::PasskeyLogin | Self::Passkeys)
    }

    /// What this endpoint is nested under, if it can have this path. As in ASP.NET Core, case does not matter, nor does a
    /// trailing slash.
    pub(crate) fn base_in(self, path: &str) -> Option<&str> {
        let path = path.strip_suffix('/').unwrap_or(path);
        let base = path.len().checked_sub(self.path().len())?;
        let (base, end) = path.split_at_checked(base)?;
        end.eq_ignore_ascii_case(self.path()).then_some(base)
    }

    /// The endpoint that can have this path, and what it is nested under. The application may have a route of its own there
    /// instead.
    pub(crate) fn at_end_of(path: &str) -> Option<(&str, Self)> {
        let mut endpoints = Self::ALL.into_iter().filter(|endpoint| !endpoint.is_optional());
        endpoints.find_map(|endpoint| Some((endpoint.base_in(path)?, endpoint)))
    }

    /// The path of a marker route beside the endpoint, which answers 404. axum does not list a router's routes; but wherever an
    /// application nests the endpoint, its marker is nested as well, and no other route has such a path.
    pub(crate) fn mark(self) -> String {
        format!("{MARK}{}", self.path())
    }

    /// Whether a route is a marker, by its path in the router.
    pub(crate) fn is_mark(route: &str) -> bool {
        route.contains(MARK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_found_at_the_end_of_a_path_in_any_case() {
        for (path, found) in [
            ("/login", Some(("", Endpoint::Login))),
            ("/LOGIN/", Some(("", Endpoint::Login))),
            ("/login/cookie", Some(("", Endpoint::LoginWithCookie))),
            ("/api/Account/Manage/Info", Some(("/api/Account", Endpoint::Info))),
            (
                "/resendconfirmationemail",
                Some(("", Endpoint::ResendConfirmationEmail)),
            ),
            ("/confirmemail", Some(("", Endpoint::ConfirmEmail))),
            // .NET does not have it.
            ("/manage/sessions", None),
            ("//login", Some(("/", Endpoint::Login))),
            ("/login//", None),
            ("/xlogin", None),
            ("/login/x", None),
            ("login", None),
            ("/", None),
            ("", None),
            ("/\u{e4}\u{e4}\u{e4}", None),
        ] {
            assert_eq!(Endpoint::at_end_of(path), found, "{path}");
        }
    }
}
