//! Turns: when each of several facts holds, of which one holds at a time, where their dates are not precise to the day.

use chrono::{Datelike, NaiveDate};

use crate::{
    fact::{ImpreciseDate, Validity},
    lifetime::{Existence, Span},
};

/// The days of a fact whose beginning and end are as precise as their sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImpreciseDays {
    /// From the first day that the beginning can mean to the last that the end can.
    pub possible: Validity,
    /// From the last day that the beginning can mean to the first that the end can; empty where the one is after the other.
    pub certain: Validity,
}

impl ImpreciseDays {
    /// What a span can mean; a beginning or an end without a year is as open as one that no source states.
    #[must_use]
    pub fn of(span: &Span) -> Self {
        let last_begin = span.since.as_ref().and_then(ImpreciseDate::last_day);
        let first_end = span.until.as_ref().and_then(ImpreciseDate::first_day).and_then(|day| day.succ_opt());
        let certain =
            Validity { from: last_begin.unwrap_or(Validity::OPEN_START), to: first_end.unwrap_or(Validity::OPEN_END) };
        ImpreciseDays { possible: span.validity(), certain }
    }

    /// Days of which nothing is imprecise.
    #[must_use]
    pub fn exact(validity: Validity) -> Self {
        ImpreciseDays { possible: validity, certain: validity }
    }

    /// What is stated of a validity: an end of it that a stated date does not give is precise.
    #[must_use]
    pub fn within(validity: Validity, stated: &Span) -> Self {
        let ImpreciseDays { possible, certain } = ImpreciseDays::of(stated);
        let from = if possible.from == validity.from { certain.from } else { validity.from };
        let to = if possible.to == validity.to { certain.to } else { validity.to };
        ImpreciseDays { possible: validity, certain: Validity { from, to } }
    }

    /// The days on which both hold.
    #[must_use]
    pub fn meet(self, other: ImpreciseDays) -> Self {
        ImpreciseDays { possible: self.possible.meet(other.possible), certain: self.certain.meet(other.certain) }
    }

    /// The last day on which it can begin: none after its last.
    fn last_begin(self) -> NaiveDate {
        self.certain.from.min(self.possible.to.pred_opt().unwrap_or(self.possible.to))
    }

    /// The first day on which it can end: none before its first.
    fn first_end(self) -> NaiveDate {
        self.possible.from.max(self.certain.to.pred_opt().unwrap_or(self.certain.to))
    }
}

/// When a fact of several holds of which one holds at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The days on which it holds.
    pub validity: Validity,
    /// Those of them that are certain; on the others it may have been the turn of another.
    pub certain: Validity,
}

impl Turn {
    /// Whether it is known to have held on a day of its validity.
    #[must_use]
    pub fn existence_on(&self, day: NaiveDate) -> Existence {
        if self.certain.holds_on(day) { Existence::Certain } else { Existence::Assumed }
    }
}

/// The turns of some facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turns {
    /// Their places, in the order of their turns.
    pub order: Vec<usize>,
    /// The turn of each.
    pub turns: Vec<Turn>,
    /// The pairs of which neither can have ended by the day on which the other begins; what their turns are means nothing.
    pub conflicts: Vec<(usize, usize)>,
}

/// Gives each fact its turn.
///
/// It lasts from the first day on which the fact can have begun, and the one before have ended, to the day before the next
/// turn, or to its end. Each turn has a day at least. Days that two facts can both mean are certain for neither, unless one
/// holds on them whatever its dates mean.
#[must_use]
pub fn take_turns(facts: &[ImpreciseDays]) -> Turns {
    let mut order: Vec<usize> = (0..facts.len()).collect();
    // Of two of which only one can come first, it has the lesser sum.
    let days = |day: NaiveDate| i64::from(day.num_days_from_ce());
    order.sort_by_key(|at| {
        let fact = facts[*at];
        (days(fact.last_begin()) + days(fact.first_end()), fact.possible.from, fact.possible.to)
    });
    let mut turns: Vec<Turn> =
        facts.iter().map(|fact| Turn { validity: fact.possible, certain: fact.possible }).collect();
    let mut conflicts = Vec::new();
    let (mut before, mut is_free) = (None::<usize>, Validity::OPEN_START);
    for at in order.iter().copied() {
        let fact = facts[at];
        let begins = fact.possible.from.max(is_free);
        if let Some(before) = before {
            if begins > fact.last_begin() {
                conflicts.push((before, at));
                continue;
            }
            let ends = &mut turns[before].validity.to;
            *ends = begins.min(*ends);
        }
        turns[at].validity.from = begins;
        is_free = begins.succ_opt().map_or(begins, |second| second.max(fact.first_end()));
        before = Some(at);
    }
    for (nth, at) in order.iter().copied().enumerate() {
        let validity = turns[at].validity;
        let others = order.iter().enumerate().filter(|(other, _)| *other != nth);
        let shared = others.map(|(other, of)| (other < nth, facts[*of].possible.meet(validity)));
        let shared = shared.filter(|(_, days)| !days.is_empty());
        turns[at].certain = certain_days(validity, facts[at].certain, shared);
    }
    Turns { order, turns, conflicts }
}

/// The days of a turn that are certain: those on which the fact holds in any case, and those that no other can mean.
///
/// Given are the days that it shares with each other one, and whether that comes before.
fn certain_days(turn: Validity, fact: Validity, shared: impl Iterator<Item = (bool, Validity)>) -> Validity {
    shared.fold(turn, |certain, (is_before, days)| match fact.is_empty() {
        true if is_before => Validity { from: certain.from.max(days.to), ..certain },
        true => Validity { to: certain.to.min(days.from), ..certain },
        false => Validity {
            from: if days.from < fact.from { certain.from.max(days.to.min(fact.from)) } else { certain.from },
            to: if days.to > fact.to { certain.to.min(days.from.max(fact.to)) } else { certain.to },
        },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fact::{day_text, parse_day};

    fn days(since: &str, until: &str) -> ImpreciseDays {
        let date = |text: &str| ImpreciseDate::parse(text).ok();
        ImpreciseDays::of(&Span { since: date(since), until: date(until) })
    }

    fn text(validity: Validity) -> [String; 2] {
        [validity.since(), validity.until()].map(|day| day.map(day_text).unwrap_or_default())
    }

    /// The turns of some facts, which can follow each other: the days of each, and those of them that are certain.
    fn turns(facts: &[(&str, &str)]) -> Vec<([String; 2], [String; 2])> {
        let facts: Vec<_> = facts.iter().map(|(since, until)| days(since, until)).collect();
        let Turns { turns, conflicts, .. } = take_turns(&facts);
        assert_eq!(conflicts, [], "{facts:?}");
        turns.into_iter().map(|turn| (text(turn.validity), text(turn.certain))).collect()
    }

    fn expect(validity: [&str; 2], certain: [&str; 2]) -> ([String; 2], [String; 2]) {
        (validity.map(str::to_owned), certain.map(str::to_owned))
    }

    #[test]
    fn facts_that_are_apart_keep_their_days_and_are_certain() {
        let apart = [("2015-09", ""), ("2010", "2015-08-31")];
        let (later, earlier) = (["2015-09-01", ""], ["2010-01-01", "2015-08-31"]);
        assert_eq!(turns(&apart), [expect(later, later), expect(earlier, earlier)]);
    }

    #[test]
    fn the_later_has_its_turn_from_the_first_day_on_which_the_other_can_have_ended() {
        for (facts, first, second) in [
            // One year for both: the whole of it is assumed.
            (
                [("2010", "2019"), ("2019", "")],
                expect(["2010-01-01", "2018-12-31"], ["2010-01-01", "2018-12-31"]),
                expect(["2019-01-01", ""], ["2019-12-31", ""]),
            ),
            // The end is more precise than the beginning: until then the first holds for certain.
            (
                [("", "2019-06"), ("2019", "")],
                expect(["", "2019-05-31"], ["", "2019-05-31"]),
                expect(["2019-06-01", ""], ["2019-07-01", ""]),
            ),
            // The beginning is more precise than the end.
            (
                [("", "2019"), ("2019-06", "")],
                expect(["", "2019-05-31"], ["", "2019-05-31"]),
                expect(["2019-06-01", ""], ["2019-06-30", ""]),
            ),
            // A day on which one ends and the other begins is the other's.
            (
                [("", "2019-06-10"), ("2019-06-10", "")],
                expect(["", "2019-06-09"], ["", "2019-06-09"]),
                expect(["2019-06-10", ""], ["2019-06-10", ""]),
            ),
            // One within the imprecision of the other.
            (
                [("2019-03", "2019-05"), ("2019", "2020")],
                expect(["2019-03-01", "2019-04-30"], ["2019-03-31", "2019-04-30"]),
                expect(["2019-05-01", "2020-12-31"], ["2019-06-01", "2020-12-31"]),
            ),
        ] {
            assert_eq!(turns(&facts), [first.clone(), second.clone()], "{facts:?}");
            let [one, other] = facts;
            assert_eq!(turns(&[other, one]), [second, first], "the order of the rows says nothing");
        }
    }

    #[test]
    fn three_in_one_year_have_a_day_each_at_least() {
        let all = turns(&[("2019", ""), ("2010", "2019"), ("2019", "2019")]);
        let [last, first, within] = &all[..] else { panic!("three: {all:?}") };
        assert_eq!(first.0, ["2010-01-01", "2018-12-31"]);
        assert_eq!(within.0, ["2019-01-01", "2019-01-01"]);
        assert_eq!(*last, expect(["2019-01-02", ""], ["2019-12-31", ""]));
    }

    #[test]
    fn facts_that_must_share_a_day_conflict() {
        for facts in [
            vec![("", ""), ("", "")],
            vec![("2010", ""), ("2015", "")],
            vec![("", "2015"), ("", "2020")],
            vec![("2010", "2016"), ("2015", "")],
            vec![("2010", "2015-07-01"), ("2015-06-30", "")],
            vec![("2010", "12-23 (year not shown)"), ("2015", "")],
            vec![("2010", "2019-05-01"), ("2019-05-01", "2019-05-01"), ("2019-05-01", "")],
        ] {
            let facts: Vec<_> = facts.iter().map(|(since, until)| days(since, until)).collect();
            assert_eq!(take_turns(&facts).conflicts.len(), 1, "{facts:?}");
        }
    }

    #[test]
    fn an_end_that_the_noun_outside_gives_is_as_precise_as_that() {
        let renamed = Span { since: None, until: ImpreciseDate::parse("2019-04").ok() };
        let noun = ImpreciseDays::within(renamed.validity(), &renamed);
        let lead = days("2018", "").meet(noun);
        assert_eq!(
            (text(lead.possible), text(lead.certain)),
            (["2018-01-01", "2019-04-30"].map(str::to_owned), ["2018-12-31", "2019-04-01"].map(str::to_owned),)
        );
        let cut = Validity { to: parse_day("2018-06-01").expect("a day"), ..renamed.validity() };
        assert_eq!(ImpreciseDays::within(cut, &renamed).certain.to, cut.to);
    }

    fn day() -> impl Strategy<Value = NaiveDate> {
        (0..1_500_u64).prop_map(|n| parse_day("2000-01-01").expect("a day") + chrono::Days::new(n))
    }

    proptest! {
        /// What follows one another is found to, in whatever order and precision it is written, and no day has two turns.
        #[test]
        fn what_can_follow_one_another_is_accepted(
            mut ends in proptest::collection::vec((day(), 0..3_usize), 4..10),
            places in 0..9_usize,
        ) {
            ends.sort_unstable();
            ends.dedup_by_key(|(day, _)| *day);
            let text = |(day, cut): (NaiveDate, usize)| day_text(day)[..[4, 7, 10][cut]].to_owned();
            let mut facts: Vec<_> = ends.chunks_exact(2).map(|pair| days(&text(pair[0]), &text(pair[1]))).collect();
            let n = facts.len();
            facts.rotate_left(places % n);
            let Turns { turns, conflicts, .. } = take_turns(&facts);
            prop_assert_eq!(conflicts, []);
            for (at, turn) in turns.iter().enumerate() {
                prop_assert!(!turn.validity.is_empty() && turn.validity.meet(facts[at].possible) == turn.validity);
                let others = turns.iter().enumerate().filter(|(other, _)| *other != at);
                for (other, taken) in others {
                    prop_assert!(taken.validity.meet(turn.validity).is_empty(), "{:?}", facts);
                    // A certain day is one that the other cannot mean, or one on which this one holds in any case.
                    let certain = turn.certain.meet(turn.validity);
                    let doubtful = certain.meet(facts[other].possible);
                    prop_assert!(doubtful.is_empty() || doubtful.meet(facts[at].certain) == doubtful, "{:?}", facts);
                }
            }
        }
    }
}
