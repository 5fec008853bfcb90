//! Replays what ASP.NET Core answered (`conformance/scenarios`, described in `conformance/README.md`) against the
//! sample application in one process: a clock that the scenario sets, a mailbox in place of a mail server, and
//! requests as bytes through the server's own connection code.

mod application;
mod aspnetcore_11;
mod authenticator;
mod column_lengths;
mod connection;
mod cookie_jar;
mod database;
mod expectation;
mod mailbox;
mod placeholders;
mod replay;
mod scenario;
mod settings;
mod sql_server;
mod store;
mod subject;

pub use application::{Application, StartError};
pub use aspnetcore_11::as_in_aspnetcore_11;
pub use authenticator::{one_time_code, wrong_code};
pub use connection::{ExchangeError, ReceivedResponse, exchange};
pub use cookie_jar::CookieJar;
pub use database::{Database, DatabaseError};
pub use expectation::{COMPARED_HEADERS, Difference, Origin, text_matches};
pub use mailbox::{Mailbox, field_of_mail, link_of_mail};
pub use placeholders::{Captured, PlaceholderError, fill};
pub use replay::{ReplayError, replay, replay_against};
pub use scenario::{
    Administration, CookieExpectation, HeaderValues, MailCapture, MailExpectation, MailField, RequestStep,
    ResponseExpectation, Scenario, ScenarioError, Step,
};
pub use settings::variables;
pub use sql_server::SqlServerError;
pub use store::Store;
pub use subject::Subject;
