//! How many files and sockets the process may have open.

/// Raises the limit as far as the process may; what it is then, if anybody knows. The limit that most systems begin with
/// (1,024) is for programs of another time.
#[cfg(unix)]
pub(super) fn raise_limit() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Without a number there is no limit. Some systems do not take that for descriptors, and what was stays.
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "cannot raise the open file limit");
            limit.current
        }
    };
    current.and_then(|current| usize::try_from(current).ok())
}

#[cfg(not(unix))]
pub(super) fn raise_limit() -> Option<usize> {
    None
}
