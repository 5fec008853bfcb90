//! What clients, operators and the clock do, as values: a sequence of them is written into a test as it is printed.

use crate::chance::Chance;

/// One of the addresses of a run: the first three register, all of them can be changed to.
pub(crate) type Person = u8;
/// Which of those that there are, counted from the newest one; more than there are begins anew.
pub(crate) type Nth = u8;

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Register(Person, Password),
    Resend(Person),
    Forgot(Person),
    /// Follows a mailed link to `/confirmEmail`, or takes a mailed reset code there.
    Follow(Nth),
    /// Takes a mailed code to `/resetPassword`, whatever it is for.
    Reset(Nth, Password),
    LogIn(Person, Password, Factor, LogInBy),
    /// Looks at the own account.
    Visit(Who),
    Refresh(Nth),
    LogOut(Who),
    ChangePassword(Who, Password, Password),
    ChangeEmail(Who, Person),
    TwoFactor(Who, TwoFactor),
    /// Ends one of all sessions that there were, of whatever account.
    EndSession(Who, Nth),
    EndOtherSessions(Who),
    Operator(Person, Operation),
    /// So many milliseconds pass.
    Wait(i64),
    /// Until the very end of this account's lockout, and so many milliseconds more.
    WaitForLockout(Person, i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Password {
    /// The account's, whichever that is.
    Right,
    First,
    Second,
    Third,
    /// Long enough for the compatible profile, and for the strict one while a second factor is on.
    Short,
    Wrong,
    Missing,
}

/// A client: one of two browsers, or an application with one of the pairs of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Browser(u8),
    App(Nth),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogInBy {
    App,
    /// With a cookie that outlives the browser's session, or not.
    Browser(u8, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Factor {
    None,
    /// What the authenticator shows so many steps from now.
    Code(i8),
    WrongCode,
    RecoveryCode(Nth),
    UsedRecoveryCode(Nth),
    WrongRecoveryCode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TwoFactor {
    Show,
    Enable(i8),
    EnableWithWrongCode,
    Disable(Password),
    ResetKey(Password),
    NewRecoveryCodes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Lock,
    Unlock,
    Delete,
    ConfirmEmail,
    SignOutEverywhere,
    ResetSecondFactor,
}

/// How many register, and how many addresses there are.
pub(crate) const REGISTERING: u64 = 3;
pub(crate) const ADDRESSES: u64 = 5;

/// Moments at which something ends, and moments just before and after: an answer on its way, the grace of a refresh token, a step
/// of an authenticator, a lockout, a reset code, the check of a cookie, an access token, half a cookie, and the ends of a session.
const WAITS: [i64; 21] = [
    1,
    1_000,
    1_000,
    9_999,
    10_000,
    10_001,
    29_999,
    30_000,
    30_000,
    60_000,
    299_999,
    300_000,
    300_001,
    600_000,
    600_001,
    1_800_001,
    3_600_000,
    86_400_001,
    604_800_001,
    1_209_600_000,
    2_592_000_000,
];

/// A sequence of so many steps, after a beginning in which somebody registers.
pub(crate) fn sequence(chance: &mut Chance, length: usize) -> Vec<Step> {
    let mut steps = vec![Step::Register(0, Password::First)];
    if !chance.one_in(5) {
        steps.push(Step::Follow(0));
    }
    if chance.one_in(2) {
        steps.extend([Step::Register(1, Password::First), Step::Follow(0)]);
    }
    if chance.one_in(2) {
        steps.extend([
            Step::LogIn(0, Password::Right, Factor::None, LogInBy::App),
            Step::TwoFactor(Who::App(0), TwoFactor::Show),
            Step::TwoFactor(Who::App(0), TwoFactor::Enable(0)),
        ]);
    }
    steps.extend((0..length).map(|_| step(chance)));
    steps
}

fn step(chance: &mut Chance) -> Step {
    match chance.below(100) {
        0..=23 => Step::LogIn(
            person(chance),
            log_in_password(chance),
            factor(chance),
            log_in_by(chance),
        ),
        24..=31 => Step::Visit(who(chance)),
        32..=43 => Step::Refresh(recent(chance)),
        44..=46 => Step::LogOut(who(chance)),
        47..=51 => Step::ChangePassword(who(chance), log_in_password(chance), new_password(chance)),
        52..=53 => Step::ChangeEmail(who(chance), chance.below(ADDRESSES) as u8),
        54..=65 => Step::TwoFactor(who(chance), two_factor(chance)),
        66..=68 => Step::Forgot(person(chance)),
        69..=72 => Step::Reset(recent(chance), new_password(chance)),
        73..=77 => Step::Follow(recent(chance)),
        78..=79 => Step::Resend(person(chance)),
        80..=82 => Step::EndSession(who(chance), chance.byte()),
        83 => Step::EndOtherSessions(who(chance)),
        84..=88 => Step::Operator(person(chance), operation(chance)),
        89..=90 => Step::Register(chance.below(REGISTERING) as u8, new_password(chance)),
        91 => Step::WaitForLockout(person(chance), chance.pick(&[0, 1])),
        _ => Step::Wait(wait(chance)),
    }
}

/// Mostly the first one, so that several steps meet one account.
fn person(chance: &mut Chance) -> Person {
    match chance.below(8) {
        0..=4 => 0,
        5..=6 => 1,
        _ => chance.below(ADDRESSES) as u8,
    }
}

/// Mostly the newest one.
fn recent(chance: &mut Chance) -> Nth {
    let most = chance.pick(&[1, 1, 2, 4, 8]);
    chance.below(most) as u8
}

fn who(chance: &mut Chance) -> Who {
    match chance.below(5) {
        0..=1 => Who::Browser(chance.below(2) as u8),
        _ => Who::App(recent(chance)),
    }
}

fn log_in_by(chance: &mut Chance) -> LogInBy {
    match chance.one_in(2) {
        true => LogInBy::App,
        false => LogInBy::Browser(chance.below(2) as u8, !chance.one_in(3)),
    }
}

fn log_in_password(chance: &mut Chance) -> Password {
    match chance.below(10) {
        0..=6 => Password::Right,
        7..=8 => Password::Wrong,
        _ => new_password(chance),
    }
}

fn new_password(chance: &mut Chance) -> Password {
    chance.pick(&[Password::First, Password::Second, Password::Third, Password::Short])
}

fn given_password(chance: &mut Chance) -> Password {
    chance.pick(&[
        Password::Right,
        Password::Right,
        Password::Right,
        Password::Wrong,
        Password::Missing,
    ])
}

fn factor(chance: &mut Chance) -> Factor {
    match chance.below(12) {
        0..=2 => Factor::None,
        3..=6 => Factor::Code(offset(chance)),
        7 => Factor::WrongCode,
        8..=9 => Factor::RecoveryCode(recent(chance)),
        10 => Factor::UsedRecoveryCode(recent(chance)),
        _ => Factor::WrongRecoveryCode,
    }
}

fn offset(chance: &mut Chance) -> i8 {
    chance.pick(&[0, 0, 0, 1, -1, 2, -2, 3, -3])
}

fn two_factor(chance: &mut Chance) -> TwoFactor {
    match chance.below(12) {
        0..=1 => TwoFactor::Show,
        2..=6 => TwoFactor::Enable(offset(chance)),
        7 => TwoFactor::EnableWithWrongCode,
        8..=9 => TwoFactor::Disable(given_password(chance)),
        10 => TwoFactor::ResetKey(given_password(chance)),
        _ => TwoFactor::NewRecoveryCodes,
    }
}

fn operation(chance: &mut Chance) -> Operation {
    chance.pick(&[
        Operation::Lock,
        Operation::Unlock,
        Operation::Unlock,
        Operation::Delete,
        Operation::ConfirmEmail,
        Operation::SignOutEverywhere,
        Operation::ResetSecondFactor,
    ])
}

/// Mostly a short one: whatever there is ends with the longest ones.
fn wait(chance: &mut Chance) -> i64 {
    let most = chance.pick(&[10, 10, 15, 17, WAITS.len()]);
    WAITS[usize::try_from(chance.below(most as u64)).unwrap()]
}
