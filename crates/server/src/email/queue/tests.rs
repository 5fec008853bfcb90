//! Whose mail goes next, and what the queue takes.

use std::time::Duration;

use wicketgate_identity::UserId;

use super::*;

fn mail(to: &str) -> EmailMessage {
    EmailMessage {
        user: UserId::from_stored("7"),
        to: to.to_owned(),
        text: EmailText::PasswordResetCode("code".to_owned()),
    }
}

fn queue(connections: usize, recipients: &[&str]) -> MailQueue {
    let mut queue = MailQueue::new(connections);
    for recipient in recipients {
        queue.push(mail(recipient)).unwrap();
    }
    queue
}

fn started(queue: &mut MailQueue) -> Vec<String> {
    let now = Instant::now();
    std::iter::from_fn(|| queue.next(now))
        .map(|mail| mail.mail.to.clone())
        .collect()
}

#[test]
fn domains_take_turns_whoever_came_first() {
    let mut queue = queue(8, &["a@x", "b@x", "c@x", "d@y", "e@z"]);
    assert_eq!(started(&mut queue), ["a@x", "d@y", "e@z", "b@x", "c@x"]);
}

#[test]
fn a_domain_gets_half_the_connections_and_a_recipient_one() {
    let flood: Vec<_> = (0..9).map(|number| format!("u{number}@x")).collect();
    let mut flood: Vec<_> = flood.iter().map(String::as_str).collect();
    flood.extend(["a@y", "A@y", "a@Y"]);
    let mut queue = queue(8, &flood);
    let started = started(&mut queue);
    assert_eq!(started.iter().filter(|to| to.ends_with('x')).count(), 4);
    assert_eq!(started.iter().filter(|to| !to.ends_with('x')).count(), 1);
}

#[test]
fn mails_that_were_refused_for_now_leave_connections_to_new_ones_and_have_some_of_their_own() {
    let recipients: Vec<_> = (0..8).map(|number| format!("a@refusing{number}")).collect();
    let recipients: Vec<_> = recipients.iter().map(String::as_str).collect();
    let mut queue = queue(8, &recipients);
    let now = Instant::now();
    for _ in 0..8 {
        let refused = queue.next(now).unwrap();
        queue.try_later(refused, now + Duration::from_secs(1));
    }
    assert!(queue.next(now).is_none());
    assert_eq!(queue.next_due(), Some(now + Duration::from_secs(1)));

    let later = now + Duration::from_secs(2);
    let repeated = std::iter::from_fn(|| queue.next(later)).count();
    assert_eq!(repeated, 2);
    for number in 0..8 {
        queue.push(mail(&format!("b@new{number}"))).unwrap();
    }
    assert_eq!(started(&mut queue).len(), 6);
}

#[test]
fn one_connection_serves_new_mails_and_refused_ones() {
    let mut queue = queue(1, &["a@x", "b@y"]);
    let now = Instant::now();
    let refused = queue.next(now).unwrap();
    assert!(queue.next(now).is_none());
    queue.try_later(refused, now);
    for expected in ["b@y", "a@x"] {
        let mail = queue.next(now).unwrap();
        assert_eq!(mail.mail.to, expected);
        queue.done(&mail);
    }
    assert_eq!(queue.len(), 0);
}

#[test]
fn a_full_queue_takes_no_more_until_something_left_it() {
    let mut queue = MailQueue::new(8);
    for number in 0..MOST_FOR_ONE_RECIPIENT {
        assert_eq!(queue.push(mail("Ada@x")), Ok(()), "{number}");
    }
    assert_eq!(queue.push(mail("ada@X")), Err(QueueFull::Recipient));
    let mut taken = 0;
    while queue.push(mail(&format!("{taken}@x"))).is_ok() {
        taken += 1;
    }
    assert_eq!(queue.len(), MOST_MAILS);
    assert_eq!(queue.push(mail("b@y")), Err(QueueFull::Mails));
    let sent = queue.next(Instant::now()).unwrap();
    queue.done(&sent);
    assert_eq!(queue.push(mail("b@y")), Ok(()));
}

#[test]
fn long_mails_fill_the_queue_by_their_size() {
    let mut queue = MailQueue::new(8);
    let long = |to: &str| EmailMessage {
        text: EmailText::ConfirmationLink("x".repeat(MOST_BYTES / 2)),
        ..mail(to)
    };
    assert_eq!(queue.push(long("a@x")), Ok(()));
    assert_eq!(queue.push(long("b@x")), Err(QueueFull::Mails));
    let sent = queue.next(Instant::now()).unwrap();
    queue.done(&sent);
    assert_eq!((queue.bytes, queue.recipients.len()), (0, 0));
    assert_eq!(queue.push(long("b@x")), Ok(()));
}
