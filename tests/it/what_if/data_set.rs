//! A data set whose files a test edits by hand, and made-up changes: as GraphQL has them, and as edits of the files.

use std::{collections::BTreeMap, fs, path::Path};

use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tests::csv_files;

/// A CSV file.
#[derive(Clone)]
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn parse(text: &str) -> Table {
        let mut lines = text.lines().map(parse_line);
        Table { header: lines.next().expect("a header"), rows: lines.collect() }
    }

    fn column(&mut self, name: &str) -> usize {
        if let Some(at) = self.header.iter().position(|of| of == name) {
            return at;
        }
        self.header.push(name.to_owned());
        self.rows.iter_mut().for_each(|row| row.push(String::new()));
        self.header.len() - 1
    }

    fn get(&self, row: usize, name: &str) -> &str {
        self.header.iter().position(|of| of == name).map_or("", |at| &self.rows[row][at])
    }

    fn set(&mut self, row: usize, name: &str, value: &str) {
        let at = self.column(name);
        value.clone_into(&mut self.rows[row][at]);
    }

    fn push(&mut self, fields: &[(&str, &str)]) {
        self.rows.push(vec![String::new(); self.header.len()]);
        for (name, value) in fields {
            self.set(self.rows.len() - 1, name, value);
        }
    }

    fn text(&self) -> String {
        let line = |fields: &Vec<String>| fields.iter().map(|field| quoted(field)).collect::<Vec<_>>().join(",") + "\n";
        [&self.header].into_iter().chain(&self.rows).map(line).collect()
    }
}

fn parse_line(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut is_quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '"' if is_quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(std::mem::take(&mut field)),
            char => field.push(char),
        }
    }
    fields.push(field);
    fields
}

fn quoted(field: &str) -> String {
    match field.contains([',', '"']) {
        true => format!("\"{}\"", field.replace('"', "\"\"")),
        false => field.to_owned(),
    }
}

/// The first and the last day that a date can mean.
fn days(date: &str) -> Option<(String, String)> {
    let is_date = date.len() >= 4 && date.chars().all(|char| char.is_ascii_digit() || char == '-');
    let pad = |rest: &str| format!("{date}{}", &rest[date.len() - 4..]);
    is_date.then(|| (pad("-01-01"), pad("-12-31")))
}

/// The files of a data set, and the changes that were made to them.
#[derive(Clone)]
pub(crate) struct DataSet {
    files: BTreeMap<String, Table>,
}

/// Days on which something may happen: before today, about today and after.
const DAYS: [(&str, &str); 5] = [
    ("2021-08-31", "2021-09-01"),
    ("2025-02-28", "2025-03-01"),
    ("2026-08-31", "2026-09-01"),
    ("2027-01-31", "2027-02-01"),
    ("2028-08-31", "2028-09-01"),
];
/// Today, in every test.
const TODAY: &str = "2026-11-24";

impl DataSet {
    pub(crate) fn read(dir: &Path) -> DataSet {
        let files = csv_files(dir).into_iter();
        DataSet { files: files.map(|(name, text)| (name, Table::parse(&text))).collect() }
    }

    pub(crate) fn write(&self, dir: &Path) {
        for (name, table) in &self.files {
            fs::write(dir.join(name), table.text()).expect("written");
        }
    }

    fn table(&mut self, file: &str) -> &mut Table {
        self.files.get_mut(&format!("{file}.csv")).unwrap_or_else(|| panic!("the data set has {file}.csv"))
    }

    /// The rows of a file that hold on a day, by these two columns.
    fn rows_on(&self, file: &str, [begin, end]: [&str; 2], day: &str) -> Vec<usize> {
        let table = &self.files[&format!("{file}.csv")];
        let holds = |row: &usize| {
            let has_begun = days(table.get(*row, begin)).is_none_or(|(first, _)| first.as_str() <= day);
            has_begun && days(table.get(*row, end)).is_none_or(|(_, last)| last.as_str() >= day)
        };
        (0..table.rows.len()).filter(holds).collect()
    }

    /// The schools that are on the map on a day and have not ended.
    fn schools_on(&self, day: &str) -> Vec<String> {
        let table = &self.files["schools.csv"];
        let rows = self.rows_on("schools", ["opened_on", "closed_on"], day).into_iter();
        let goes_on = |row: &usize| !matches!(table.get(*row, "status"), "renamed" | "merged" | "closed" | "planned");
        rows.filter(goes_on).map(|row| table.get(row, "school_id").to_owned()).collect()
    }

    fn slugs_on(&self, file: &str, key: &str, dated: [&str; 2], day: &str) -> Vec<String> {
        let table = &self.files[&format!("{file}.csv")];
        self.rows_on(file, dated, day).into_iter().map(|row| table.get(row, key).to_owned()).collect()
    }

    fn school_row(&mut self, slug: &str) -> usize {
        let table = self.table("schools");
        (0..table.rows.len()).find(|row| table.get(*row, "school_id") == slug).expect("a school")
    }

    /// Makes up some changes, makes them here, and gives them as a client does; with the days before and at the first.
    pub(crate) fn make_up(&mut self, seed: u64) -> (Vec<Value>, [&'static str; 2]) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let first = *DAYS.choose(&mut random).expect("a day");
        let mut changes = Vec::new();
        for at in 0..random.random_range(1..=4) {
            let day = if at == 0 { first } else { *DAYS.choose(&mut random).expect("a day") };
            let change = match random.random_range(0..10) {
                0..4 => self.make_up_move(&mut random, day),
                4..6 => self.make_up_merger(&mut random, day),
                6..8 => Some(self.make_up_opening(&mut random, day, &format!("new-{seed}-{at}"))),
                8 => self.make_up_closing(&mut random, day),
                _ => self.make_up_partner(&mut random, day, &format!("partner-{seed}-{at}")),
            };
            changes.extend(change);
        }
        if changes.is_empty() {
            changes.push(self.make_up_opening(&mut random, first, &format!("new-{seed}")));
        }
        (changes, [first.0, first.1])
    }

    fn make_up_move(&mut self, random: &mut ChaCha8Rng, (eve, day): (&str, &str)) -> Option<Value> {
        let school = self.schools_on(day).choose(random)?.clone();
        let groups = self.slugs_on("groups", "group_id", ["established_on", "dissolved_on"], day);
        let group = groups.choose(random).filter(|_| random.random_ratio(5, 6)).cloned();
        let role = *["member", "branch", "lead", "co_branded"].choose(random)?;
        let held: Vec<usize> = self
            .rows_on("group_memberships", ["joined_on", "left_on"], day)
            .into_iter()
            .filter(|row| self.files["group_memberships.csv"].get(*row, "school_id") == school)
            .collect();
        let memberships = self.table("group_memberships");
        let is_late = |row: &usize| days(memberships.get(*row, "joined_on")).is_some_and(|(first, _)| first == day);
        let is_there = |row: &usize| {
            Some(memberships.get(*row, "group_id")) == group.as_deref() && memberships.get(*row, "role") == role
        };
        if (group.is_none() && held.is_empty()) || held.iter().any(|row| is_late(row) || is_there(row)) {
            return None;
        }
        let mut left = Vec::new();
        for row in held {
            memberships.set(row, "left_on", eve);
            left.push(memberships.get(row, "group_id").to_owned());
        }
        if let Some(group) = &group {
            memberships.push(&[("group_id", group), ("school_id", &school), ("role", role), ("joined_on", day)]);
        }
        let groups = self.table("groups");
        for row in 0..groups.rows.len() {
            let slug = groups.get(row, "group_id").to_owned();
            if Some(&slug) == group.as_ref() && role == "lead" {
                groups.set(row, "lead_school_id", &school);
            } else if Some(&slug) != group.as_ref()
                && left.contains(&slug)
                && groups.get(row, "lead_school_id") == school
            {
                groups.set(row, "lead_school_id", "");
            }
        }
        let mut moved = json!({ "school": school, "on": day });
        if let Some(group) = group {
            moved["group"] = group.into();
            moved["role"] = role.to_uppercase().into();
        }
        Some(json!({ "move": moved }))
    }

    fn make_up_merger(&mut self, random: &mut ChaCha8Rng, (day, _): (&str, &str)) -> Option<Value> {
        let schools = self.schools_on(day);
        let [into, ends @ ..] = &schools.sample(random, 3).cloned().collect::<Vec<_>>()[..] else { return None };
        for school in ends {
            let row = self.school_row(school);
            self.table("schools").set(row, "status", "merged");
            self.table("school_successions").push(&[
                ("predecessor_id", school),
                ("successor_id", into),
                ("kind", "merged_into"),
                ("effective_on", day),
            ]);
        }
        Some(json!({ "merge": { "schools": ends, "into": into, "on": day } }))
    }

    fn make_up_opening(&mut self, random: &mut ChaCha8Rng, (_, day): (&str, &str), slug: &str) -> Value {
        let townships = self.slugs_on("townships", "township_id", ["", ""], day);
        let groups = self.slugs_on("groups", "group_id", ["established_on", "dissolved_on"], day);
        let township = townships.choose(random).expect("a township").clone();
        let group = groups.choose(random).filter(|_| random.random_ratio(1, 2)).cloned();
        let name = format!("A new school, \"{slug}\"");
        self.table("schools").push(&[
            ("school_id", slug),
            ("name_en", &name),
            ("ownership", "public"),
            ("phases", "primary;junior"),
            ("status", if day > TODAY { "planned" } else { "open" }),
            ("township_id", &township),
            ("opened_on", day),
        ]);
        let mut opened = json!({
            "slug": slug, "name": name, "language": "en", "ownership": "PUBLIC", "stages": ["PRIMARY", "JUNIOR"],
            "township": township, "on": day,
        });
        if let Some(group) = group {
            let fields = [("group_id", group.as_str()), ("school_id", slug), ("role", "member"), ("joined_on", day)];
            self.table("group_memberships").push(&fields);
            opened["group"] = group.into();
        }
        json!({ "open": opened })
    }

    fn make_up_closing(&mut self, random: &mut ChaCha8Rng, (day, _): (&str, &str)) -> Option<Value> {
        let school = self.schools_on(day).choose(random)?.clone();
        let row = self.school_row(&school);
        let schools = self.table("schools");
        schools.set(row, "closed_on", day);
        if day < TODAY {
            schools.set(row, "status", "closed");
        }
        Some(json!({ "close": { "school": school, "on": day } }))
    }

    fn make_up_partner(&mut self, random: &mut ChaCha8Rng, (_, day): (&str, &str), slug: &str) -> Option<Value> {
        let (is_new, is_allied) = (random.random_ratio(1, 2), random.random_ratio(1, 2));
        let partner = match is_new {
            true => {
                let fields = [("partner_id", slug), ("name_en", "A new partner"), ("kinds", "museum")];
                self.table("partners").push(&fields);
                slug.to_owned()
            }
            false => self.slugs_on("partners", "partner_id", ["", ""], day).choose(random)?.clone(),
        };
        let mut added = json!({ "partner": partner, "on": day });
        if is_new {
            added["name"] = "A new partner".into();
            added["language"] = "en".into();
            added["kinds"] = json!(["MUSEUM"]);
        }
        if is_allied {
            let alliance = self.slugs_on("alliances", "alliance_id", ["established_on", "dissolved_on"], day);
            let alliance = alliance.choose(random).cloned().expect("an alliance");
            self.table("alliance_memberships").push(&[
                ("alliance_id", &alliance),
                ("member_type", "partner"),
                ("member_id", &partner),
                ("role", "member"),
                ("joined_on", day),
            ]);
            added["alliance"] = alliance.into();
        } else {
            let school = self.schools_on(day).choose(random).cloned().expect("a school");
            let tie = [("school_id", school.as_str()), ("partner_id", &partner), ("kind", "run_by"), ("since", day)];
            self.table("school_partner_links").push(&tie);
            added["school"] = school.into();
            added["kind"] = "RUN_BY".into();
        }
        Some(json!({ "addPartner": added }))
    }
}
