//! What a session is kept by.

/// What a session is kept by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// A cookie.
    Cookie,
    /// Access and refresh tokens.
    Token,
}

impl SessionKind {
    /// Its name, `cookie` or `token`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Token => "token",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Cookie, Self::Token].into_iter().find(|kind| kind.name() == name)
    }
}
