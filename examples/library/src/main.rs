//! A server with parts of an application's own: set-up that waits for something, a store, a sender of mail, and an endpoint
//! less.

use std::process::ExitCode;

use wicketgate::{
    Endpoint, Server, async_trait,
    axum::{Router, routing::get},
    wicketgate_identity::{EmailError, EmailMessage, EmailSender, MemoryStore},
};

/// Says on standard output what it would send.
#[derive(Debug)]
struct Printer;

#[async_trait]
impl EmailSender for Printer {
    async fn send(&self, message: EmailMessage) -> Result<(), EmailError> {
        use std::io::Write;
        writeln!(std::io::stdout(), "mail: {}", message.text.subject()).map_err(|error| EmailError(error.into()))
    }
}

/// Stands for what an application waits for before it has its routes.
async fn load_greeting() -> std::io::Result<String> {
    std::fs::read_to_string("greeting.txt")
}

fn main() -> ExitCode {
    Server::new()
        .store(async || Ok(MemoryStore::new()))
        .email(Printer)
        .without([Endpoint::ResetPassword])
        .run_async(async |identity| {
            let greeting = load_greeting().await?;
            let router = Router::new().route("/greeting", get(move || async move { greeting }));
            Ok::<_, std::io::Error>(router.merge(identity.api()).merge(identity.logout()))
        })
}
