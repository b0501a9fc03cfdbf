//! Random draws: the same for the same seed and district.

use std::ops::RangeInclusive;

use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;

/// A source of random numbers, by which everything is drawn.
pub(super) struct Random {
    own: ChaCha8Rng,
    /// Where things stand is drawn by itself, so that nothing else depends on it.
    places: ChaCha8Rng,
    district: u32,
}

/// A place on earth, as a file writes it; three blank texts if it is not known.
pub(super) type Place = [String; 3];

/// The stream of the places of the district 0: those before are of what else is drawn.
const FIRST_PLACES: u64 = 1 << 32;

impl Random {
    pub(super) fn new(seed: u64, district: u32) -> Random {
        let generator = |stream: u64| {
            let mut generator = ChaCha8Rng::seed_from_u64(seed);
            generator.set_stream(stream);
            generator
        };
        Random { own: generator(district.into()), places: generator(FIRST_PLACES + u64::from(district)), district }
    }

    pub(super) fn number_below(&mut self, n: u32) -> u32 {
        self.own.random_range(0..n)
    }

    pub(super) fn number_in(&mut self, range: RangeInclusive<u32>) -> u32 {
        self.own.random_range(range)
    }

    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.number_below(100) < percent
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.number_below(len_u32(of)) as usize]
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.own);
    }

    /// Distinct numbers below `n`.
    pub(super) fn pick_indexes(&mut self, n: u32, amount: u32) -> Vec<u32> {
        let indexes = rand::seq::index::sample(&mut self.own, n as usize, amount as usize);
        indexes.into_iter().map(|index| u32::try_from(index).expect("it is below n")).collect()
    }

    /// Distinct words, in the order of the vocabulary.
    pub(super) fn pick_several(&mut self, of: &[&'static str], amount: u32) -> Vec<&'static str> {
        let mut indexes = self.pick_indexes(len_u32(of), amount);
        indexes.sort_unstable();
        indexes.into_iter().map(|index| of[index as usize]).collect()
    }

    /// A place in the district or, except for so many of a hundred, none. Districts lie in the Atlantic, where nobody takes a
    /// made-up school for one of theirs: a row of 50 beside each other, a fifth of a degree wide each.
    pub(super) fn place(&mut self, percent: u32) -> Place {
        let is_known = self.places.random_range(0..100) < percent;
        let mut draw = |from: u32| {
            let degrees = from * 20_000 + self.places.random_range(1..20_000);
            format!("-{}.{:05}", degrees / 100_000, degrees % 100_000)
        };
        let (latitude, longitude) = (draw(self.district / 50 % 400), draw(self.district % 50));
        let precision = ["building", "campus", "street"][self.places.random_range(0..3)];
        if is_known { [latitude, longitude, precision.to_owned()] } else { Place::default() }
    }

    /// A date of these years, as precise as it happens: a year, a month or a day.
    pub(super) fn date(&mut self, years: RangeInclusive<u32>) -> String {
        let (year, month, day) = (self.number_in(years), self.number_in(1..=12), self.number_in(1..=28));
        match self.number_below(3) {
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

pub(super) fn len_u32<T>(of: &[T]) -> u32 {
    u32::try_from(of.len()).expect("a district has fewer than four billion of anything")
}
