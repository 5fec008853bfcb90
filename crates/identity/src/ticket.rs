use time::OffsetDateTime;

use crate::ClaimsPrincipal;

/// A principal with what is known about its session (.NET's `AuthenticationTicket`); sealed, it is a token or a cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The scheme it was made for, such as `Identity.Application` or `Identity.Bearer:AccessToken`.
    pub scheme: String,
    /// Whose it is.
    pub principal: ClaimsPrincipal,
    /// When it was issued, when it ends, and so on.
    pub properties: TicketProperties,
}

/// Named texts in the order they were added (.NET's `AuthenticationProperties`). Times have whole seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketProperties {
    /// Name and value.
    pub items: Vec<(String, String)>,
}

impl TicketProperties {
    /// When the ticket was issued (`.issued`).
    pub fn issued(&self) -> Option<OffsetDateTime> {
        todo!()
    }
    /// When the ticket ends (`.expires`).
    pub fn expires(&self) -> Option<OffsetDateTime> {
        todo!()
    }
    /// Whether a cookie outlives the browser (`.persistent`).
    pub fn is_persistent(&self) -> bool {
        todo!()
    }
}
