//! Who goes next, and for whom there is room.

use std::collections::VecDeque;

use time::OffsetDateTime;

use super::domains::MOST_MAILS;
use super::*;

fn mail(number: u128, to: &str, attempts: u32) -> WaitingMail {
    WaitingMail {
        id: Uuid::from_u128(number),
        created: OffsetDateTime::UNIX_EPOCH,
        due: OffsetDateTime::UNIX_EPOCH,
        attempts,
        recipient: to.to_owned(),
        domain: to.split('@').next_back().unwrap().to_owned(),
    }
}

fn turns(connections: usize, recipients: &[&str]) -> Turns {
    let mut turns = Turns::new(connections);
    for (number, recipient) in (0..).zip(recipients) {
        turns.add(mail(number, recipient, 0));
    }
    turns
}

fn started(turns: &mut Turns) -> Vec<String> {
    std::iter::from_fn(|| turns.next()).map(|mail| mail.recipient).collect()
}

#[test]
fn domains_take_turns_whoever_came_first() {
    let mut turns = turns(8, &["a@x", "b@x", "c@x", "d@y", "e@z"]);
    assert_eq!(started(&mut turns), ["a@x", "d@y", "e@z", "b@x", "c@x"]);
}

#[test]
fn a_domain_gets_half_the_connections_and_a_recipient_one() {
    let flood: Vec<_> = (0..9).map(|number| format!("u{number}@x")).collect();
    let mut flood: Vec<_> = flood.iter().map(String::as_str).collect();
    flood.extend(["a@y", "a@y", "a@y"]);
    let started = started(&mut turns(8, &flood));
    assert_eq!(started.iter().filter(|to| to.ends_with('x')).count(), 4);
    assert_eq!(started.iter().filter(|to| !to.ends_with('x')).count(), 1);
}

#[test]
fn mails_that_were_refused_for_now_leave_connections_to_new_ones_and_have_some_of_their_own() {
    let mut turns = Turns::new(8);
    for number in 0..8 {
        turns.add(mail(number, &format!("a@refusing{number}"), 1));
    }
    assert_eq!(started(&mut turns).len(), 2);
    for number in 0..8 {
        turns.add(mail(100 + number, &format!("b@new{number}"), 0));
    }
    assert_eq!(started(&mut turns).len(), 6);
}

#[test]
fn one_connection_serves_new_mails_and_refused_ones() {
    let mut turns = turns(1, &["b@y"]);
    turns.add(mail(9, "a@x", 3));
    for expected in ["b@y", "a@x"] {
        let mail = turns.next().unwrap();
        assert!(turns.next().is_none());
        assert_eq!(mail.recipient, expected);
        turns.done(&mail);
    }
    assert!(turns.nobody_waits() && turns.ids.is_empty());
}

#[test]
fn a_mail_that_waits_or_is_under_way_is_not_added_twice() {
    let mut turns = turns(4, &["a@x"]);
    turns.add(mail(0, "a@x", 0));
    let first = turns.next().unwrap();
    turns.add(first.clone());
    assert!(turns.nobody_waits());
    turns.done(&first);
    turns.add(first);
    assert!(!turns.nobody_waits());
}

#[test]
fn a_flood_for_one_domain_leaves_room_for_the_others() {
    let mut turns = Turns::new(4);
    let added = (0..2 * MOST_MAILS as u128).filter(|number| turns.add(mail(*number, &format!("u{number}@x"), 0)));
    assert_eq!(added.count(), MOST_FOR_ONE_DOMAIN);
    assert!(turns.add(mail(u128::MAX, "a@y", 0)));
}

#[test]
fn floods_for_many_domains_leave_room_for_another_one() {
    let mut turns = Turns::new(4);
    let domains = (MOST_MAILS / MOST_FOR_ONE_DOMAIN) as u128;
    for number in 0..MOST_MAILS as u128 {
        assert!(turns.add(mail(number, &format!("u{number}@x{}", number % domains), 0)));
    }
    let late = mail(u128::MAX, "a@y", 0);
    assert!(!turns.add(late.clone()), "another mail is to be read again");
    assert!(turns.add(late), "it is there");
    assert_eq!((turns.new.count, turns.ids.len()), (MOST_MAILS, MOST_MAILS));
    let sent: Vec<String> = (0..domains + 1)
        .map(|_| {
            let mail = turns.next().unwrap();
            turns.done(&mail);
            mail.recipient
        })
        .collect();
    assert!(sent.contains(&"a@y".to_owned()), "{sent:?}");
}

#[test]
fn floods_share_the_room_and_what_was_taken_out_is_taken_in_again() {
    let mut turns = Turns::new(4);
    let flood = |domain: u128| (0..MOST_FOR_ONE_DOMAIN as u128).map(move |number| (domain, number));
    for (domain, number) in (0..100).flat_map(flood) {
        turns.add(mail(domain << 64 | number, &format!("u{number}@x{domain}"), 0));
    }
    assert!(!turns.is_full());
    assert_eq!((turns.new.count, turns.ids.len()), (MOST_MAILS, MOST_MAILS));
    let sizes: Vec<usize> = turns.new.mails.values().map(VecDeque::len).collect();
    assert!(sizes.iter().all(|size| (99..=101).contains(size)), "{sizes:?}");
    let taken_out = mail(MOST_FOR_ONE_DOMAIN as u128 - 1, "u999@x0", 0);
    assert!(!turns.ids.contains(&taken_out.id));
    while let Some(mail) = turns.next() {
        turns.done(&mail);
    }
    assert!(turns.nobody_waits() && turns.new.by_size.is_empty() && turns.new.turn.is_empty());
    assert!(turns.add(taken_out));
}

#[test]
fn it_keeps_no_more_than_it_has_room_for_and_refused_mails_leave_room_for_new_ones() {
    let mut turns = Turns::new(4);
    for attempts in [1, 0] {
        let numbers = 0..2 * MOST_MAILS as u128;
        let mails = numbers.map(|number| mail(2 * number + u128::from(attempts), &format!("a@{number}"), attempts));
        assert_eq!(mails.filter(|mail| turns.add(mail.clone())).count(), MOST_MAILS);
        assert_eq!(turns.is_full(), attempts == 0);
    }
    assert_eq!(turns.ids.len(), 2 * MOST_MAILS);
    let first = turns.next().unwrap();
    assert!(!turns.is_full());
    turns.done(&first);
    assert!(turns.add(first));
}
