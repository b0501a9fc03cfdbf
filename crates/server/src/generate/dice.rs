//! Random draws: the same for the same seed and district.

use std::ops::RangeInclusive;

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;

/// All chance there is.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn of(seed: u64, district: u32) -> Dice {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        dice.set_stream(district.into());
        Dice(dice)
    }

    pub(super) fn below(&mut self, n: u32) -> u32 {
        self.0.random_range(0..n)
    }

    pub(super) fn within(&mut self, range: RangeInclusive<u32>) -> u32 {
        self.0.random_range(range)
    }

    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(count(of)) as usize]
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.0);
    }

    /// Distinct places below `n`.
    pub(super) fn places(&mut self, n: u32, amount: u32) -> Vec<u32> {
        let places = rand::seq::index::sample(&mut self.0, n as usize, amount as usize);
        places.into_iter().map(|place| u32::try_from(place).expect("it is below n")).collect()
    }

    /// Distinct words, in the order of the vocabulary.
    pub(super) fn some(&mut self, of: &[&'static str], amount: u32) -> Vec<&'static str> {
        let mut places = self.places(count(of), amount);
        places.sort_unstable();
        places.into_iter().map(|place| of[place as usize]).collect()
    }

    /// A date of these years, as precise as it happens: a year, a month or a day.
    pub(super) fn date(&mut self, years: RangeInclusive<u32>) -> String {
        let (year, month, day) = (self.within(years), self.within(1..=12), self.within(1..=28));
        match self.below(3) {
            0 => format!("{year}"),
            1 => format!("{year}-{month:02}"),
            _ => format!("{year}-{month:02}-{day:02}"),
        }
    }

    /// A date that the source leaves out one time in ten.
    pub(super) fn date_or_blank(&mut self, years: RangeInclusive<u32>) -> String {
        if self.chance(10) { String::new() } else { self.date(years) }
    }
}

pub(super) fn count<T>(of: &[T]) -> u32 {
    u32::try_from(of.len()).expect("a district has fewer than four billion of anything")
}
