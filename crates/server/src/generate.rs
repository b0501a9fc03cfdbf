//! Made-up nations: data sets of any size to try edumap on, marked synthetic, the same bytes for the same seed.
//!
//! A nation is a row of districts that know nothing of each other, each drawn with dice of its own:
//! memory does not grow with the nation, and its first districts stay as they are when it grows.

mod alias;
mod alliance;
mod campus;
mod dice;
mod folder;
mod group;
mod partner;
mod place;
mod school;
mod succession;
#[cfg(test)]
mod tests;

use std::{fmt, fs, ops::RangeInclusive, path::Path};

use anyhow::{Context as _, ensure};
use domain::source;

use self::{
    dice::{Dice, count},
    folder::{Folder, Value},
    school::School,
    succession::{Succession, succeed},
};

/// What to make up.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many rows `schools.csv` has, former schools included; at least 1.
    pub schools: u32,
    /// What the dice start from: equal plans write equal bytes.
    pub seed: u64,
}

/// The rows written, file by file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Each file's name, without `.csv`, and its rows.
    pub rows: Vec<(&'static str, u64)>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (file, rows) in &self.rows {
            writeln!(f, "{rows:>10}  {file}.csv")?;
        }
        write!(f, "{:>10}  rows in all", self.rows.iter().map(|(_, rows)| rows).sum::<u64>())
    }
}

/// Writes a made-up nation into a new or empty folder; a file that would have no row is not written.
///
/// # Errors
/// The plan has no school, the folder holds something already, or it cannot be written.
pub fn generate(plan: &Plan, dir: &Path) -> anyhow::Result<Summary> {
    ensure!(plan.schools > 0, "a nation needs at least one school");
    fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    let mut entries = fs::read_dir(dir).with_context(|| format!("cannot read the folder {}", dir.display()))?;
    ensure!(entries.next().is_none(), "{} is not empty; name another folder", dir.display());

    let mut out = Folder::at(dir);
    for number in 1..=N_SOURCES {
        let source: &[Value<'_>] = &[
            ("source_id", &format!("synthetic-{number}")),
            ("title", &format!("Synthetic data, seed {}, part {number}", plan.seed)),
            ("publisher", &"edumap generate"),
            ("language", &"en"),
            ("kind", &"synthetic"),
            ("extent_read", &"full"),
            ("reliability", &"low"),
            ("note", &"Made up: states nothing about any real school"),
        ];
        out.row(&source::SHAPE, source)?;
    }
    for number in 1..=plan.schools.div_ceil(SCHOOLS) {
        let n_schools = (plan.schools - (number - 1) * SCHOOLS).min(SCHOOLS);
        let mut dice = Dice::of(plan.seed, number);
        District::draw(&mut dice, number, n_schools).write(&mut dice, &mut out)?;
    }
    out.finish()
}

const N_SOURCES: u32 = 3;
/// The schools of a full district.
const SCHOOLS: u32 = 400;
const SCHOOLS_PER_GROUP: u32 = 15;
const SCHOOLS_PER_PARTNER: u32 = 2;
const N_TOWNSHIPS: u32 = 12;
const N_LEARNING_AREAS: u32 = 2;
/// The first of the alliances serve their district, the others their members.
const N_ALLIANCES: u32 = 12;
const N_SERVING: u32 = 2;

// These years keep every tie inside the validity of its nouns: schools open before any tie begins,
// the first renaming of a chain comes before the second, and schools close after the last tie began.
const OPENED: RangeInclusive<u32> = 1950..=2003;
const CHAINED: RangeInclusive<u32> = 2004..=2009;
const SUCCEEDED: RangeInclusive<u32> = 2010..=2020;
const TIED: RangeInclusive<u32> = 2005..=2023;
const ESTABLISHED: RangeInclusive<u32> = 2015..=2024;
const CLOSED: RangeInclusive<u32> = 2024..=2024;
const PLANNED: RangeInclusive<u32> = 2027..=2028;

/// One district, in memory while it is written. Places count from 0, names from 1.
struct District {
    number: u32,
    slug: String,
    schools: Vec<School>,
    /// The schools that are at work and may have any tie, in no order; never empty. The first lead the groups.
    working: Vec<usize>,
    successions: Vec<Succession>,
    n_groups: u32,
    n_partners: u32,
}

impl District {
    fn draw(dice: &mut Dice, number: u32, n_schools: u32) -> District {
        let mut schools: Vec<_> = (0..n_schools).map(|at| School::draw(dice, number, at)).collect();
        let mut working: Vec<_> = (0..schools.len()).filter(|at| schools[*at].works()).collect();
        dice.shuffle(&mut working);
        let successions = succeed(dice, &mut schools, &working);
        let n_groups = n_schools.div_ceil(SCHOOLS_PER_GROUP).min(count(&working));
        let n_partners = n_schools.div_ceil(SCHOOLS_PER_PARTNER);
        District { number, slug: format!("d{number:04}"), schools, working, successions, n_groups, n_partners }
    }

    fn write(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        out.usual = vec![
            ("source_id", format!("synthetic-{}", 1 + self.number % N_SOURCES)),
            ("quote", "synthetic".to_owned()),
            ("name_zh_basis", "source".to_owned()),
            ("name_en_basis", "source".to_owned()),
            ("district_id", self.slug.clone()),
        ];
        self.places(dice, out)?;
        self.partners(dice, out)?;
        self.schools(dice, out)?;
        self.successions(out)?;
        self.school_ties(dice, out)?;
        self.aliases(dice, out)?;
        self.groups(dice, out)?;
        self.memberships(dice, out)?;
        self.alliances(dice, out)?;
        self.alliance_groups(dice, out)
    }

    /// The slug of the district's noun with this letter and place.
    fn named(&self, letter: char, at: u32) -> String {
        format!("{}-{letter}{:03}", self.slug, at + 1)
    }
}
