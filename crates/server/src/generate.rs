//! Made-up nations: data sets of any size to try edumap on, marked synthetic, the same bytes for the same seed.
//!
//! A nation is a row of districts that know nothing of each other, each drawn with random numbers of its own:
//! memory does not grow with the nation, and its first districts stay as they are when it grows.

mod advisory_body;
mod alias;
mod alliance;
mod campus;
mod designation;
mod event;
mod folder_writer;
mod group;
mod partner;
mod place;
mod project;
mod random;
mod reported_figure;
mod school;
mod succession;
#[cfg(test)]
mod tests;

use std::{fmt, fs, ops::RangeInclusive, path::Path};

use anyhow::{Context as _, ensure};
use domain::source;

use self::{
    folder_writer::{FolderWriter, Value},
    random::{Random, len_u32},
    school::School,
    succession::{Succession, draw_successions},
};

/// What to make up.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many rows `schools.csv` has, former schools included; at least 1.
    pub schools: u32,
    /// What the random numbers start from: equal plans write equal bytes.
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

    let mut out = FolderWriter::new(dir);
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
        out.write_row(&source::SHAPE, source)?;
    }
    for number in 1..=plan.schools.div_ceil(SCHOOLS_PER_DISTRICT) {
        let n_schools = (plan.schools - (number - 1) * SCHOOLS_PER_DISTRICT).min(SCHOOLS_PER_DISTRICT);
        let mut random = Random::new(plan.seed, number);
        District::draw(&mut random, number, n_schools).write(&mut random, &mut out)?;
    }
    out.finish()
}

const N_SOURCES: u32 = 3;
/// The schools of a full district.
const SCHOOLS_PER_DISTRICT: u32 = 400;
const SCHOOLS_PER_GROUP: u32 = 15;
const SCHOOLS_PER_PARTNER: u32 = 2;
const N_TOWNSHIPS: u32 = 12;
const N_LEARNING_AREAS: u32 = 2;
/// One a level, and one of which no source states the level.
const N_DESIGNATIONS: u32 = 4;
const N_EXPERT_GROUPS: u32 = 7;
const N_PEOPLE: u32 = 6;
const N_PROJECTS: u32 = 8;
const N_AGREEMENTS: u32 = 6;
const N_INITIATIVES: u32 = 3;
const N_EVENTS: u32 = 4;
/// The first of the alliances serve their district, the others their members.
const N_ALLIANCES: u32 = 12;
const N_DISTRICT_ALLIANCES: u32 = 2;

// These years keep every tie inside the validity of its nouns: schools and groups begin before any tie does,
// the first renaming of a chain comes before the second, and schools close after the last tie began.
const OPENING_YEARS: RangeInclusive<u32> = 1950..=2003;
const GROUP_YEARS: RangeInclusive<u32> = 1995..=2004;
const FIRST_SUCCESSION_YEARS: RangeInclusive<u32> = 2004..=2009;
const SUCCESSION_YEARS: RangeInclusive<u32> = 2010..=2020;
const TIE_YEARS: RangeInclusive<u32> = 2005..=2023;
const FOUNDING_YEARS: RangeInclusive<u32> = 2015..=2024;
const CLOSING_YEARS: RangeInclusive<u32> = 2024..=2024;
const PLANNED_YEARS: RangeInclusive<u32> = 2027..=2028;

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
    fn draw(random: &mut Random, number: u32, n_schools: u32) -> District {
        let mut schools: Vec<_> = (0..n_schools).map(|at| School::draw(random, number, at)).collect();
        let mut working: Vec<_> = (0..schools.len()).filter(|at| schools[*at].is_working()).collect();
        random.shuffle(&mut working);
        let successions = draw_successions(random, &mut schools, &working);
        let n_groups = n_schools.div_ceil(SCHOOLS_PER_GROUP).min(len_u32(&working));
        let n_partners = n_schools.div_ceil(SCHOOLS_PER_PARTNER);
        District { number, slug: format!("d{number:04}"), schools, working, successions, n_groups, n_partners }
    }

    fn write(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        out.defaults = vec![
            ("source_id", format!("synthetic-{}", 1 + self.number % N_SOURCES)),
            ("quote", "synthetic".to_owned()),
            ("name_es_basis", "translation".to_owned()),
            ("district_id", self.slug.clone()),
        ];
        self.write_places(random, out)?;
        self.write_partners(random, out)?;
        self.write_schools(random, out)?;
        self.write_successions(out)?;
        self.write_school_ties(random, out)?;
        self.write_aliases(random, out)?;
        self.write_groups(random, out)?;
        self.write_memberships(random, out)?;
        self.write_alliances(random, out)?;
        self.write_alliance_groups(random, out)?;
        self.write_designations(random, out)?;
        self.write_advisory_body(random, out)?;
        self.write_people(random, out)?;
        self.write_projects(random, out)?;
        self.write_agreements(random, out)?;
        self.write_initiatives(random, out)?;
        self.write_events(random, out)?;
        self.write_reported_figures(random, out)?;
        self.write_admission_places(random, out)
    }

    /// The slug of the district's noun with this letter and place.
    fn slug_of(&self, letter: char, at: u32) -> String {
        format!("{}-{letter}{:03}", self.slug, at + 1)
    }
}
