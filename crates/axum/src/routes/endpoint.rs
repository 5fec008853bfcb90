//! The endpoints by name and path.

/// An endpoint, as an application names one that it leaves out ([`Api::without`](crate::Api::without)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `POST /register`: makes an account.
    Register,
    /// `POST /login`: signs in with tokens or a cookie.
    Login,
    /// `POST /login/cookie`: signs in with a cookie. ASP.NET Core does not have it.
    LoginWithCookie,
    /// `POST /refresh`: the next pair of tokens.
    Refresh,
    /// `GET /confirmEmail`: what mailed links lead to.
    ConfirmEmail,
    /// `POST /resendConfirmationEmail`: mails that link again.
    ResendConfirmationEmail,
    /// `POST /forgotPassword`: mails a code for a new password.
    ForgotPassword,
    /// `POST /resetPassword`: sets a new password by that code.
    ResetPassword,
    /// `POST /manage/2fa`: the second factor.
    TwoFactor,
    /// `GET` and `POST /manage/info`: the account's address and password.
    Info,
    /// `POST /logout`, which [`Identity::logout`](crate::Identity::logout) adds.
    Logout,
}

impl Endpoint {
    /// All of them, in .NET's order.
    pub const ALL: [Self; 11] = [
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
    ];

    /// Its path, without what it is nested under.
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
        }
    }

    /// What the endpoint that this path ends with is nested under, and the endpoint. As in ASP.NET Core, case does not
    /// matter, nor one closing slash.
    pub(crate) fn at_end_of(path: &str) -> Option<(&str, Self)> {
        let path = path.strip_suffix('/').unwrap_or(path);
        Self::ALL.into_iter().find_map(|endpoint| {
            let base = path.len().checked_sub(endpoint.path().len())?;
            let (base, end) = path.split_at_checked(base)?;
            end.eq_ignore_ascii_case(endpoint.path()).then_some((base, endpoint))
        })
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
