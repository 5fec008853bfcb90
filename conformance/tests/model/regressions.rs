//! Sequences that once ended otherwise than the model says.

use crate::step::{Factor, LogInBy, Operation, Password, Step};

/// Each with what was wrong.
pub(crate) const SEQUENCES: [(&str, &[Step]); 1] = [(
    "`users unlock` left the count of failures as it was, which its help says it resets",
    &[
        Step::Register(0, Password::First),
        Step::Operator(0, Operation::ConfirmEmail),
        Step::LogIn(0, Password::Wrong, Factor::None, LogInBy::App),
        Step::Operator(0, Operation::Lock),
        Step::Operator(0, Operation::Unlock),
    ],
)];
