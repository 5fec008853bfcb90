//! What ASP.NET Core 11 does otherwise than 10, which was recorded.

use crate::scenario::{Scenario, Step};

/// The scenario as it was replayed against ASP.NET Core 11.0.0: equal but for what mails say. The server under test is told to
/// say it.
pub fn as_in_aspnetcore_11(mut scenario: Scenario) -> Scenario {
    scenario
        .settings
        .insert("email.texts".to_owned(), "aspnetcore-11".to_owned());
    for step in &mut scenario.steps {
        if let Step::Mail { messages, .. } = step {
            for message in messages {
                message.html += addition(&message.html);
            }
        }
    }
    scenario
}

/// What 11 writes behind what 10 wrote.
fn addition(html: &str) -> &'static str {
    match html {
        _ if html.starts_with("Please confirm") => {
            " If you didn't request this email confirmation, you can ignore this email."
        }
        _ if html.starts_with("Please reset") => ". If you didn't request a password reset, you can ignore this email.",
        _ => "",
    }
}
