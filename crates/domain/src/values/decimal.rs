//! Decimal numbers, exactly as they are written: `1.50` is as much as `1.5`, and says more of how it was measured.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::RangeInclusive,
};

use crate::value::{KeptAsNumber, ValueError, ValueKind};

/// The kind: an amount or a share.
pub static KIND: ValueKind =
    ValueKind::of_numbers::<Decimal<4>>("decimal number, with at most 4 digits after the point");

/// A decimal number with at most this many digits after the point, of 9.
///
/// It is kept as a number whose last digit says how many were written after the point, and whose others are the value in
/// units of the last place: of at most 4, `1.50` is 150002. So one whole number keeps the order and the text, on any
/// database, and holds 18 digits exactly.
#[derive(Debug, Clone, Copy)]
pub struct Decimal<const PLACES: u32> {
    /// The value in units of the last place.
    units: i64,
    /// How many digits are written after the point.
    written: u32,
}

impl<const PLACES: u32> Decimal<PLACES> {
    /// How many units one is.
    const ONE: i64 = 10_i64.pow(PLACES);
    /// The greatest value, in units: ten times it and a digit is a number of 64 bits.
    const GREATEST: i64 = i64::MAX / 10 - 1;

    /// The value, as near as a floating-point number is.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.to_string().parse().unwrap_or_default()
    }

    /// The value that is nearest to a floating-point number; none if that is too large, or no number.
    #[must_use]
    pub fn nearest(number: f64) -> Option<Self> {
        let places = usize::try_from(PLACES).unwrap_or_default();
        let text = format!("{number:.places$}");
        let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
        Self::parse(if is_zero { "0" } else { &text }).ok()
    }

    /// The numbers as which values equal to this one are kept.
    #[must_use]
    pub fn equal_numbers(self) -> RangeInclusive<i64> {
        self.units * 10..=self.units * 10 + i64::from(PLACES)
    }

    /// Whether it is from the one whole number to the other.
    #[must_use]
    pub fn is_within(self, range: RangeInclusive<i64>) -> bool {
        self.units >= range.start() * Self::ONE && self.units <= range.end() * Self::ONE
    }

    /// How many units a digit is that is the last of those written.
    const fn unit_of(written: u32) -> i64 {
        10_i64.pow(PLACES - written)
    }
}

impl<const PLACES: u32> KeptAsNumber for Decimal<PLACES> {
    fn parse(text: &str) -> Result<Self, ValueError> {
        let wrong = |hint: &str| Err(("not_a_decimal", format!("`{text}` is not a decimal number{hint}")));
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (unsigned, None),
        };
        let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(whole) || !fraction.is_none_or(is_digits) {
            return wrong(": write digits, with a point before the fraction, such as `-12.5`");
        }
        if whole.len() > 1 && whole.starts_with('0') {
            return wrong(": it begins with a zero");
        }
        let fraction = fraction.unwrap_or_default();
        let written = match u32::try_from(fraction.len()) {
            Ok(written) if written <= PLACES => written,
            _ => return wrong(&format!(" that can be kept: it has more than {PLACES} digits after the point")),
        };
        let digits: Option<i64> = [whole, fraction].concat().parse().ok();
        let units = digits.and_then(|digits| digits.checked_mul(Self::unit_of(written)));
        let Some(units) = units.filter(|units| *units <= Self::GREATEST) else {
            return wrong(" that can be kept: it is too large");
        };
        match (text.starts_with('-'), units) {
            (true, 0) => wrong(": zero has no sign"),
            (true, units) => Ok(Decimal { units: -units, written }),
            (false, units) => Ok(Decimal { units, written }),
        }
    }

    fn to_number(&self) -> i64 {
        self.units * 10 + i64::from(self.written)
    }

    fn of_number(number: i64) -> Option<Self> {
        let units = number.div_euclid(10);
        let written = u32::try_from(number.rem_euclid(10)).ok().filter(|written| *written <= PLACES)?;
        let is_kept = units.unsigned_abs() <= Self::GREATEST.unsigned_abs() && units % Self::unit_of(written) == 0;
        is_kept.then_some(Decimal { units, written })
    }
}

impl<const PLACES: u32> fmt::Display for Decimal<PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, units) = (if self.units < 0 { "-" } else { "" }, self.units.abs());
        write!(f, "{sign}{}", units / Self::ONE)?;
        let width = usize::try_from(self.written).unwrap_or_default();
        match width {
            0 => Ok(()),
            _ => write!(f, ".{:0width$}", units % Self::ONE / Self::unit_of(self.written)),
        }
    }
}

impl<const PLACES: u32> Ord for Decimal<PLACES> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.units.cmp(&other.units)
    }
}

impl<const PLACES: u32> PartialOrd for Decimal<PLACES> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<const PLACES: u32> PartialEq for Decimal<PLACES> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<const PLACES: u32> Eq for Decimal<PLACES> {}

impl<const PLACES: u32> Hash for Decimal<PLACES> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.units.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::check_keeping;

    fn decimal(text: &str) -> Decimal<4> {
        Decimal::parse(text).unwrap_or_else(|(_, problem)| panic!("{problem}"))
    }

    #[test]
    fn decimals_are_compared_as_numbers_and_come_back_as_written() {
        let ordered = ["-10", "-9.5", "-0.0001", "0", "0.0001", "9.9999", "10", "10.0001", "92233720368547.7579"];
        for pair in ordered.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
            check_keeping::<Decimal<4>>(pair[0], pair[1]);
        }
        for (one, other) in [("1.5", "1.50"), ("0", "0.0000"), ("-3", "-3.00")] {
            assert_eq!(decimal(one), decimal(other));
            assert!(decimal(one).equal_numbers().contains(&decimal(other).to_number()), "{one} {other}");
            check_keeping::<Decimal<4>>(one, other);
        }
        assert_eq!(decimal("1.50").to_number(), 150_002);
        assert_eq!(decimal("-12.5").to_f64(), -12.5);
    }

    #[test]
    fn what_is_no_decimal_is_refused_with_a_reason() {
        for (text, reason) in [
            ("12,5", "write digits"),
            ("1.", "write digits"),
            (".5", "write digits"),
            ("+1", "write digits"),
            ("1e3", "write digits"),
            ("--1", "write digits"),
            ("1.2.3", "write digits"),
            ("１.5", "write digits"),
            ("01.5", "begins with a zero"),
            ("-0.00", "zero has no sign"),
            ("1.00001", "more than 4 digits after the point"),
            ("92233720368547.758", "too large"),
            ("99999999999999999999", "too large"),
        ] {
            let (kind, problem) = Decimal::<4>::parse(text).expect_err(text);
            assert_eq!(kind, "not_a_decimal");
            assert!(problem.starts_with(&format!("`{text}` is not a decimal number")), "{problem}");
            assert!(problem.contains(reason), "{problem}");
        }
        // Five digits after the point; a digit that two are said to be written of.
        for number in [10_005, 12_342, i64::MAX, i64::MIN] {
            assert_eq!(Decimal::<4>::of_number(number), None, "{number}");
        }
    }

    fn written() -> impl Strategy<Value = String> {
        ("-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,4})?").prop_filter("zero has no sign", |text| {
            !text.starts_with('-') || text.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
        })
    }

    proptest! {
        #[test]
        fn any_decimal_is_kept_in_its_order_and_comes_back(a in written(), b in written()) {
            check_keeping::<Decimal<4>>(&a, &b);
            let [x, y]: [f64; 2] = [&a, &b].map(|text| text.parse().expect("a number"));
            // Texts of so few digits are told apart by a floating-point number.
            if a.len() <= 15 && b.len() <= 15 {
                prop_assert_eq!(decimal(&a).cmp(&decimal(&b)), x.total_cmp(&y));
            }
            prop_assert!(decimal(&a).equal_numbers().contains(&decimal(&a).to_number()));
            prop_assert_eq!(decimal(&a) == decimal(&b), decimal(&a).equal_numbers().contains(&decimal(&b).to_number()));
        }
    }
}
