//! The short name of a browser or another client, for people who look at their sessions.

/// How many characters of another client's own name are kept.
const LONGEST_NAME: usize = 40;

/// What browsers' headers have in them, the more special first: nearly all name Safari, and many Chrome.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
/// The same of systems: Android names Linux, and an iPhone Mac OS.
const SYSTEMS: [(&str, &str); 8] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// `Firefox on Windows`, or the name that another client gives itself, such as `curl`. `None` if there is none to show.
pub(super) fn name(header: &str) -> Option<String> {
    let first = |known: &[(&str, &'static str)]| {
        let mut known = known.iter();
        known.find(|(mark, _)| header.contains(mark)).map(|(_, name)| *name)
    };
    let system = first(&SYSTEMS);
    match (first(&BROWSERS), system) {
        (Some(browser), Some(system)) => Some(format!("{browser} on {system}")),
        (Some(browser), None) => Some(browser.to_owned()),
        (None, _) => own_name(header),
    }
}

/// The product in front (RFC 9110, section 10.1.5), if it is written in plain letters.
fn own_name(header: &str) -> Option<String> {
    let product = header.split([' ', '/']).next()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    let is_name = !product.is_empty() && product.len() <= LONGEST_NAME && product.chars().all(is_plain);
    is_name.then(|| product.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_have_the_names_that_people_know_them_by() {
        for (header, expected) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0",
                "Firefox on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/138.0 Mobile/15E148 Safari/604.1",
                "Chrome on iOS",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0",
                "Edge on Linux",
            ),
            ("curl/8.14.1", "curl"),
            ("MyApp/3 (Android 15)", "MyApp"),
        ] {
            assert_eq!(name(header).as_deref(), Some(expected), "{header}");
        }
    }

    #[test]
    fn what_could_mislead_whoever_reads_it_is_no_name() {
        let long = "a".repeat(LONGEST_NAME + 1);
        for header in ["", "/1", "<script>alert(1)</script>", "Your\u{a0}bank", &long] {
            assert_eq!(name(header), None, "{header}");
        }
    }
}
