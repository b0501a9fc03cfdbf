use super::*;

const SOURCES: &str = "source_id,title,publisher,author,published_on,url,language,kind,extent_read,reliability,note\n\
     seed,A list,The press,,2024-09-22,,en,news,full,high,\n";
const GROUPS: &str = "group_id,name_zh,name_en,name_en_basis,name_zh_basis,lead_school_id,status,\
                      reported_branches,reported_sites,reported_member_schools,source_id,quote\n\
                      willow,柳,,,,,operating,,,,,\n";
const SCHOOLS: &str = "school_id,name_zh,name_en,name_en_basis,ownership,ownership_source_id,phases,school_type,\
                       school_type_source_id,status,junior_code_2025,senior_code,township_id,opened_on,closed_on,\
                       source_id,quote,confidence,note\n";
const MEMBERS: &str = "group_id,school_id,role,joined_on,left_on,as_of,source_id,quote,confidence\n";

fn school(slug: &str, status: &str, opened: &str) -> String {
    format!("{slug},校,,,,,,,,{status},,,,{opened},,seed,,,\n")
}

fn check_files(files: &[(&str, &[u8])]) -> Result<CheckedDataSet, Findings> {
    let dir = tempfile::tempdir().expect("a folder");
    for (file, text) in files {
        std::fs::write(dir.path().join(format!("{file}.csv")), text).expect("a file");
    }
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
    check_data_set(&Folder::Disk(dir.path().to_owned()), today, false, &ProgressBar::hidden(), NounIndex::default())
        .expect("readable files")
}

/// All that is found in some files, beside the source `seed` and the group `willow`.
fn findings_in(files: &[(&str, &str)]) -> Vec<String> {
    let mut all: Vec<(&str, &[u8])> = vec![("sources", SOURCES.as_bytes()), ("groups", GROUPS.as_bytes())];
    all.extend(files.iter().map(|(file, text)| (*file, text.as_bytes())));
    messages(check_files(&all))
}

fn messages(checked: Result<CheckedDataSet, Findings>) -> Vec<String> {
    checked.err().map(|found| found.list().iter().map(ToString::to_string).collect()).unwrap_or_default()
}

#[test]
fn a_good_data_set_is_kept_in_the_order_of_its_files() {
    let Ok(checked) = check_files(&[("sources", SOURCES.as_bytes())]) else { panic!("no findings") };
    let kept: Vec<_> = checked.files.iter().map(|file| (file.shape.file, file.digests.len())).collect();
    assert_eq!(kept[..2], [("sources", 1), ("districts", 0)]);
}

#[test]
fn progress_counts_the_bytes_of_the_files_that_are_there() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("sources.csv"), SOURCES).expect("a file");
    std::fs::write(dir.path().join("groups.csv"), GROUPS).expect("a file");
    let bar = ProgressBar::hidden();
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a day");
    assert!(
        check_data_set(&Folder::Disk(dir.path().to_owned()), today, false, &bar, NounIndex::default())
            .expect("readable files")
            .is_ok()
    );
    let all = (SOURCES.len() + GROUPS.len()) as u64;
    assert_eq!((bar.position(), bar.length()), (all, Some(all)));
    assert_eq!(bar.message(), "checking groups.csv");
}

#[test]
fn columns_may_come_in_any_order_and_say_the_same() {
    let digests_of = |text: &str| match check_files(&[("regions", text.as_bytes())]) {
        Ok(checked) => checked.files[2].digests.clone(),
        Err(findings) => panic!("{findings}"),
    };
    let one = "region_id,name_zh,name_en,strategy_zh,strategy_en,name_en_basis,source_id,quote\nsouth,南,,,,,,\n";
    let other = "quote,name_zh,district_id,name_en,source_id,strategy_en,strategy_zh,name_en_basis,region_id\n,南,,,,,,,south\n";
    assert_eq!(digests_of(one), digests_of(other));
}

#[test]
fn a_header_is_held_against_its_shape() {
    let header = "group_id,school,role,joined_on,left_on,role,as_of,source_id,quote,confidence\n";
    assert_eq!(
        findings_in(&[("group_memberships", header), ("schools", "")]),
        [
            "schools.csv:1: the file is empty; its first line names the columns",
            "group_memberships.csv:1: there is no column `school`",
            "group_memberships.csv:1: column school_id: the header lacks it",
            "group_memberships.csv:1: column role: the header names it twice",
        ]
    );
    let header = MEMBERS.replace("school_id", "shcool_id");
    assert_eq!(
        findings_in(&[("group_memberships", &header)])[0],
        "group_memberships.csv:1: there is no column `shcool_id`; did you mean `school_id`?"
    );
}

#[test]
fn wrong_rows_are_named_by_line_and_column() {
    let rows = "willow,oak,boss,2019-13,,,seed,,\nwillow,oak\nwillow,oak,member,,,,,a quote,\n\
                willow,oka-first,member,,,,seed,,\n";
    assert_eq!(
        findings_in(&[
            ("schools", &format!("{SCHOOLS}{}{}", school("oak", "open", ""), school("oak-first", "opne", ""))),
            ("group_memberships", &format!("{MEMBERS}{rows}")),
        ]),
        [
            "schools.csv:3: column status: `opne` is not one of: open, planned, renamed, merged, closed",
            "group_memberships.csv:2: column role: `boss` is not one of: lead, member, branch, co_branded, guided",
            "group_memberships.csv:2: column joined_on: `2019-13` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD, \
             or MM-DD where the year is not shown",
            "group_memberships.csv:3: the header names 9 columns, and the row has 2",
            "group_memberships.csv:4: column quote: a quote needs its source, and `source_id` is empty",
            "group_memberships.csv:5: column school_id: no school `oka-first` in schools.csv; \
             did you mean `oak-first`?",
        ]
    );
}

#[test]
fn a_quotation_mark_left_open_is_the_only_finding() {
    let schools = [school("oak", "open", ""), school("elm", "open", "").replace('校', "\"校"), school("ash", "", "")];
    let members = format!("{MEMBERS}willow,ash,member,,,,seed,,\nwillow,elm,member,,,,seed,,\n");
    assert_eq!(
        findings_in(&[("schools", &format!("{SCHOOLS}{}", schools.concat())), ("group_memberships", &members)]),
        ["schools.csv:3: a quotation mark is opened on this line and not closed on it"]
    );
}

#[test]
fn a_row_that_refers_into_an_absent_file_says_so() {
    let members = format!("{MEMBERS}willow,oak,member,,,,seed,,\n");
    assert_eq!(
        findings_in(&[("group_memberships", &members)]),
        ["group_memberships.csv:2: column school_id: no school `oak` in schools.csv; there is no such file"]
    );
}

#[test]
fn rows_of_an_unreadable_file_are_not_missed() {
    let members = format!("{MEMBERS}willow,oak,member,,,,seed,,\n");
    assert_eq!(
        findings_in(&[("schools", "school_id\n"), ("group_memberships", &members)]),
        ["schools.csv:1: column name_<language>: the header lacks it; name it such as `name_en`"]
    );
}

#[test]
fn what_is_said_twice_is_named_with_its_first_line() {
    let schools = format!("{SCHOOLS}{}{}", school("oak", "open", ""), school("oak", "", ""));
    let members = format!("{MEMBERS}willow,oak,member,,,,seed,,\nwillow,oak,member,,2020,,seed,,\n");
    assert_eq!(
        findings_in(&[("schools", &schools), ("group_memberships", &members)]),
        [
            "schools.csv:3: column school_id: `oak` stands on line 2 already",
            "group_memberships.csv:3: column group_id: line 2 has the same group_id, school_id, role, joined_on",
        ]
    );
}

#[test]
fn a_tie_lasts_no_longer_than_its_schools_and_a_school_no_longer_than_its_name() {
    let schools = [school("oak", "renamed", ""), school("elm", "open", "1956"), school("ash", "open", "")].concat();
    let successions = "predecessor_id,successor_id,kind,effective_on,source_id,quote,confidence\n\
                       oak,elm,renamed,2019-04,seed,,\n";
    let check = |joined: &str| {
        let members =
            format!("{MEMBERS}willow,oak,lead,{joined},,,,,\nwillow,elm,lead,,,,,,\nwillow,ash,lead,2020,,,,,\n");
        findings_in(&[
            ("schools", &format!("{SCHOOLS}{schools}")),
            ("school_successions", successions),
            ("group_memberships", &members),
        ])
    };
    assert_eq!(
        check("2018"),
        ["group_memberships.csv:4: column role: another school leads the group at the same time: this row holds from \
             2020-01-01, and line 3 of group_memberships.csv from 2019-04-01"]
    );
    assert_eq!(
        check("2019-05")[..1],
        ["group_memberships.csv:2: column school_id: it would hold on no day: this row holds from 2019-05-01, \
             and the school `oak` until 2019-04-30"]
    );
}

#[test]
fn files_of_spreadsheets_say_the_same_as_plain_ones() {
    let rows = format!("{SOURCES}seed-2,\"One, two; three\",press,,,,en,news,full,high,\n");
    let digests_of = |text: &str| match check_files(&[("sources", text.as_bytes())]) {
        Ok(checked) => checked.files[0].digests.clone(),
        Err(findings) => panic!("{findings}"),
    };
    let plain = digests_of(&rows);
    assert_eq!(plain.len(), 2);
    let semicolons = rows.replace(',', ";").replace("One; two", "One, two");
    let tabs = rows.replace(',', "\t").replace("One\t two", "One, two");
    for (what, text) in [
        ("a byte order mark", format!("\u{feff}{rows}")),
        ("CRLF", rows.replace('\n', "\r\n")),
        ("no end of the last line", rows.trim_end().to_owned()),
        ("empty lines and rows", rows.replace('\n', "\n\n,,,,,,,,,,\n")),
        ("semicolons", semicolons.clone()),
        ("tabs", tabs),
        ("all of them", format!("\u{feff}{}\r\n;;;;;;;;;;\r\n", semicolons.replace('\n', "\r\n"))),
    ] {
        assert_eq!(digests_of(&text), plain, "{what}");
    }
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let file = |text: &str| messages(check_files(&[("sources", text.as_bytes())]));
    let misfit = |line: u64| format!("sources.csv:{line}: the header names 11 columns, and the row has 2");
    assert_eq!(file(&format!("{SOURCES}\n\nseed-2,x")), [misfit(5)]);
    let crlf = format!("{SOURCES}\n\nseed-2,x\nseed-3,x\n").replace('\n', "\r\n");
    assert_eq!(file(&crlf), [misfit(5), misfit(6)]);
}

#[test]
fn texts_in_another_encoding_are_found() {
    let mut bytes = SOURCES.as_bytes().to_vec();
    bytes.extend(b"ch,\xB3\xAF\xD1\xF4,press,,,,zh,news,full,high,\nu,T,press,,,,zh,news,full,high,x\ty\n");
    assert_eq!(
        messages(check_files(&[("sources", &bytes)])),
        [
            "sources.csv:3: column title: this is not UTF-8; save the file as UTF-8",
            "sources.csv:4: column note: it contains the control character '\\t'",
        ]
    );
    let wide: Vec<u8> = format!("\u{feff}{SOURCES}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(messages(check_files(&[("sources", &wide)])), ["sources.csv:1: this is UTF-16; save the file as UTF-8"]);
}

#[test]
fn a_status_that_its_dates_contradict_is_found() {
    let school =
        |status: &str, opened: &str, closed: &str| format!("oak,校,,,,,,,,{status},,,,{opened},{closed},seed,,,\n");
    let outdated = |row: String| {
        let all = [("sources", SOURCES.as_bytes()), ("schools", &[SCHOOLS.as_bytes(), row.as_bytes()].concat())];
        let Ok(checked) = check_files(&all) else { panic!("no other findings") };
        checked.outdated.into_values().map(|finding| finding.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        outdated(school("open", "", "2025")),
        ["schools.csv:2: column status: it is `open`, and `closed_on` says 2025"]
    );
    assert_eq!(outdated(school("planned", "2026-09", "")).len(), 1);
    assert_eq!(outdated(school("planned", "2026", "")), Vec::<String>::new());
}

#[test]
fn no_bytes_make_it_panic() {
    let seeds: [&[u8]; 9] =
        [b"\xFF\xFEs\0o\0", b"\"", b"\r", b"\r\r\n\n", b"\n\n\n", b"\0", b",,,,\n,", b"a\n\"b\nc", b"\xEF\xBB"];
    for bytes in seeds {
        assert!(check_files(&[("sources", bytes), ("schools", bytes)]).is_err(), "{bytes:?}");
        for cut in [10, SOURCES.len() - 30, SOURCES.len()] {
            let mut spoiled = SOURCES.as_bytes()[..cut].to_vec();
            spoiled.extend(bytes);
            drop(check_files(&[("sources", &spoiled)]));
        }
    }
}
