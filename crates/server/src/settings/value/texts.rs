//! Values that are texts, numbers, addresses, paths or URLs.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    path::PathBuf,
};

use ipnet::IpNet;
use lettre::message::Mailbox;
use wicketgate_axum::network::{AllowedHost, AllowedOrigin, PublicUrl};
use wicketgate_identity::PasswordAlgorithm;
use wicketgate_identity::password::Argon2idCosts;

use super::{Refused, SettingValue};
use crate::settings::smtp_url::{SmtpUrl, SmtpUrlError};

/// Values that their own type reads and writes. Some types say well what is wrong with a text.
macro_rules! from_str {
    ($($type:ty: $takes:literal),* $(,)?) => {
        from_str! { |_| Refused::default(); $($type: $takes),* }
    };
    (with reasons $($type:ty: $takes:literal),* $(,)?) => {
        from_str! { |error| Refused { reason: Some(error.to_string()) }; $($type: $takes),* }
    };
    (|$error:pat_param| $refused:expr; $($type:ty: $takes:literal),*) => {$(
        impl SettingValue for $type {
            fn parse(text: &str) -> Result<Self, Refused> {
                text.parse::<Self>().map_err(|$error| $refused)
            }
            fn takes() -> String {
                format!($takes)
            }
            fn show(&self) -> String {
                self.to_string()
            }
        }
    )*};
}

from_str! {
    String: "text",
    i32: "a whole number",
    u8: "a whole number from 0 to 255",
    u32: "a whole number from 0",
    usize: "a whole number from 0",
    Argon2idCosts: "costs such as m=19456,t=2,p=1, with m up to {MAX_MEMORY} and m times t up to {MAX_WORK}",
    SocketAddr: "an address and a port, such as 127.0.0.1:8080 or [::]:8080",
    Mailbox: "an address such as no-reply@example.com or Accounts <no-reply@example.com>",
}

from_str! { with reasons
    PublicUrl: "a URL such as https://id.example.com",
    AllowedHost: "a host such as id.example.com or *.example.com",
    AllowedOrigin: "an origin such as https://app.example.com",
}

const MAX_MEMORY: u32 = Argon2idCosts::MAX_MEMORY;
const MAX_WORK: u64 = Argon2idCosts::MAX_WORK;
const MAX_ITERATIONS: u32 = PasswordAlgorithm::MAX_ITERATIONS;

impl SettingValue for NonZeroU32 {
    fn parse(text: &str) -> Result<Self, Refused> {
        let number: Option<Self> = text.parse().ok();
        number
            .filter(|number| number.get() <= MAX_ITERATIONS)
            .ok_or_else(Refused::default)
    }
    fn takes() -> String {
        format!("a whole number from 1 to {MAX_ITERATIONS}")
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

/// An address stands for the network that it alone is in.
impl SettingValue for IpNet {
    fn parse(text: &str) -> Result<Self, Refused> {
        let address = || text.parse::<IpAddr>().map(Self::from);
        text.parse().or_else(|_| address()).map_err(|_| Refused::default())
    }
    fn takes() -> String {
        "a network such as 10.0.0.0/8, or an address".to_owned()
    }
    fn show(&self) -> String {
        self.to_string()
    }
}

impl SettingValue for PathBuf {
    fn parse(text: &str) -> Result<Self, Refused> {
        if text.is_empty() {
            Err(Refused::default())
        } else {
            Ok(Self::from(text))
        }
    }
    fn takes() -> String {
        "a path".to_owned()
    }
    fn show(&self) -> String {
        self.display().to_string()
    }
}

impl SettingValue for SmtpUrl {
    fn parse(text: &str) -> Result<Self, Refused> {
        text.parse().map_err(|error: SmtpUrlError| Refused {
            reason: Some(error.to_string()),
        })
    }
    fn takes() -> String {
        "a URL such as smtps://user:password@mail.example.com or smtp://mail.example.com:587?tls=required".to_owned()
    }
    fn show(&self) -> String {
        // Only ever inside `Secret`.
        String::new()
    }
}
