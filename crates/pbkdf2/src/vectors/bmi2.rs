//! The operations of [`scalar`](super::scalar), for code that is compiled with the instructions of BMI1 and BMI2.

pub(crate) use super::scalar::{words_32, words_64};

pub(crate) fn is_available() -> bool {
    is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("bmi2")
}
