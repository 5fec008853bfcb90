//! Replays what ASP.NET Core answered (`conformance/scenarios`, described in `conformance/README.md`) against the
//! requests as bytes through the server's own connection code.

mod authenticator;
mod connection;
mod cookie_jar;
mod expectation;
mod mailbox;
mod placeholders;
mod scenario;
mod settings;

pub use authenticator::{one_time_code, wrong_code};
pub use connection::{ExchangeError, ReceivedResponse, exchange};
pub use cookie_jar::CookieJar;
pub use expectation::{COMPARED_HEADERS, Difference, Origin, text_matches};
pub use mailbox::{Mailbox, field_of_mail};
pub use placeholders::{Captured, PlaceholderError, fill};
pub use scenario::{
    Administration, CookieExpectation, HeaderValues, MailCapture, MailExpectation, MailField, RequestStep,
    ResponseExpectation, Scenario, ScenarioError, Step,
};
pub use settings::variables;
