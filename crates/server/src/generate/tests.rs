//! What a made-up nation must be: equal for equal seeds, free of findings, of the promised size.

use std::collections::{HashMap, HashSet};

use domain::{
    Cell, ImpreciseDays, Kind, Presence, Record, SHAPES, Shape, Successions, TurnTakers, Validity, alliance,
    membership, record::clip_to_nouns, school,
};

use super::*;
use crate::import::file_rows::{FileRows, Input};

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
        let Ok(file) = fs::File::open(dir.join(shape.file_name())) else { continue };
        let mut findings = Vec::new();
        let mut rows =
            FileRows::open(shape, Input::Csv(Box::new(file)), &mut findings).expect("a file").expect("a header");
        let places: Vec<usize> = rows.header().iter().filter_map(|name| shape.index(name)).collect();
        assert!(places.is_sorted(), "{}: {:?}", shape.file, rows.header());
        for (at, column) in shape.columns.iter().enumerate().filter(|(_, column)| column.is_named_in_files()) {
            let is_there = places.contains(&at);
            assert!(is_there || column.presence == Presence::Extra, "{}: no column {}", shape.file, column.name);
        }
        let mut records = Vec::new();
        while let Some(row) = rows.next_row(&mut findings).expect("a row") {
            records.push(shape.parse_row(&row.fields).unwrap_or_else(|wrong| panic!("{:?}: {wrong:?}", row.fields)));
        }
        assert!(findings.is_empty(), "{findings:?}");
        all.push((*shape, records));
    }
    all
}

fn refers(record: &Record, shape: &Shape, column: &str) -> String {
    match &record.cells[shape.index(column).expect(column)] {
        Cell::Ref(_, text) | Cell::Text(text) => text.clone(),
        Cell::Date(date) => date.to_string(),
        _ => String::new(),
    }
}

/// When each noun holds: what its row says and, where they date it, what the successions say.
fn nouns(all: &[(&'static Shape, Vec<Record>)]) -> HashMap<(Kind, String), Validity> {
    let mut successions = Successions::default();
    of(all, Kind::Succession).iter().for_each(|row| successions.add(&school::SUCCESSIONS, row));
    let mut nouns = HashMap::new();
    for (shape, record) in all.iter().flat_map(|(shape, records)| records.iter().map(move |r| (*shape, r))) {
        let dates = successions.dates(record.id);
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
        let mut turn_takers = TurnTakers::default();
        for (shape, record) in all.iter().flat_map(|(shape, records)| records.iter().map(move |r| (*shape, r))) {
            let mut needs = vec![];
            for (column, cell) in shape.columns.iter().zip(&record.cells) {
                let Cell::Ref(kind, slug) = cell else { continue };
                let noun = nouns.get(&(*kind, slug.clone()));
                let noun = *noun.unwrap_or_else(|| panic!("{}: there is no {kind:?} {slug}", record.key));
                if column.limits_validity() {
                    needs.push((column.name, slug.as_str(), vec![noun]));
                }
            }
            let validity = clip_to_nouns(record.validity, &needs).expect(&record.key)[0];
            assert_eq!(shape.check_rules(record), Ok(()), "{}", record.key);
            let days = ImpreciseDays { possible: validity, certain: validity };
            shape.add_turn_taker(record, 1, record.id, days, &mut turn_takers);
        }
        let (turns, refused) = membership::SHAPE.give_turns(turn_takers);
        assert_eq!((turns.len(), refused), (0, Vec::new()), "no two lead a group on one day");
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
        (Kind::Designation, 8),
        (Kind::Group, 54),
        (Kind::Alliance, 24),
        (Kind::AllianceFunction, 72),
        (Kind::AllianceCategory, 72),
    ] {
        assert_eq!(n(kind), rows, "{kind:?}");
    }
    for (kind, rows) in [
        (Kind::Campus, 980..1100),
        (Kind::SchoolDesignation, 680..780),
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
