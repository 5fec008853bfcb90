//! Clients switch on a second factor, and sign in with its recovery codes.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use super::{
    clients::{Answer, Clients},
    ledger::{Account, Deed, Perhaps, RecoveryCodes, RequestId, What},
};

/// So many of the ten are used under load; the others are for the last check.
const USED_UNDER_LOAD: usize = 3;

impl Clients<'_> {
    pub(super) fn enable_second_factor(&self, account: &mut Account) {
        if account.perhaps.is_some() {
            return;
        }
        let Some(token) = self.log_in(account) else { return };
        let (_, Answer::Done(factor)) = self.post("/manage/2fa", Some(&token), &json!({})) else {
            return;
        };
        let code = code(factor["sharedKey"].as_str().unwrap_or_default());
        let body = json!({"enable": true, "twoFactorCode": code});
        let (request, answer) = self.post("/manage/2fa", Some(&token), &body);
        match answer {
            Answer::Done(factor) => {
                self.ledger.acknowledge(Deed::done(What::EnableSecondFactor, request));
                let codes = factor["recoveryCodes"]
                    .as_array()
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                account.recovery_codes = Some(RecoveryCodes {
                    unused: codes.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                    perhaps_used: Vec::new(),
                });
            }
            Answer::Refused(why) => {
                let email = &account.email;
                self.ledger
                    .wrong_answer(format!("{email} may not switch on a second factor: {why}"));
            }
            Answer::Unknown => account.perhaps = Some(Perhaps::SecondFactor { request }),
        }
    }

    /// Each code signs in once.
    pub(super) fn use_recovery_codes(&self, account: &mut Account) {
        for _ in 0..USED_UNDER_LOAD {
            let Some(codes) = &mut account.recovery_codes else {
                return;
            };
            let Some(code) = codes.unused.pop() else { return };
            let (request, answer) = self.redeem(account, &code);
            match answer {
                Answer::Done(_) => {
                    self.ledger
                        .acknowledge(Deed::done(What::SignInWithRecoveryCode, request));
                    self.is_used_up(account, &code);
                }
                Answer::Refused(why) => {
                    let email = &account.email;
                    self.ledger
                        .wrong_answer(format!("{email} may not use a recovery code: {why}"));
                }
                Answer::Unknown => {
                    if let Some(codes) = &mut account.recovery_codes {
                        codes.perhaps_used.push((code, request));
                    }
                }
            }
        }
    }

    fn is_used_up(&self, account: &Account, code: &str) {
        let (request, answer) = self.redeem(account, code);
        match answer {
            Answer::Done(_) => {
                let email = &account.email;
                self.ledger
                    .wrong_answer(format!("{email} signed in twice with one recovery code"));
            }
            Answer::Refused(_) => {
                self.ledger
                    .note(Deed::of_one(What::SignInWithRecoveryCode, request, false));
            }
            Answer::Unknown => {}
        }
    }

    pub(super) fn redeem(&self, account: &Account, code: &str) -> (RequestId, Answer) {
        let body = json!({"email": account.email, "password": account.password, "twoFactorRecoveryCode": code});
        self.post("/login", None, &body)
    }
}

/// What an authenticator application shows now (RFC 6238).
#[expect(clippy::disallowed_methods, reason = "the server has the system's clock, too")]
fn code(shared_key: &str) -> String {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    code_at(shared_key, elapsed.as_secs() / 30)
}

fn code_at(shared_key: &str, step: u64) -> String {
    let key = BASE32_NOPAD.decode(shared_key.as_bytes()).unwrap_or_default();
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&key) else {
        return String::new();
    };
    mac.update(&step.to_be_bytes());
    let mac = mac.finalize().into_bytes();
    let offset = usize::from(mac[19] & 0xf);
    let number = u32::from_be_bytes([mac[offset] & 0x7f, mac[offset + 1], mac[offset + 2], mac[offset + 3]]);
    format!("{:06}", number % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, without the first two of the eight digits.
        let key = BASE32_NOPAD.encode(b"12345678901234567890");
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code_at(&key, seconds / 30), expected);
        }
    }
}
