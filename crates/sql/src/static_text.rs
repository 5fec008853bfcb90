//! Statements that are put together when a database is opened, and stay for as long as the process, as constant ones do.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

static KEPT: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);

/// The text for good. The same text is kept once, however often a database is opened.
pub(crate) fn keep(text: String) -> &'static str {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = kept.get(text.as_str()) {
        return known;
    }
    let text: &'static str = Box::leak(text.into_boxed_str());
    kept.insert(text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once() {
        let text = || "SELECT 'kept once'".to_owned();
        assert!(std::ptr::eq(keep(text()), keep(text())));
        assert_eq!(keep("SELECT 'another'".to_owned()), "SELECT 'another'");
    }
}
