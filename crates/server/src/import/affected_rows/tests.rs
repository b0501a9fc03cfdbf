use std::{fs, path::Path};

use chrono::Days;
use domain::{
    SHAPES, Vocabulary,
    alliance::AllianceRole,
    membership::MembershipRole,
    partner::SchoolPartnerKind,
    scenario::{Named, NewPartner, NewSchool, PartnerWith, ScenarioChange, ScenarioEvent, apply_changes},
    school::{Ownership, Stage},
};
use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};

use super::*;
use crate::{
    generate::{Plan, generate},
    import::file_rows::FileRows,
};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// The rows of a folder.
fn read_tables(dir: &Path) -> Tables {
    let (folder, mut tables) = (Folder::Disk(dir.to_owned()), Tables::new());
    for shape in SHAPES {
        let Some(input) = folder.open(shape).expect("a file") else { continue };
        let mut findings = Vec::new();
        let mut rows = FileRows::open(shape, input, &mut findings).expect("a file").expect("a header");
        let mut table = RowTable::new(shape);
        while let Some(row) = rows.next_row(&mut findings).expect("a row") {
            table.push(row.fields);
        }
        assert!(findings.is_empty(), "{findings:?}");
        tables.insert(shape.kind, Arc::new(table));
    }
    tables
}

/// Adds groups that one school led after another, in a year that is not known to the day, and that a school joined twice.
fn add_groups_with_a_past(tables: &mut Tables) {
    let schools = shape_of(Kind::School);
    let [status, opened] = ["status", "opened_on"].map(|name| schools.index(name).expect("a column"));
    let rows = (0..tables[&Kind::School].len()).map(|at| tables[&Kind::School].row(at).expect("a row"));
    let old = rows.filter(|row| row[status] == "open" && row[opened] < "2000").map(|row| row[0].to_owned());
    let old: Vec<String> = old.collect();
    for (nth, schools) in old.chunks_exact(3).take(8).enumerate() {
        let slug = format!("past-{nth}");
        let [one, other, third] = [0, 1, 2].map(|at| schools[at].as_str());
        let mut add = |kind: Kind, given: &[(&str, &str)]| {
            let shape = shape_of(kind);
            let table = Arc::make_mut(tables.get_mut(&kind).expect("rows"));
            let mut row: Vec<String> = table.row(0).expect("a row").into_iter().map(str::to_owned).collect();
            for (column, value) in given {
                (*value).clone_into(&mut row[shape.index(column).expect("a column")]);
            }
            table.push(row.iter().map(String::as_str));
        };
        add(Kind::Group, &[("group_id", &slug), ("lead_school_id", "")]);
        for (school, role, joined, left) in [
            (one, "lead", "2001", "2005"),
            (other, "lead", "2005", ""),
            (third, "member", "2000", "2003-06"),
            (third, "member", "2008", ""),
        ] {
            let days = [("joined_on", joined), ("left_on", left)];
            add(
                Kind::Membership,
                &[
                    [("group_id", slug.as_str()), ("school_id", school)],
                    [("role", role), days[0]],
                    [days[1], ("as_of", "")],
                ]
                .concat(),
            );
        }
    }
}

/// The rows of a map, and those that changes make of them.
fn with_changes(tables: &Tables, changed: &ChangedRows) -> Tables {
    let mut all = Tables::new();
    let kinds = tables.keys().chain(changed.keys().map(|(kind, _)| kind));
    for kind in kinds.copied() {
        let mut table = RowTable::new(shape_of(kind));
        let n_rows = tables.get(&kind).map_or(0, |table| table.len());
        let n_all = changed.keys().filter(|(of, _)| *of == kind).map(|(_, at)| at + 1).max().unwrap_or(0).max(n_rows);
        for at in 0..n_all {
            match changed.get(&(kind, at)) {
                Some(row) => table.push(row.fields.iter().map(String::as_str)),
                None => table.push(tables[&kind].row(at).expect("a row")),
            }
        }
        all.insert(kind, Arc::new(table));
    }
    all
}

/// What is kept of each fact, and since when its noun is known.
fn kept(checked: &CheckedDataSet) -> HashMap<(Kind, i64), String> {
    let facts = checked.files.iter().flat_map(|file| file.digests.iter().map(|digest| (file.shape.kind, digest)));
    facts
        .map(|(kind, digest)| {
            let evidence = checked.nouns.evidence(checked.nouns.noun_of(digest.id));
            ((kind, digest.id), format!("{digest:?} {evidence:?}"))
        })
        .collect()
}

fn messages(findings: &Findings) -> Vec<String> {
    findings.list().iter().map(ToString::to_string).collect()
}

/// A change of nouns that are drawn from those on record.
fn any_change(tables: &Tables) -> impl Strategy<Value = ScenarioChange> + use<> {
    let slugs = |kind: Kind| -> Vec<String> {
        let table = tables.get(&kind);
        let n_rows = table.map_or(0, |table| table.len());
        (0..n_rows).filter_map(|at| Some(table?.row(at)?[0].to_owned())).collect()
    };
    let [schools, groups, partners, alliances, townships] =
        [Kind::School, Kind::Group, Kind::Partner, Kind::Alliance, Kind::Township].map(slugs);
    let draws = (0..9_u8, any::<[Index; 3]>(), any::<bool>(), 0..12_000_u64);
    draws.prop_map(move |(what, [one, other, third], flag, days)| {
        let named = |kind: Kind, of: &Vec<String>, index: Index| {
            let text = index.get(of).clone();
            Named { id: identity(kind, &text), text }
        };
        let school = || named(Kind::School, &schools, one);
        let new_partner = || {
            let text = format!("new-{}", third.index(3));
            Named { id: identity(Kind::Partner, &text), text }
        };
        let event = match what {
            0..3 => ScenarioEvent::Move {
                school: school(),
                group: flag.then(|| named(Kind::Group, &groups, other)),
                role: if third.index(4) == 0 { MembershipRole::Lead } else { MembershipRole::Member },
            },
            3 => ScenarioEvent::Merge {
                schools: [school()].into_iter().chain(flag.then(|| named(Kind::School, &schools, third))).collect(),
                into: named(Kind::School, &schools, other),
            },
            4 => ScenarioEvent::Open(NewSchool {
                slug: format!("new-{}", third.index(3)),
                name: "New".to_owned(),
                language: None,
                ownership: Ownership::Public,
                stages: vec![Stage::Primary],
                township: (!townships.is_empty()).then(|| named(Kind::Township, &townships, other)),
                district: None,
                group: flag.then(|| named(Kind::Group, &groups, other)),
            }),
            5 | 6 => ScenarioEvent::Close(school()),
            7 => ScenarioEvent::AddPartner {
                partner: named(Kind::Partner, &partners, other),
                new: None,
                with: PartnerWith::School(school(), third.get(SchoolPartnerKind::VALUES).value),
            },
            _ => ScenarioEvent::AddPartner {
                partner: if flag { named(Kind::Partner, &partners, other) } else { new_partner() },
                new: (!flag).then(|| NewPartner { name: "New".to_owned(), language: None, kinds: Vec::new() }),
                with: PartnerWith::Alliance(named(Kind::Alliance, &alliances, one), AllianceRole::Member),
            },
        };
        ScenarioChange { event, on: day("2000-01-01") + Days::new(days) }
    })
}

/// Checks that changes to a data set come to the same whether all rows are checked or those that they affect.
fn compare(name: &str, tables: &Tables, n_cases: u32) -> usize {
    let today = day("2026-11-24");
    let map = CheckedMap::check(tables.clone(), today).expect("a check");
    let map = map.unwrap_or_else(|findings| panic!("{name}: {:?}", messages(&findings)));
    let map = Arc::new(map);
    let check_all = |tables| {
        let folder = Folder::Tables(Arc::new(tables));
        check_data_set(&folder, today, false, &progress_bar(false), NounIndex::default()).expect("a check")
    };
    let Ok(before) = check_all(tables.clone()).map(|checked| kept(&checked)) else { panic!("it has findings") };
    let n_checked = std::cell::Cell::new(0);
    let mut runner = TestRunner::new(Config { cases: n_cases, failure_persistence: None, ..Config::default() });
    let result = runner.run(&prop::collection::vec(any_change(tables), 1..4), |changes| {
        let Ok(changed) = apply_changes(&changes, &*map, today) else { return Ok(()) };
        let all = check_all(with_changes(tables, &changed));
        let few = CheckedChanges::check(&map, &changed, today).expect("a check");
        match (all, few) {
            (Err(all), Err(few)) => prop_assert_eq!(messages(&all), messages(&few)),
            (Ok(all), Ok(few)) => {
                let mut found = before.clone();
                let stated_before = few.facts.iter().flat_map(|(kind, ids)| ids.iter().map(|id| (*kind, *id)));
                stated_before.for_each(|fact| assert!(found.remove(&fact).is_some(), "{fact:?}"));
                found.extend(kept(&few.checked));
                let outdated =
                    |checked: &CheckedDataSet| -> HashSet<i64> { checked.outdated.keys().copied().collect() };
                let looked_at: HashSet<i64> =
                    few.checked.files.iter().flat_map(|file| file.digests.iter().map(|digest| digest.id)).collect();
                let expected: HashSet<i64> = outdated(&all).intersection(&looked_at).copied().collect();
                prop_assert_eq!(outdated(&few.checked), expected);
                let all = kept(&all);
                let differs = |(fact, is): &(&(Kind, i64), &String)| found.get(*fact) != Some(*is);
                let other = all.iter().find(differs).map(|(fact, is)| (fact, is, found.get(fact)));
                prop_assert!(other.is_none(), "{:?}", other);
                prop_assert_eq!(all.len(), found.len());
                n_checked.set(n_checked.get() + 1);
            }
            (all, few) => {
                prop_assert!(false, "{:?} and {:?}", all.err().map(|e| messages(&e)), few.err().map(|e| messages(&e)))
            }
        }
        Ok(())
    });
    result.unwrap_or_else(|failed| panic!("{name}: {failed}"));
    n_checked.get()
}

#[test]
fn affected_rows_are_checked_as_all_rows_are() {
    let dir = tempfile::tempdir().expect("a folder");
    generate(&Plan { schools: 80, seed: 5 }, dir.path()).expect("a city");
    let mut tables = read_tables(dir.path());
    add_groups_with_a_past(&mut tables);
    assert!(compare("a city", &tables, 200) > 50, "most can be made");
    let bundled = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/data")).expect("the bundled data sets");
    for entry in bundled {
        let path = entry.expect("an entry").path();
        compare(&path.display().to_string(), &read_tables(&path), 20);
    }
}
