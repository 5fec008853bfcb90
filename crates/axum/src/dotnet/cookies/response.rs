//! Cookies that a response sets.

use http::{
    HeaderMap, HeaderValue,
    header::{CACHE_CONTROL, EXPIRES, InvalidHeaderValue, PRAGMA, SET_COOKIE},
};
use time::OffsetDateTime;

use super::{CHUNK_COUNT_PREFIX, RequestCookies, SetCookie, chunk_name};

/// Longest `Set-Cookie` header before a cookie is split (.NET's `ChunkingCookieManager`); browsers accept 4,093 characters.
const CHUNK_SIZE: usize = 4050;
/// Length of a part's number in its name.
const CHUNK_NUMBER_LENGTH: usize = 3;

/// The cookies that a response sets.
#[derive(Debug, Default)]
pub(crate) struct ResponseCookies {
    cookies: Vec<SetCookie>,
}

impl ResponseCookies {
    /// Sets a cookie, in parts if it is too long, and deletes left-over parts of a longer one that the browser has.
    pub(crate) fn append(&mut self, request: &RequestCookies, cookie: SetCookie) {
        let received = request.received_chunks(&cookie.name);
        let template = cookie.named(cookie.name.clone(), String::new());
        let chunks = split(&template, &cookie.value);
        let stale: Vec<_> = (chunks.len() + 1..=received)
            .map(|number| deleted(&template, chunk_name(&template.name, number)))
            .collect();
        if chunks.is_empty() {
            self.cookies.push(cookie);
        } else {
            let count = format!("{CHUNK_COUNT_PREFIX}{}", chunks.len());
            self.cookies.push(template.named(template.name.clone(), count));
            let parts = (1..).zip(chunks);
            self.cookies.extend(
                parts.map(|(number, chunk)| template.named(chunk_name(&template.name, number), chunk.to_owned())),
            );
        }
        self.cookies.extend(stale);
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// Deletes a cookie and all its parts, whether or not the browser has them.
    pub(crate) fn delete(&mut self, request: &RequestCookies, cookie: &SetCookie) {
        let chunks = request.received_chunks(&cookie.name);
        let names = (0..=chunks).map(|number| match number {
            0 => cookie.name.clone(),
            number => chunk_name(&cookie.name, number),
        });
        for name in names {
            self.cookies.retain(|set| !is_same(set, &name, cookie));
            self.cookies.push(deleted(cookie, name));
        }
    }

    /// Writes the cookies, and headers that keep caches from storing them.
    ///
    /// # Errors
    /// A configured name, domain or path has characters that headers cannot contain.
    pub(crate) fn write(self, headers: &mut HeaderMap) -> Result<(), InvalidHeaderValue> {
        if self.cookies.is_empty() {
            return Ok(());
        }
        for cookie in self.cookies {
            headers.append(SET_COOKIE, HeaderValue::from_str(&cookie.to_string())?);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache,no-store"));
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        headers.insert(EXPIRES, HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT"));
        Ok(())
    }
}

/// The parts of a value that is too long for one cookie; otherwise none.
fn split<'a>(template: &SetCookie, value: &'a str) -> Vec<&'a str> {
    let template_length = template.to_string().len();
    if template_length + value.len() < CHUNK_SIZE {
        return Vec::new();
    }
    let length = CHUNK_SIZE.saturating_sub(template_length + CHUNK_NUMBER_LENGTH).max(1);
    // A sealed ticket is ASCII.
    let chunks = value.as_bytes().chunks(length);
    chunks.filter_map(|chunk| std::str::from_utf8(chunk).ok()).collect()
}

fn deleted(cookie: &SetCookie, name: String) -> SetCookie {
    SetCookie {
        expires: Some(OffsetDateTime::UNIX_EPOCH),
        max_age: None,
        ..cookie.named(name, String::new())
    }
}

/// Whether both are the same cookie to a browser.
fn is_same(set: &SetCookie, name: &str, cookie: &SetCookie) -> bool {
    set.name.eq_ignore_ascii_case(name) && set.domain == cookie.domain && set.path == cookie.path
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;

    use super::*;
    use crate::options::CookieOptions;

    fn cookie(value: &str) -> SetCookie {
        SetCookie::new(&CookieOptions::named("n"), false, value.to_owned())
    }

    fn request(cookies: &'static str) -> RequestCookies {
        RequestCookies::new(&HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(cookies))]))
    }

    fn written(cookies: ResponseCookies) -> Vec<String> {
        let mut headers = HeaderMap::new();
        cookies.write(&mut headers).unwrap();
        assert_eq!(headers.contains_key(CACHE_CONTROL), headers.contains_key(SET_COOKIE));
        let lines = headers.get_all(SET_COOKIE).iter();
        lines.map(|line| line.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_long_cookie_is_split_so_that_every_header_stays_under_the_limit() {
        let template = cookie("").to_string().len();
        let mut cookies = ResponseCookies::default();
        cookies.append(&request(""), cookie(&"x".repeat(CHUNK_SIZE - template - 1)));
        assert_eq!(written(cookies).len(), 1);

        let mut cookies = ResponseCookies::default();
        cookies.append(&request(""), cookie(&"x".repeat(CHUNK_SIZE - template)));
        let lines = written(cookies);
        assert!(lines[0].starts_with("n=chunks-2; "), "{lines:?}");
        assert!(lines[1].starts_with("nC1=xxx"), "{lines:?}");
        assert!(lines[2].starts_with("nC2=xxx"), "{lines:?}");
        assert!(lines.iter().all(|line| line.len() <= CHUNK_SIZE));
    }

    #[test]
    fn a_shorter_cookie_takes_the_parts_of_a_longer_one_away() {
        let mut cookies = ResponseCookies::default();
        cookies.append(&request("n=chunks-2; nC1=a; nC2=b"), cookie("short"));
        assert_eq!(
            written(cookies),
            [
                "n=short; path=/; samesite=lax; httponly",
                "nC1=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/; samesite=lax; httponly",
                "nC2=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/; samesite=lax; httponly",
            ]
        );
    }

    #[test]
    fn deleting_takes_back_what_the_response_had_set() {
        let mut cookies = ResponseCookies::default();
        cookies.append(&request(""), cookie("v"));
        cookies.delete(&request(""), &cookie(""));
        assert_eq!(
            written(cookies),
            ["n=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/; samesite=lax; httponly"]
        );
    }

    #[test]
    fn a_deleting_cookie_has_no_max_age_which_would_keep_it() {
        let lasting = SetCookie {
            max_age: Some(time::Duration::days(14)),
            ..cookie("v")
        };
        let mut cookies = ResponseCookies::default();
        cookies.delete(&request("n=chunks-2; nC1=a; nC2=b"), &lasting);
        let deleted = |name| format!("{name}=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/; samesite=lax; httponly");
        assert_eq!(written(cookies), ["n", "nC1", "nC2"].map(deleted));

        let mut cookies = ResponseCookies::default();
        cookies.append(&request("n=chunks-1; nC1=a"), lasting);
        let kept = "n=v; max-age=1209600; path=/; samesite=lax; httponly".to_owned();
        assert_eq!(written(cookies), [kept, deleted("nC1")]);
    }

    #[test]
    fn a_response_without_cookies_may_be_cached() {
        assert!(written(ResponseCookies::default()).is_empty());
    }
}
