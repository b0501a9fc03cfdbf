//! School years: `2024-2025`, `2024/25` or `2024/2025` where one lies in two years of the calendar, `2025` where it is one.

use std::{cmp::Ordering, fmt};

use crate::value::{KeptAsNumber, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind =
    ValueKind::of_numbers::<SchoolYear>("school year, such as `2024-2025`, `2024/25` or `2025`");

/// A school year as its source writes it.
///
/// Of two the one that begins in the later year of the calendar is the later; one that ends in the year in which it begins
/// comes before one that goes on. It is kept as the year in which it begins, whether it goes on (0 or 1) and a digit for how
/// it is written: `2024/25` as 202411.
#[derive(Debug, Clone, Copy)]
pub struct SchoolYear {
    begins_in: u16,
    form: Form,
}

/// How a school year is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `2025`.
    OneYear,
    /// `2024-2025`.
    Hyphen,
    /// `2024/25`.
    ShortSlash,
    /// `2024/2025`.
    Slash,
}

impl Form {
    /// Each with the digits that it is kept as.
    const ALL: [(Form, u16); 4] = [(Form::OneYear, 0), (Form::Hyphen, 10), (Form::ShortSlash, 11), (Form::Slash, 12)];
}

impl SchoolYear {
    /// The year of the calendar in which it begins.
    #[must_use]
    pub fn begins_in(self) -> u16 {
        self.begins_in
    }

    /// The year of the calendar in which it ends.
    #[must_use]
    pub fn ends_in(self) -> u16 {
        self.begins_in + u16::from(self.form != Form::OneYear)
    }
}

impl KeptAsNumber for SchoolYear {
    fn parse(text: &str) -> Result<Self, ValueError> {
        let wrong = |problem: String| Err(("not_a_school_year", problem));
        // Which form it is shows when it is written in it.
        let years = text.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(begins_in) = years.and_then(|year| year.parse::<u16>().ok()).filter(|year| (1..9999).contains(year))
        else {
            return wrong(format!("`{text}` is not a school year: write `2024-2025`, `2024/25` or `2025`"));
        };
        let of_form = Form::ALL.map(|(form, _)| SchoolYear { begins_in, form });
        if let Some(year) = of_form.into_iter().find(|year| year.to_string() == text) {
            return Ok(year);
        }
        let next = begins_in + 1;
        wrong(format!(
            "`{text}` is not a school year: one that begins in {begins_in:04} is `{begins_in:04}-{next:04}`, \
             `{begins_in:04}/{:02}` or `{begins_in:04}`",
            next % 100
        ))
    }

    fn to_number(&self) -> i64 {
        let digits = Form::ALL.iter().find(|(form, _)| *form == self.form).map_or(0, |(_, digits)| *digits);
        i64::from(self.begins_in) * 100 + i64::from(digits)
    }

    fn of_number(number: i64) -> Option<Self> {
        let begins_in = u16::try_from(number.div_euclid(100)).ok().filter(|year| (1..9999).contains(year))?;
        let (form, _) = Form::ALL.into_iter().find(|(_, digits)| i64::from(*digits) == number.rem_euclid(100))?;
        Some(SchoolYear { begins_in, form })
    }
}

impl fmt::Display for SchoolYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (begins_in, ends_in) = (self.begins_in, self.ends_in());
        match self.form {
            Form::OneYear => write!(f, "{begins_in:04}"),
            Form::Hyphen => write!(f, "{begins_in:04}-{ends_in:04}"),
            Form::ShortSlash => write!(f, "{begins_in:04}/{:02}", ends_in % 100),
            Form::Slash => write!(f, "{begins_in:04}/{ends_in:04}"),
        }
    }
}

impl Ord for SchoolYear {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.begins_in, self.ends_in()).cmp(&(other.begins_in, other.ends_in()))
    }
}

impl PartialOrd for SchoolYear {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SchoolYear {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for SchoolYear {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::check_keeping;

    fn year(text: &str) -> SchoolYear {
        SchoolYear::parse(text).unwrap_or_else(|(_, problem)| panic!("{problem}"))
    }

    #[test]
    fn school_years_are_compared_by_when_they_are_and_come_back_as_written() {
        for pair in ["0999-1000", "1999/00", "2024", "2024-2025", "2025", "2025/26"].windows(2) {
            assert!(year(pair[0]) < year(pair[1]), "{pair:?}");
            check_keeping::<SchoolYear>(pair[0], pair[1]);
        }
        for other in ["2024/25", "2024/2025"] {
            assert_eq!(year("2024-2025"), year(other));
            check_keeping::<SchoolYear>("2024-2025", other);
        }
        assert_eq!((year("2024/25").begins_in(), year("2024/25").ends_in()), (2024, 2025));
        assert_eq!((year("2025").begins_in(), year("2025").ends_in()), (2025, 2025));
    }

    #[test]
    fn what_is_no_school_year_is_refused_with_what_to_write() {
        // `2011-12` may be a month.
        for (text, hint) in [
            ("2011-12", "one that begins in 2011 is `2011-2012`, `2011/12` or `2011`"),
            ("2024-2026", "one that begins in 2024 is `2024-2025`, `2024/25` or `2024`"),
            ("2024/24", "`2024/25`"),
            ("1999/100", "`1999/00`"),
            ("2024-2025学年", "`2024-2025`"),
            ("学年", "write `2024-2025`"),
            ("24/25", "write `2024-2025`"),
            ("0000", "write `2024-2025`"),
            ("9999", "write `2024-2025`"),
        ] {
            let (kind, problem) = SchoolYear::parse(text).expect_err(text);
            assert_eq!(kind, "not_a_school_year");
            assert!(problem.starts_with(&format!("`{text}` is not a school year")), "{problem}");
            assert!(problem.contains(hint), "{problem}");
        }
        assert_eq!([202_401, 202_413, 11, -202_400].map(SchoolYear::of_number), [None; 4]);
    }

    proptest! {
        #[test]
        fn any_school_year_is_kept_in_its_order(a in (1..9999_u16, 0..4_usize), b in (1..9999_u16, 0..4_usize)) {
            let [a, b] = [a, b].map(|(begins_in, at)| SchoolYear { begins_in, form: Form::ALL[at].0 }.to_string());
            check_keeping::<SchoolYear>(&a, &b);
        }
    }
}
