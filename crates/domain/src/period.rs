//! Periods: rows of one thing that hold one after the other, such as a school that closed and opened again.

use crate::{
    fact::Validity,
    lifetime::Span,
    turn::{ImpreciseDays, Turns, take_turns},
};

/// The order of some periods of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    /// The places of the periods, the earliest first, each with the days on which the thing is seen by it: from its
    /// beginning to that of the next, both ends open.
    pub order: Vec<(usize, Validity)>,
    /// Pairs of places whose periods cannot follow each other.
    pub overlaps: Vec<(usize, usize)>,
}

/// Puts the periods with these stated spans in their order: they take turns ([`take_turns`]).
#[must_use]
pub fn arrange_periods(spans: &[Span]) -> Arrangement {
    let days: Vec<ImpreciseDays> = spans.iter().map(ImpreciseDays::of).collect();
    let Turns { order, turns, conflicts } = take_turns(&days);
    let from = order.iter().skip(1).map(|place| turns[*place].validity.from);
    let ends = from.clone().chain([Validity::OPEN_END]);
    let shown = [Validity::OPEN_START].into_iter().chain(from).zip(ends).map(|(from, to)| Validity { from, to });
    Arrangement { order: order.iter().copied().zip(shown).collect(), overlaps: conflicts }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::fact::{ImpreciseDate, parse_day};

    fn span(since: &str, until: &str) -> Span {
        let date = |text: &str| ImpreciseDate::parse(text).ok();
        Span { since: date(since), until: date(until) }
    }

    /// The places in their order, and the days on which one gives way to the next.
    type Order = (Vec<usize>, Vec<String>);

    /// The order of some spans, or the number of those that overlap.
    fn arranged(spans: &[(&str, &str)]) -> Result<Order, usize> {
        let spans: Vec<Span> = spans.iter().map(|(since, until)| span(since, until)).collect();
        let Arrangement { order, overlaps } = arrange_periods(&spans);
        if !overlaps.is_empty() {
            return Err(overlaps.len());
        }
        let ends = order.iter().filter_map(|(_, days)| days.until()).map(|last| last.succ_opt());
        let ends = ends.map(|day| day.map(crate::fact::day_text).unwrap_or_default()).collect();
        Ok((order.into_iter().map(|(place, _)| place).collect(), ends))
    }

    #[test]
    fn periods_that_are_apart_give_way_where_the_later_begins() {
        assert_eq!(arranged(&[("2015-09", ""), ("", "2005")]), Ok((vec![1, 0], vec!["2015-09-01".to_owned()])));
        let three = [("2001", "2003"), ("", "1999"), ("2010-05-01", "2012")];
        assert_eq!(arranged(&three), Ok((vec![1, 0, 2], vec!["2001-01-01".to_owned(), "2010-05-01".to_owned()])));
    }

    #[test]
    fn days_that_imprecise_dates_share_belong_to_the_later_period() {
        for (earlier, later, boundary) in [
            (("2010", "2015"), ("2015", ""), "2015-01-01"),
            (("2010", "2015-06"), ("2015", ""), "2015-06-01"),
            (("2010", "2015-06-30"), ("2015-06-30", ""), "2015-06-30"),
            (("2015-03", "2015"), ("2015", ""), "2015-03-02"),
            (("2010", "2015"), ("2015", "2015-06"), "2015-01-01"),
        ] {
            for (spans, places) in [([earlier, later], vec![0, 1]), ([later, earlier], vec![1, 0])] {
                assert_eq!(arranged(&spans), Ok((places, vec![boundary.to_owned()])), "{spans:?}");
            }
        }
    }

    #[test]
    fn periods_that_must_share_a_day_overlap() {
        for spans in [
            [("", ""), ("", "")],
            [("2010", ""), ("2015", "")],
            [("", "2015"), ("", "2020")],
            [("2010", "2016"), ("2015", "")],
            [("2010", "2015-07-01"), ("2015-06-30", "")],
            [("2010", "12-23 (year not shown)"), ("2015", "")],
        ] {
            assert_eq!(arranged(&spans), Err(1), "{spans:?}");
        }
    }

    fn day() -> impl Strategy<Value = NaiveDate> {
        (0..1_500_u64).prop_map(|n| parse_day("2000-01-01").expect("a day") + chrono::Days::new(n))
    }

    proptest! {
        /// Periods one after the other are found to be so, in whatever order and precision they are written.
        #[test]
        fn what_can_be_apart_is_accepted(
            mut days in proptest::collection::vec((day(), 0..3_usize), 4..10),
            turn in 0..9_usize,
        ) {
            days.sort_unstable();
            days.dedup_by_key(|(day, _)| *day);
            let text = |(day, cut): (NaiveDate, usize)| crate::fact::day_text(day)[..[4, 7, 10][cut]].to_owned();
            let mut spans: Vec<Span> = days.chunks_exact(2).map(|pair| span(&text(pair[0]), &text(pair[1]))).collect();
            let n = spans.len();
            spans.rotate_left(turn % n);
            let Arrangement { order, overlaps } = arrange_periods(&spans);
            prop_assert!(overlaps.is_empty(), "{spans:?}: {overlaps:?}");
            prop_assert_eq!(order[0].1.from, Validity::OPEN_START);
            prop_assert_eq!(order[n - 1].1.to, Validity::OPEN_END);
            prop_assert!(order.windows(2).all(|pair| pair[0].1.to == pair[1].1.from));
            prop_assert!(order.iter().all(|(at, days)| !spans[*at].validity().meet(*days).is_empty()));
        }
    }
}
