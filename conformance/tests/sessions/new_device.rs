//! Mails about sign-ins from devices that an account was not used with lately.

use time::Duration;
use wicketgate_conformance::Subject;
use wicketgate_identity::event::FailureReason;
use wicketgate_identity::{Event, EventKind};

use crate::client::{ADA, PASSWORD, Server};

const NOTIFIED: [(&str, &str); 1] = [("user.notify_owners", "true")];
const FIREFOX: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n";
const NEWER_FIREFOX: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0\r\n";
const CURL: &str = "User-Agent: curl/8.0\r\n";

/// A server for each store that sends these mails, where Ada's address is confirmed.
async fn notifying() -> Vec<Server> {
    let servers = Server::each(&NOTIFIED).await;
    for server in &servers {
        server.administer(&["confirm-email", ADA]).await;
    }
    servers
}

/// How many mails about new devices there were since the last call.
fn told(server: &Server) -> usize {
    let mails = server.application.take_mail();
    let subjects = mails.iter().map(|mail| mail.text.subject());
    subjects
        .filter(|subject| *subject == "New sign-in to your account")
        .count()
}

#[tokio::test]
async fn owners_hear_of_a_sign_in_from_a_device_that_was_not_used_before() {
    for server in notifying().await {
        let first = server.tokens_with(FIREFOX, PASSWORD).await;
        assert_eq!(told(&server), 0, "{}: the first sign-in", server.store);
        server.tokens_with(NEWER_FIREFOX, PASSWORD).await;
        assert_eq!(told(&server), 0, "{}: the same browser", server.store);
        server.tokens_with(CURL, PASSWORD).await;
        assert_eq!(told(&server), 1, "{}: another one", server.store);
        server.tokens_with(CURL, PASSWORD).await;
        assert_eq!(told(&server), 0, "{}: which is known then", server.store);
        // Also after its sessions have ended.
        server.log_out(&first).await;
        server.administer(&["sign-out-everywhere", ADA]).await;
        server.tokens_with(FIREFOX, PASSWORD).await;
        assert_eq!(told(&server), 0, "{}", server.store);

        // A browser that has a cookie of the account, although its session has ended.
        let cookie = server.cookie_with(FIREFOX, PASSWORD).await;
        server.administer(&["sign-out-everywhere", ADA]).await;
        let moved = format!("{}User-Agent: Chrome/1 Windows\r\n", cookie.header);
        server.cookie_with(&moved, PASSWORD).await;
        assert_eq!(told(&server), 0, "{}", server.store);
    }
}

/// Who guessed the password of an account that nobody uses is not known from its sessions.
#[tokio::test]
async fn owners_hear_of_a_sign_in_to_an_account_that_was_not_used_for_long() {
    for server in notifying().await {
        server.tokens_with(FIREFOX, PASSWORD).await;
        server.application.advance(Duration::days(15));
        let accounts = server.application.accounts();
        let before = server.application.now() - Duration::days(14);
        let sessions = accounts.stores().sessions().unwrap();
        sessions.remove_unseen(before, 100).await.unwrap();
        told(&server);
        server.tokens_with(FIREFOX, PASSWORD).await;
        // Where events are kept, which tell of earlier sign-ins.
        let expected = usize::from(accounts.stores().events().is_some());
        assert_eq!(told(&server), expected, "{}", server.store);
    }
}

/// Strangers' failures hide whether it was the first sign-in, and their number costs it nothing.
#[tokio::test]
async fn owners_hear_of_a_sign_in_after_very_many_failures() {
    for server in notifying().await {
        let accounts = server.application.accounts();
        let Some(events) = accounts.stores().events() else {
            continue;
        };
        let ada = accounts.find_by_email(ADA).await.unwrap().unwrap();
        let kind = EventKind::sign_in_failed(FailureReason::WrongPassword);
        let failed = Event::new(kind, Some(ada.id), server.application.now());
        for _ in 0..100 {
            events.add(&failed).await.unwrap();
        }
        server.application.advance(Duration::SECOND);
        server.tokens_with(FIREFOX, PASSWORD).await;
        assert_eq!(told(&server), 1, "{}", server.store);
    }
}

#[tokio::test]
async fn a_program_that_comes_from_everywhere_is_no_more_than_ten_devices_a_day() {
    for server in notifying().await {
        server.tokens_with(FIREFOX, PASSWORD).await;
        told(&server);
        for number in 0..20 {
            let header = format!("User-Agent: program{number}/1\r\n");
            server.tokens_with(&header, PASSWORD).await;
        }
        assert_eq!(told(&server), 9, "{}", server.store);
        server.application.advance(Duration::days(1));
        server.tokens_with(CURL, PASSWORD).await;
        assert_eq!(told(&server), 1, "{}", server.store);
    }
}

/// Who registers somebody else's address could fill their mailbox.
#[tokio::test]
async fn nobody_hears_of_it_at_an_address_that_was_never_confirmed() {
    for server in Server::each(&NOTIFIED).await {
        server.tokens_with(FIREFOX, PASSWORD).await;
        server.tokens_with(CURL, PASSWORD).await;
        assert_eq!(told(&server), 0, "{}", server.store);
    }
}

#[tokio::test]
async fn nobody_hears_of_it_by_default() {
    for server in Server::each(&[]).await {
        server.tokens_with(FIREFOX, PASSWORD).await;
        server.tokens_with(CURL, PASSWORD).await;
        assert_eq!(told(&server), 0, "{}", server.store);
    }
}
