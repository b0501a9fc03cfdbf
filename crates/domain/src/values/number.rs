//! Whole numbers, zero or greater.

use crate::value::{KeptAsNumber, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind::of_numbers::<u32>("whole number");

/// The greatest is that of a signed number of 32 bits: GraphQL's `Int` ends there.
const GREATEST: u32 = i32::MAX.unsigned_abs();

impl KeptAsNumber for u32 {
    fn parse(text: &str) -> Result<Self, ValueError> {
        match text.parse::<u32>() {
            Ok(number) if number <= GREATEST && number.to_string() == text => Ok(number),
            _ => Err(("not_a_number", format!("`{text}` is not a whole number, zero or greater"))),
        }
    }

    fn to_number(&self) -> i64 {
        (*self).into()
    }

    fn of_number(number: i64) -> Option<Self> {
        u32::try_from(number).ok().filter(|number| *number <= GREATEST)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::check_keeping;

    #[test]
    fn what_is_no_number_or_written_otherwise_is_refused() {
        for text in ["-1", "+1", "01", "1.0", "1e3", "2147483648", "１"] {
            let (kind, problem) = u32::parse(text).expect_err(text);
            assert_eq!((kind, problem), ("not_a_number", format!("`{text}` is not a whole number, zero or greater")));
        }
        assert_eq!([u32::of_number(-1), u32::of_number(1 << 31)], [None; 2]);
    }

    proptest! {
        #[test]
        fn numbers_are_kept_in_their_order(a in 0..=GREATEST, b in 0..=GREATEST) {
            check_keeping::<u32>(&a.to_string(), &b.to_string());
        }
    }
}
