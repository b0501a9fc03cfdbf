//! Periods: rows of one thing that hold one after the other, such as a school that closed and opened again.

use chrono::NaiveDate;

use crate::{
    fact::{ImpreciseDate, Validity},
    lifetime::Span,
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

/// Puts the periods with these stated spans in their order.
///
/// A period can follow another if the other may have ended by the last day that its beginning can mean. Days that an
/// imprecise end and an imprecise beginning share belong to the later period, but the earlier one has a day at least.
#[must_use]
pub fn arrange_periods(spans: &[Span]) -> Arrangement {
    let mut places: Vec<usize> = (0..spans.len()).collect();
    // Of two periods of which only one can come first, it has the lesser sum.
    let sum = |span: &Span| days(last_begin(span), -OPEN) + days(first_end(span), OPEN);
    let key = |place: usize| (sum(&spans[place]), spans[place].validity().from, spans[place].validity().to);
    places.sort_by_key(|place| key(*place));
    let (mut order, mut overlaps) = (Vec::with_capacity(places.len()), Vec::new());
    let mut from = Validity::OPEN_START;
    for (at, place) in places.iter().enumerate() {
        let Some(next) = places.get(at + 1) else {
            order.push((*place, Validity { from, to: Validity::OPEN_END }));
            break;
        };
        let begins = from.max(spans[*place].validity().from);
        let to = boundary(&spans[*place], &spans[*next], begins).unwrap_or_else(|| {
            overlaps.push((*place, *next));
            begins
        });
        order.push((*place, Validity { from, to }));
        from = to;
    }
    Arrangement { order, overlaps }
}

/// The day on which one period, which begins on a given day, gives way to another; none if they overlap.
fn boundary(earlier: &Span, later: &Span, begins: NaiveDate) -> Option<NaiveDate> {
    let after_begin = begins.succ_opt()?;
    let first_begin = later.since.as_ref().and_then(ImpreciseDate::first_day)?;
    let day = first_begin.max(first_end(earlier)?).max(after_begin);
    (day <= last_begin(later)?).then_some(day)
}

/// More days than the calendar has.
const OPEN: i64 = 1 << 40;

fn days(day: Option<NaiveDate>, open: i64) -> i64 {
    day.map_or(open, |day| day.signed_duration_since(Validity::OPEN_START).num_days())
}

/// The last day that the beginning can mean: none after the end.
fn last_begin(span: &Span) -> Option<NaiveDate> {
    let [begin, end] = [&span.since, &span.until].map(|date| date.as_ref().and_then(ImpreciseDate::last_day));
    begin.map(|begin| end.map_or(begin, |end| begin.min(end)))
}

/// The first day that the end can mean: none before the beginning.
fn first_end(span: &Span) -> Option<NaiveDate> {
    let [begin, end] = [&span.since, &span.until].map(|date| date.as_ref().and_then(ImpreciseDate::first_day));
    end.map(|end| begin.map_or(end, |begin| end.max(begin)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fact::parse_day;

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
