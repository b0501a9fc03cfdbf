//! Yes or no, as `true` and `false`.

use crate::value::{KeptAsNumber, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind::of_numbers::<bool>("`true` or `false`");

impl KeptAsNumber for bool {
    fn parse(text: &str) -> Result<Self, ValueError> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(("not_a_boolean", format!("`{text}` is neither `true` nor `false`"))),
        }
    }

    fn to_number(&self) -> i64 {
        (*self).into()
    }

    fn of_number(number: i64) -> Option<Self> {
        match number {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::check_keeping;

    #[test]
    fn only_true_and_false_are_booleans() {
        check_keeping::<bool>("false", "true");
        for text in ["True", "yes", "1", "0", "f"] {
            let (kind, problem) = bool::parse(text).expect_err(text);
            assert_eq!((kind, problem), ("not_a_boolean", format!("`{text}` is neither `true` nor `false`")));
        }
        assert_eq!([-1, 2].map(bool::of_number), [None; 2]);
    }
}
