//! Made-up nations: data sets of any size to try edumap on, marked synthetic, the same bytes for the same seed.
//!
//! A nation is a row of districts that know nothing of each other, each drawn with dice of its own:
//! memory does not grow with the nation, and its first districts stay as they are when it grows.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt::{self, Write as _},
    fs::{self, File},
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use domain::{
    AddressConfidence, AllianceKind, AllianceRole, Column, Kind, MembershipRole, Ownership, PartnerKind, Presence,
    ResourceCategory, SHAPES, SchoolPartnerKind, SchoolStatus, Shape, SuccessionKind, TownshipKind, alias, alliance,
    authority, campus, district, group, learning_area, membership, partner, region, school, source, township,
};
use rand::{RngExt as _, SeedableRng as _, seq::SliceRandom as _};
use rand_chacha::ChaCha8Rng;

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

const REGIONS: [(&str, &str); 3] = [("南部", "South"), ("东部", "East"), ("北部", "North")];

/// The kinds of school: up to which number of a hundred, their stages and type, and what they are called.
const SCHOOL_KINDS: &[(u32, &str, &str, &str, &str)] = &[
    (55, "primary", "primary", "小学", "Primary"),
    (75, "junior", "junior_high", "初中", "Junior High"),
    (85, "junior;senior", "complete_secondary", "中学", "High"),
    (92, "primary;junior", "nine_year", "九年一贯制学校", "Nine-Year"),
    (95, "primary;junior;senior", "twelve_year", "十二年一贯制学校", "Twelve-Year"),
    (97, "senior", "senior_high", "高中", "Senior High"),
    (98, "vocational_secondary", "vocational", "职业学校", "Vocational"),
    (99, "special", "special", "特殊教育学校", "Special"),
    (100, "", "", "学校", "School"),
];

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

struct School {
    slug: String,
    name_zh: String,
    name_en: String,
    stages: &'static str,
    school_type: &'static str,
    status: SchoolStatus,
    /// Another school was renamed to it, and it holds from then only.
    took_over: bool,
}

struct Succession {
    predecessor: usize,
    successor: usize,
    kind: SuccessionKind,
    effective_on: String,
}

impl District {
    fn draw(dice: &mut Dice, number: u32, n_schools: u32) -> District {
        let mut schools: Vec<_> = (0..n_schools).map(|at| School::draw(dice, number, at)).collect();
        let mut working: Vec<_> = (0..schools.len()).filter(|at| schools[*at].works()).collect();
        working.shuffle(&mut dice.0);
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

    fn places(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        let n = self.number;
        let district: &[Value<'_>] =
            &[("name_zh", &format!("合成{n}区")), ("name_en", &format!("Synthetic District {n}"))];
        out.row(&district::SHAPE, district)?;
        for (at, (zh, en)) in (0..).zip(REGIONS) {
            let region: &[Value<'_>] = &[
                ("region_id", &self.named('r', at)),
                ("name_zh", &format!("合成{n}区{zh}")),
                ("name_en", &format!("Synthetic {n} {en}")),
            ];
            out.row(&region::SHAPE, region)?;
        }
        for at in 0..N_TOWNSHIPS {
            // The last lies in no region: a source need not say.
            let in_region = at + 1 < N_TOWNSHIPS;
            let region = if in_region { self.named('r', at % count(&REGIONS)) } else { String::new() };
            let township: &[Value<'_>] = &[
                ("township_id", &self.named('t', at)),
                ("code", &format!("{n:06}{:03}", at + 1)),
                ("name_zh", &format!("合成{n}区{}号乡镇", at + 1)),
                ("name_en", &format!("Synthetic {n}-{} Township", at + 1)),
                ("kind", &TownshipKind::WORDS[at as usize % TownshipKind::WORDS.len()]),
                ("region_id", &region),
                ("region_source_id", &out.source_if(in_region)),
            ];
            out.row(&township::SHAPE, township)?;
        }
        for at in 0..N_LEARNING_AREAS {
            let area: &[Value<'_>] = &[
                ("learning_area_id", &self.named('l', at)),
                ("name_zh", &format!("合成{n}区{}号学区", at + 1)),
                ("name_en", &format!("Synthetic {n}-{} Learning Area", at + 1)),
                ("as_of", &dice.date(ESTABLISHED)),
            ];
            out.row(&learning_area::SHAPE, area)?;
        }
        let authority: &[Value<'_>] = &[
            ("authority_id", &format!("{}-ec", self.slug)),
            ("name_zh", &format!("合成{n}区教育委员会")),
            ("name_en", &format!("Synthetic {n} Education Commission")),
            ("level", &"district"),
            ("kind", &"education_authority"),
        ];
        out.row(&authority::SHAPE, authority)
    }

    fn partners(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for at in 0..self.n_partners {
            let n_kinds = dice.within(1..=2);
            let partner: &[Value<'_>] = &[
                ("partner_id", &self.named('p', at)),
                ("name_zh", &format!("合成{}区{}号伙伴", self.number, at + 1)),
                ("name_en", &format!("Synthetic {}-{} Partner", self.number, at + 1)),
                ("kinds", &dice.some(PartnerKind::WORDS, n_kinds).join(";")),
            ];
            out.row(&partner::SHAPE, partner)?;
        }
        Ok(())
    }

    fn schools(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for (at, school) in self.schools.iter().enumerate() {
            let ownership = match dice.below(100) {
                0..70 => Ownership::Public,
                70..82 => Ownership::Private,
                _ => Ownership::Unknown,
            };
            let code = |stage: &str, register: &str| match school.stages.contains(stage) {
                true => format!("{register}{:04}{:04}", self.number, at + 1),
                false => String::new(),
            };
            let opened_on = match school.status {
                SchoolStatus::Planned => dice.date(PLANNED),
                _ if dice.chance(60) => dice.date(OPENED),
                _ => String::new(),
            };
            let closed_on = if school.status == SchoolStatus::Closed { dice.date(CLOSED) } else { String::new() };
            let home = self.named('t', dice.below(N_TOWNSHIPS));
            let row: &[Value<'_>] = &[
                ("school_id", &school.slug),
                ("name_zh", &school.name_zh),
                ("name_en", &school.name_en),
                ("ownership", &ownership.word()),
                ("ownership_source_id", &out.source_if(ownership != Ownership::Unknown)),
                ("phases", &school.stages),
                ("school_type", &school.school_type),
                ("status", &school.status.word()),
                ("junior_code_2025", &code("junior", "")),
                ("senior_code", &code("senior", "2")),
                ("township_id", &if dice.chance(95) { &*home } else { "" }),
                ("opened_on", &opened_on),
                ("closed_on", &closed_on),
            ];
            out.row(&school::SHAPE, row)?;
            self.campuses(dice, school, home, out)?;
        }
        Ok(())
    }

    /// One campus or more, of which the first stands where the school does.
    fn campuses(&self, dice: &mut Dice, school: &School, home: String, out: &mut Folder) -> anyhow::Result<()> {
        let n_campuses = match dice.below(100) {
            0..3 => 3,
            3..27 => 2,
            _ => 1,
        };
        let mut township = home;
        for nth in 1..=n_campuses {
            let address = format!("合成{}区{}路{}号", self.number, dice.within(1..=99), dice.within(1..=999));
            let confidence = dice.one(AddressConfidence::WORDS);
            let (address, confidence) = if dice.chance(80) { (&*address, confidence) } else { ("", "") };
            let campus: &[Value<'_>] = &[
                ("campus_id", &format!("{}-c{nth}", school.slug)),
                ("school_id", &school.slug),
                ("name_zh", &format!("{}{nth}号校区", school.name_zh)),
                ("name_en", &format!("{}, Campus {nth}", school.name_en)),
                ("address_zh", &address),
                ("address_confidence", &confidence),
                ("township_id", &township),
            ];
            out.row(&campus::SHAPE, campus)?;
            township = self.named('t', dice.below(N_TOWNSHIPS));
        }
        Ok(())
    }

    fn successions(&self, out: &mut Folder) -> anyhow::Result<()> {
        for Succession { predecessor, successor, kind, effective_on } in &self.successions {
            let row: &[Value<'_>] = &[
                ("predecessor_id", &self.schools[*predecessor].slug),
                ("successor_id", &self.schools[*successor].slug),
                ("kind", &kind.word()),
                ("effective_on", effective_on),
            ];
            out.row(&school::SUCCESSIONS, row)?;
        }
        Ok(())
    }

    /// What working schools have with each other, and with partners outside any alliance.
    fn school_ties(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for (nth, at) in self.working.iter().enumerate() {
            let slug = &self.schools[*at].slug;
            let next = &self.schools[self.working[(nth + 1) % self.working.len()]].slug;
            let has_next = slug != next;
            if has_next && dice.chance(5) {
                let link: &[Value<'_>] = &[
                    ("school_id", slug),
                    ("linked_school_id", next),
                    ("kind", &"branch_of"),
                    ("basis", &dice.one(&["name", "source"])),
                ];
                out.row(&school::LINKS, link)?;
            }
            if has_next && dice.chance(1) {
                let (host_type, suffix) = dice.one(&[("school", ""), ("campus", "-c1")]);
                let site_use: &[Value<'_>] = &[
                    ("site_use_id", &format!("{slug}-u1")),
                    ("school_id", slug),
                    ("host_type", &host_type),
                    ("host_id", &format!("{next}{suffix}")),
                    ("grade", &dice.one(&["primary-1", "junior-1", "senior-1"])),
                    ("purpose", &"borrowed premises"),
                    ("as_of", &dice.date(ESTABLISHED)),
                ];
                out.row(&campus::SITE_USES, site_use)?;
            }
            if dice.chance(30) {
                let tie: &[Value<'_>] = &[
                    ("school_id", slug),
                    ("partner_id", &self.named('p', dice.below(self.n_partners))),
                    ("kind", &dice.one(SchoolPartnerKind::WORDS)),
                    ("since", &dice.date_or_blank(TIED)),
                ];
                out.row(&partner::SCHOOL_PARTNERS, tie)?;
            }
        }
        Ok(())
    }

    /// Other names, for one school in fifty. The first of a district is a former name with both dates:
    /// an export leaves out a column that may be left out and is blank throughout.
    fn aliases(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for (nth, school) in self.schools.iter().filter(|_| dice.chance(2)).collect::<Vec<_>>().iter().enumerate() {
            let (alias, lang, kind, until) = match nth % 3 {
                0 => (format!("{}(旧名)", school.name_zh), "zh", "former", dice.date(CHAINED)),
                1 => (school.name_zh.replacen("合成", "合", 1), "zh", "short", String::new()),
                _ => (format!("{} School", school.name_en), "en", "official_english", String::new()),
            };
            let row: &[Value<'_>] = &[
                ("entity_type", &"school"),
                ("entity_id", &school.slug),
                ("alias", &alias),
                ("lang", &lang),
                ("kind", &kind),
                ("basis", &"source"),
                ("since", &dice.date(OPENED)),
                ("until", &until),
            ];
            out.row(&alias::SHAPE, row)?;
        }
        Ok(())
    }

    fn groups(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for (at, lead) in (0..self.n_groups).zip(&self.working) {
            let reported = dice.within(10..=19);
            let row: &[Value<'_>] = &[
                ("group_id", &self.named('g', at)),
                ("name_zh", &format!("合成{}区{}号教育集团", self.number, at + 1)),
                ("name_en", &format!("Synthetic {}-{} Education Group", self.number, at + 1)),
                ("lead_school_id", &self.schools[*lead].slug),
                ("status", &if dice.chance(95) { "operating" } else { "planned" }),
                ("reported_member_schools", &if dice.chance(50) { reported.to_string() } else { String::new() }),
            ];
            out.row(&group::SHAPE, row)?;
        }
        Ok(())
    }

    /// Each school's place in a group and, for most, the place that it had in another before.
    fn memberships(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        let mut leads = vec![None; self.schools.len()];
        for (group, lead) in (0..self.n_groups).zip(&self.working) {
            leads[*lead] = Some(group);
        }
        for (school, lead) in self.schools.iter().zip(leads) {
            let joins = school.works() || school.status == SchoolStatus::Closed;
            if lead.is_none() && (!joins || dice.chance(4)) {
                continue;
            }
            let group = lead.unwrap_or_else(|| dice.below(self.n_groups));
            let role = if lead.is_some() { MembershipRole::Lead.word() } else { dice.one(&MEMBER_ROLES) };
            let mut joined_on = dice.date_or_blank(TIED);
            // A school that took over a place was not there before: what it left would hold on no day.
            if self.n_groups > 1 && !school.took_over && dice.chance(66) {
                // Three years, one after the other: however imprecise the dates, the two places never overlap.
                let joined = dice.within(*TIED.start()..=TIED.end() - 2);
                let left = dice.within(joined + 1..=TIED.end() - 1);
                joined_on = dice.date(left + 1..=*TIED.end());
                let other = (group + 1 + dice.below(self.n_groups - 1)) % self.n_groups;
                let former: &[Value<'_>] = &[
                    ("group_id", &self.named('g', other)),
                    ("school_id", &school.slug),
                    ("role", &dice.one(&MEMBER_ROLES)),
                    ("joined_on", &dice.date(joined..=joined)),
                    ("left_on", &dice.date(left..=left)),
                ];
                out.row(&membership::SHAPE, former)?;
            }
            let current: &[Value<'_>] = &[
                ("group_id", &self.named('g', group)),
                ("school_id", &school.slug),
                ("role", &role),
                ("joined_on", &joined_on),
                ("as_of", &if joined_on.is_empty() { "2024" } else { "" }),
            ];
            out.row(&membership::SHAPE, current)?;
        }
        Ok(())
    }

    fn alliances(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for at in 0..N_ALLIANCES {
            let slug = self.named('a', at);
            let serves = at < N_SERVING;
            let kind = if serves { "thematic" } else { AllianceKind::WORDS[at as usize % AllianceKind::WORDS.len()] };
            let row: &[Value<'_>] = &[
                ("alliance_id", &slug),
                ("name_zh", &format!("合成{}区{}号联盟", self.number, at + 1)),
                ("name_en", &format!("Synthetic {}-{} Alliance", self.number, at + 1)),
                ("kind", &kind),
                ("established_on", &dice.date(ESTABLISHED)),
                ("scope", &if serves { "district" } else { "members" }),
                ("status", &"established"),
            ];
            out.row(&alliance::SHAPE, row)?;
            for seq in 1..=3 {
                let function: &[Value<'_>] = &[
                    ("function_id", &format!("{slug}-f{seq}")),
                    ("alliance_id", &slug),
                    ("seq", &seq),
                    ("text_en", &format!("synthetic function {seq}")),
                ];
                out.row(&alliance::FUNCTIONS, function)?;
            }
            for category in dice.some(ResourceCategory::WORDS, 3) {
                out.row(&alliance::CATEGORIES, &[("alliance_id", &slug), ("category", &category)])?;
            }
            let n_members = dice.within(35..=45).min(self.n_partners);
            for (nth, partner) in dice.places(self.n_partners, n_members).into_iter().enumerate() {
                let role = if nth == 0 { AllianceRole::Founder } else { AllianceRole::Member };
                out.alliance_member(&slug, "partner", &self.named('p', partner), role)?;
            }
            let school = &self.schools[dice.one(&self.working)];
            out.alliance_member(&slug, "school", &school.slug, AllianceRole::AllianceSchool)?;
        }
        Ok(())
    }

    /// Each group joins about three of the alliances that serve their members; the first in an alliance leads it.
    fn alliance_groups(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        let mut is_led = [false; N_ALLIANCES as usize];
        for group in 0..self.n_groups {
            let n_joined = dice.within(2..=4);
            for place in dice.places(N_ALLIANCES - N_SERVING, n_joined) {
                let at = N_SERVING + place;
                let role = if is_led[at as usize] { AllianceRole::Member } else { AllianceRole::LeadGroup };
                is_led[at as usize] = true;
                out.alliance_member(&self.named('a', at), "group", &self.named('g', group), role)?;
            }
        }
        Ok(())
    }
}

/// What a school that does not lead is in its group; half of them simply members.
const MEMBER_ROLES: [&str; 6] = ["member", "member", "member", "branch", "co_branded", "guided"];

impl School {
    fn draw(dice: &mut Dice, district: u32, at: u32) -> School {
        let roll = dice.below(100);
        let (_, stages, school_type, zh, en) =
            SCHOOL_KINDS.iter().find(|(up_to, ..)| roll < *up_to).expect("the last kind goes up to a hundred");
        let status = match dice.below(100) {
            // The first school always works, so that there is one to lead a group.
            _ if at == 0 => SchoolStatus::Open,
            0..3 => SchoolStatus::Renamed,
            3 => SchoolStatus::Closed,
            4 => SchoolStatus::Planned,
            5..7 => SchoolStatus::Unknown,
            _ => SchoolStatus::Open,
        };
        School {
            slug: format!("d{district:04}-s{:04}", at + 1),
            name_zh: format!("合成{district}区{}号{zh}", at + 1),
            name_en: format!("Synthetic {district}-{} {en}", at + 1),
            stages,
            school_type,
            status,
            took_over: false,
        }
    }

    fn works(&self) -> bool {
        matches!(self.status, SchoolStatus::Open | SchoolStatus::Unknown)
    }
}

/// Gives each former school a successor: one that works or, in a chain, the next former school.
fn succeed(dice: &mut Dice, schools: &mut [School], working: &[usize]) -> Vec<Succession> {
    let former: Vec<_> = (0..schools.len()).filter(|at| schools[*at].status == SchoolStatus::Renamed).collect();
    let mut successions = Vec::with_capacity(former.len());
    for (nth, predecessor) in former.iter().copied().enumerate() {
        let next = former.get(nth + 1).filter(|_| nth % 2 == 0 && dice.chance(50));
        let (successor, kind, effective_on) = match next {
            Some(next) => (*next, SuccessionKind::Renamed, dice.date(CHAINED)),
            None => {
                let end = if dice.chance(50) { SuccessionKind::MergedInto } else { SuccessionKind::BecameCampusOf };
                let kind = if dice.chance(50) { SuccessionKind::Renamed } else { end };
                // From the far end: few of them lead a group.
                (working[working.len() - 1 - nth % working.len()], kind, dice.date_or_blank(SUCCEEDED))
            }
        };
        match kind {
            SuccessionKind::Renamed => schools[successor].took_over = true,
            _ => schools[predecessor].status = SchoolStatus::Merged,
        }
        successions.push(Succession { predecessor, successor, kind, effective_on });
    }
    successions
}

fn count<T>(of: &[T]) -> u32 {
    u32::try_from(of.len()).expect("a district has fewer than four billion of anything")
}

/// All chance there is.
struct Dice(ChaCha8Rng);

impl Dice {
    fn of(seed: u64, district: u32) -> Dice {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        dice.set_stream(district.into());
        Dice(dice)
    }

    fn below(&mut self, n: u32) -> u32 {
        self.0.random_range(0..n)
    }

    fn within(&mut self, range: RangeInclusive<u32>) -> u32 {
        self.0.random_range(range)
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(count(of)) as usize]
    }

    /// Distinct places below `n`.
    fn places(&mut self, n: u32, amount: u32) -> Vec<u32> {
        let places = rand::seq::index::sample(&mut self.0, n as usize, amount as usize);
        places.into_iter().map(|place| u32::try_from(place).expect("it is below n")).collect()
    }

    /// Distinct words, in the order of the vocabulary.
    fn some(&mut self, of: &[&'static str], amount: u32) -> Vec<&'static str> {
        let mut places = self.places(count(of), amount);
        places.sort_unstable();
        places.into_iter().map(|place| of[place as usize]).collect()
    }

    /// A date of these years, as precise as it happens: a year, a month or a day.
    fn date(&mut self, years: RangeInclusive<u32>) -> String {
        let (year, month, day) = (self.within(years), self.within(1..=12), self.within(1..=28));
        match self.below(3) {
            0 => format!("{year}"),
            1 => format!("{year}-{month:02}"),
            _ => format!("{year}-{month:02}-{day:02}"),
        }
    }

    /// A date that the source leaves out one time in ten.
    fn date_or_blank(&mut self, years: RangeInclusive<u32>) -> String {
        if self.chance(10) { String::new() } else { self.date(years) }
    }
}

/// A column and what stands in it.
type Value<'a> = (&'static str, &'a dyn fmt::Display);

/// The folder being written.
struct Folder {
    dir: PathBuf,
    sheets: BTreeMap<Kind, Sheet>,
    /// What a row says in these columns unless it says something else.
    usual: Vec<(&'static str, String)>,
    /// Room for one field, kept from row to row.
    field: String,
}

struct Sheet {
    csv: csv::Writer<File>,
    columns: Vec<&'static Column>,
    rows: u64,
}

impl Folder {
    fn at(dir: &Path) -> Folder {
        Folder { dir: dir.to_owned(), sheets: BTreeMap::new(), usual: Vec::new(), field: String::new() }
    }

    /// Writes a row; a column neither given nor usual stays blank.
    fn row(&mut self, shape: &'static Shape, values: &[Value<'_>]) -> anyhow::Result<()> {
        let Folder { dir, sheets, usual, field } = self;
        let sheet = match sheets.entry(shape.kind) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let says = |name: &str| {
                    values.iter().any(|(given, _)| *given == name) || usual.iter().any(|(given, _)| *given == name)
                };
                // As in an export, a column that may be missing is there only if it says something.
                let columns =
                    shape.columns.iter().filter(|column| column.presence != Presence::Extra || says(column.name));
                new.insert(Sheet::create(dir, shape, columns.collect())?)
            }
        };
        let mut n_given = 0;
        for column in &sheet.columns {
            field.clear();
            if let Some((_, value)) = values.iter().find(|(name, _)| *name == column.name) {
                n_given += 1;
                write!(field, "{value}").expect("a String takes any text");
            } else if let Some((_, value)) = usual.iter().find(|(name, _)| *name == column.name) {
                field.push_str(value);
            }
            sheet.csv.write_field(&*field)?;
        }
        assert_eq!(n_given, values.len(), "every value given to {} has a column", shape.file);
        sheet.csv.write_record(None::<&[u8]>)?;
        sheet.rows += 1;
        Ok(())
    }

    fn alliance_member(&mut self, alliance: &str, kind: &str, member: &str, role: AllianceRole) -> anyhow::Result<()> {
        let row: &[Value<'_>] =
            &[("alliance_id", &alliance), ("member_type", &kind), ("member_id", &member), ("role", &role.word())];
        self.row(&alliance::MEMBERS, row)
    }

    /// The source of a single column: blank where the column is.
    fn source_if(&self, stated: bool) -> String {
        let source = self.usual.iter().find(|(name, _)| stated && *name == "source_id");
        source.map(|(_, slug)| slug.clone()).unwrap_or_default()
    }

    fn finish(mut self) -> anyhow::Result<Summary> {
        let mut rows = Vec::with_capacity(self.sheets.len());
        for shape in SHAPES {
            if let Some(mut sheet) = self.sheets.remove(&shape.kind) {
                sheet.csv.flush().with_context(|| format!("cannot write {}.csv", shape.file))?;
                rows.push((shape.file, sheet.rows));
            }
        }
        Ok(Summary { rows })
    }
}

impl Sheet {
    fn create(dir: &Path, shape: &Shape, columns: Vec<&'static Column>) -> anyhow::Result<Sheet> {
        let path = dir.join(format!("{}.csv", shape.file));
        let file = File::create_new(&path).with_context(|| format!("cannot make {}", path.display()))?;
        let mut csv = csv::WriterBuilder::new().buffer_capacity(1 << 16).from_writer(file);
        csv.write_record(columns.iter().map(|column| column.name))?;
        Ok(Sheet { csv, columns, rows: 0 })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use domain::{Cell, Record, Successions, TakenDays, Validity, record::within_nouns};

    use super::*;

    fn nation(schools: u32, seed: u64) -> (tempfile::TempDir, Summary) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let summary = generate(&Plan { schools, seed }, dir.path()).expect("a nation");
        (dir, summary)
    }

    fn bytes(dir: &tempfile::TempDir, file: &str) -> Vec<u8> {
        fs::read(dir.path().join(file).with_extension("csv")).unwrap_or_default()
    }

    /// Every row, read by its shape.
    fn records(dir: &Path) -> Vec<(&'static Shape, Vec<Record>)> {
        let mut all = Vec::new();
        for shape in SHAPES {
            let Ok(mut csv) = csv::Reader::from_path(dir.join(shape.file).with_extension("csv")) else { continue };
            let header = csv.headers().expect("a header").clone();
            let places = shape.columns.iter().map(|column| {
                let place = header.iter().position(|name| name == column.name);
                assert!(
                    place.is_some() || column.presence == Presence::Extra,
                    "{}: no column {}",
                    shape.file,
                    column.name
                );
                place
            });
            let places: Vec<Option<usize>> = places.collect();
            assert!(places.iter().flatten().is_sorted(), "{}: {header:?}", shape.file);
            let read = |row: Result<csv::StringRecord, csv::Error>| {
                let row = row.expect("a row");
                let fields: Vec<&str> = places.iter().map(|place| place.map_or("", |at| &row[at])).collect();
                shape.read(&fields).unwrap_or_else(|wrong| panic!("{row:?}: {wrong:?}"))
            };
            all.push((*shape, csv.records().map(read).collect()));
        }
        all
    }

    fn refers(record: &Record, shape: &Shape, column: &str) -> String {
        record.cells[shape.index(column).expect(column)].as_text()
    }

    /// When each noun holds: what its row says and, where they date it, what the successions say.
    fn nouns(all: &[(&'static Shape, Vec<Record>)]) -> HashMap<(Kind, String), Validity> {
        let mut successions = Successions::default();
        of(all, Kind::Succession).iter().for_each(|row| successions.add(&school::SUCCESSIONS, row));
        let mut nouns = HashMap::new();
        for (shape, record) in all.iter().flat_map(|(shape, records)| records.iter().map(move |r| (*shape, r))) {
            let dates = shape.successions().and_then(|_| successions.dates(record.id));
            let span = shape.own_span(&record.cells, dates);
            let validity = span.unwrap_or_else(|wrong| panic!("{}: {}", record.key, wrong.problem)).validity();
            let known = nouns.insert((shape.kind, record.key.clone()), validity);
            assert_eq!(known, None, "two rows of {} have the key {}", shape.file, record.key);
        }
        nouns
    }

    fn of<'a>(all: &'a [(&'static Shape, Vec<Record>)], kind: Kind) -> &'a [Record] {
        all.iter().find(|(shape, _)| shape.kind == kind).map_or(&[], |(_, records)| records)
    }

    #[test]
    fn equal_plans_write_equal_bytes() {
        let ((one, summary), (same, _), (other, _)) = (nation(450, 7), nation(450, 7), nation(450, 8));
        for (file, _) in summary.rows {
            assert_eq!(bytes(&one, file), bytes(&same, file), "{file}");
        }
        assert_ne!(bytes(&one, "schools"), bytes(&other, "schools"));
    }

    #[test]
    fn a_nation_grows_without_changing_its_first_districts() {
        let ((small, summary), (large, _)) = (nation(400, 7), nation(900, 7));
        for (file, _) in summary.rows {
            assert!(bytes(&large, file).starts_with(&bytes(&small, file)), "{file}");
        }
    }

    #[test]
    fn every_row_reads_and_every_tie_meets_its_nouns() {
        for (schools, seed) in [(1, 1), (2, 2), (17, 3), (31, 4), (900, 5), (900, 6)] {
            let (dir, _) = nation(schools, seed);
            let all = records(dir.path());
            let nouns = nouns(&all);
            for (shape, records) in &all {
                let is_blank = |at: usize| records.iter().all(|record| record.cells[at] == Cell::Blank);
                let text = fs::read_to_string(dir.path().join(shape.file).with_extension("csv")).expect("a file");
                let header: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
                let extra = shape.columns.iter().enumerate().filter(|(_, column)| column.presence == Presence::Extra);
                let left_out = extra.filter(|(_, column)| header.contains(&column.name)).find(|(at, _)| is_blank(*at));
                assert!(left_out.is_none(), "an export of {} would leave out {left_out:?}", shape.file);
            }
            let mut taken = TakenDays::default();
            for (shape, record) in all.iter().flat_map(|(shape, records)| records.iter().map(move |r| (*shape, r))) {
                let mut needs = vec![];
                for (column, cell) in shape.columns.iter().zip(&record.cells) {
                    let Cell::Ref(kind, slug) = cell else { continue };
                    let noun = nouns.get(&(*kind, slug.clone()));
                    let noun = *noun.unwrap_or_else(|| panic!("{}: there is no {kind:?} {slug}", record.key));
                    if column.limits_validity() {
                        needs.push((column.name, slug.as_str(), noun));
                    }
                }
                let validity = within_nouns(record.validity, &needs).expect(&record.key);
                assert_eq!(shape.check_rules(record, validity, &mut taken), Ok(()), "{}", record.key);
            }
        }
    }

    #[test]
    fn a_school_is_in_one_group_at_a_time() {
        let (dir, _) = nation(900, 5);
        let mut places: HashMap<String, Vec<Validity>> = HashMap::new();
        for membership in of(&records(dir.path()), Kind::Membership) {
            let before = places.entry(refers(membership, &membership::SHAPE, "school_id")).or_default();
            assert!(before.iter().all(|place| place.meet(membership.validity).is_empty()), "{}", membership.key);
            before.push(membership.validity);
        }
    }

    #[test]
    fn a_district_fans_out_as_promised() {
        let (dir, summary) = nation(800, 5);
        let all = records(dir.path());
        let n = |kind| of(&all, kind).len();
        for (kind, rows) in [
            (Kind::Source, 3),
            (Kind::District, 2),
            (Kind::Region, 6),
            (Kind::Township, 24),
            (Kind::LearningArea, 4),
            (Kind::Authority, 2),
            (Kind::Partner, 400),
            (Kind::School, 800),
            (Kind::Group, 54),
            (Kind::Alliance, 24),
            (Kind::AllianceFunction, 72),
            (Kind::AllianceCategory, 72),
        ] {
            assert_eq!(n(kind), rows, "{kind:?}");
        }
        for (kind, rows) in [
            (Kind::Campus, 980..1100),
            (Kind::SchoolLink, 20..60),
            (Kind::SchoolPartner, 180..280),
            (Kind::Succession, 10..40),
            (Kind::SiteUse, 1..20),
            (Kind::Alias, 5..30),
        ] {
            assert!(rows.contains(&n(kind)), "{kind:?}: {}", n(kind));
        }
        let left = |r: &&Record| !refers(r, &membership::SHAPE, "left_on").is_empty();
        let former = of(&all, Kind::Membership).iter().filter(left).count();
        assert!((440..520).contains(&former), "{former}");
        assert!((700..780).contains(&(n(Kind::Membership) - former)));

        let mut members: HashMap<(String, String), usize> = HashMap::new();
        let mut joined = HashSet::new();
        for member in of(&all, Kind::AllianceMember) {
            let column = |name| refers(member, &alliance::MEMBERS, name);
            *members.entry((column("alliance_id"), column("member_type"))).or_default() += 1;
            assert!(joined.insert((column("alliance_id"), column("member_id"))), "{} is twice a member", member.key);
        }
        for ((alliance, kind), count) in &members {
            assert!(kind != "partner" || (35..=45).contains(count), "{alliance} has {count} partners");
            assert!(kind != "school" || *count == 1, "{alliance} has {count} schools");
        }
        let groups: usize = members.iter().filter(|((_, kind), _)| kind == "group").map(|(_, count)| count).sum();
        assert!((2 * 54..=4 * 54).contains(&groups), "{groups}");
        assert_eq!(summary.rows.iter().find(|(file, _)| *file == "schools"), Some(&("schools", 800)));
    }

    #[test]
    fn a_folder_that_holds_something_is_left_alone() {
        let (dir, _) = nation(1, 1);
        let again = generate(&Plan { schools: 1, seed: 1 }, dir.path()).expect_err("it is not empty");
        assert!(again.to_string().ends_with("is not empty; name another folder"), "{again}");
    }
}
