//! Pages with pictures: what they show and what they draw from is what the API answers, and nothing else.

use std::{collections::BTreeSet, fmt::Write, fs, path::Path};

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use tests::{TestApp, chaoyang, data_copy, data_folder, empty, loaded};

/// A page in the default language.
async fn page(app: &TestApp, path: &str) -> String {
    let request = Request::get(path).header("accept-language", "en").body(Body::empty()).expect("a request");
    let answer = app.send(request).await;
    assert!(answer.status.is_success(), "{}: {path}: {}", app.name, answer.status);
    answer.body
}

fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// What a picture is drawn from: an attribute of the page.
fn drawn_from(page: &str, attribute: &str) -> Value {
    let rest = page.split_once(&format!("{attribute}=\"")).unwrap_or_else(|| panic!("no {attribute}: {page}")).1;
    serde_json::from_str(&unescape(rest.split_once('"').expect("an end").0)).expect("JSON")
}

/// The part of a page from a heading's id to the next section.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let rest = page.split_once(&format!(" id=\"{id}\"")).unwrap_or_else(|| panic!("no #{id}: {page}")).1;
    rest.split("<section").next().expect("a part")
}

/// The slugs of the schools to which a part of a page links.
fn school_links(part: &str) -> BTreeSet<String> {
    links_to(part, "schools")
}

/// The slugs of the nouns of a list to which a part of a page links.
fn links_to(part: &str, list: &str) -> BTreeSet<String> {
    let path = format!("/{list}/");
    let links = part.split(&path).skip(1);
    links.filter_map(|rest| rest.split(['"', '?']).next()).map(str::to_owned).collect()
}

fn nodes(list: &Value) -> &[Value] {
    list["nodes"].as_array().map_or(&[], Vec::as_slice)
}

fn slugs(list: &Value) -> BTreeSet<String> {
    nodes(list).iter().map(|node| node["slug"].as_str().expect("a slug").to_owned()).collect()
}

/// All nodes of a list of schools with what is asked of them.
async fn all_schools(app: &TestApp, filter: &str, asked: &str) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), "null".to_owned());
    loop {
        let question = format!(
            "{{ schools(first: 100, after: {after}, filter: {{ {filter} }}) {{ nodes {{ slug {asked} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let data = app.data(&question).await;
        all.extend_from_slice(nodes(&data["schools"]));
        let info = &data["schools"]["pageInfo"];
        if info["hasNextPage"] != true {
            return all;
        }
        after = info["endCursor"].to_string();
    }
}

/// The places that the API gives, as they are told apart: longitude and latitude.
async fn places(app: &TestApp, filter: &str) -> Vec<(String, String)> {
    let asked = "location { latitude longitude } campuses(first: 100) { nodes { location { latitude longitude } } }";
    let schools = all_schools(app, filter, asked).await;
    let of_campuses = schools.iter().flat_map(|school| nodes(&school["campuses"]));
    let partners = app.data("{ partners(first: 100) { nodes { location { latitude longitude } } } }").await;
    let all = schools.iter().chain(of_campuses).chain(nodes(&partners["partners"])).map(|node| &node["location"]);
    let mut places: Vec<_> = all
        .filter(|location| location.is_object())
        .map(|location| (location["longitude"].to_string(), location["latitude"].to_string()))
        .collect();
    places.sort();
    places
}

#[tokio::test]
async fn the_map_draws_what_sources_state_and_lists_all_else_beside_it() {
    for app in chaoyang("the_map_draws").await {
        for (address, filter) in [
            ("/map", ""),
            ("/map?stage=SENIOR", "stage: [SENIOR]"),
            ("/map?ownership=PUBLIC&stage=JUNIOR", "ownership: [PUBLIC], stage: [JUNIOR]"),
        ] {
            let page = page(&app, address).await;
            let map = drawn_from(&page, "data-map");
            let data = app
                .data(&format!(
                    "{{ schools(first: 0, filter: {{ {filter} }}) {{ totalCount withoutLocationCount }}
                        districts(first: 100) {{ nodes {{ outline {{ geometry basis }} }} }}
                        townships(first: 100) {{ nodes {{ outline {{ geometry basis }} }} }} }}"
                ))
                .await;
            let outlines: Vec<&Value> = ["districts", "townships"]
                .iter()
                .flat_map(|list| nodes(&data[*list]))
                .map(|node| &node["outline"])
                .collect();
            let areas = map["areas"].as_array().expect("areas");
            assert_eq!((areas.len(), outlines.len()), (44, 44), "{}", app.name);
            for (area, outline) in areas.iter().zip(outlines) {
                assert_eq!(area["geometry"], outline["geometry"], "{}: {}", app.name, area["name"]);
                assert_eq!(area["isApproximate"], outline["basis"] == "APPROXIMATE", "{}: {}", app.name, area["name"]);
            }
            let mut drawn: Vec<_> = map["places"]
                .as_array()
                .expect("places")
                .iter()
                .map(|place| (place["longitude"].to_string(), place["latitude"].to_string()))
                .collect();
            drawn.sort();
            let expected = places(&app, filter).await;
            assert!(!drawn.is_empty(), "{}: {address}", app.name);
            assert_eq!(drawn, expected, "{}: {address}", app.name);

            let count = |name: &str| data["schools"][name].as_u64().expect("a count");
            let (total, without) = (count("totalCount"), count("withoutLocationCount"));
            let lead = format!("{} of {total} schools stand where a source states a place", total - without);
            assert!(page.contains(&lead), "{}: {address}: {lead}", app.name);
            let listed = school_links(section(&page, "unplaced"));
            let unplaced = all_schools(&app, &format!("hasLocationOnRecord: false, {filter}"), "").await;
            let unplaced: BTreeSet<String> =
                unplaced.iter().map(|school| school["slug"].as_str().expect("a slug").to_owned()).collect();
            assert_eq!((listed.len() as u64, &listed), (without, &unplaced), "{}: {address}", app.name);
            assert!(page.contains("approximate"), "{}: {address}", app.name);
        }
    }
}

#[tokio::test]
async fn without_any_geography_the_map_is_a_board_with_every_school() {
    for app in loaded("the_map_is_a_board", &data_folder("french-breton")).await {
        let page = page(&app, "/map").await;
        assert!(!page.contains("data-map"), "{}", app.name);
        let data =
            app.data("{ schools(first: 100) { nodes { slug } } townships(first: 100) { nodes { slug } } }").await;
        assert_eq!(school_links(&page), slugs(&data["schools"]), "{}", app.name);
        assert!(!slugs(&data["townships"]).is_empty(), "{}", app.name);
        for slug in slugs(&data["townships"]) {
            assert!(page.contains(&format!("/townships/{slug}\"")), "{}: {slug}", app.name);
        }
    }
}

/// Adds rows to a file of a data set; the first column of each is a number.
fn add_rows(folder: &Path, file: &str, n: usize, row: impl Fn(usize) -> String) {
    let path = folder.join(file);
    let mut text = fs::read_to_string(&path).unwrap_or_default();
    for at in 0..n {
        writeln!(text, "{}", row(at)).expect("a string");
    }
    fs::write(path, text).expect("written");
}

/// A map with more regions, partners and campuses than a page of a list has, and more townships and groups than are read.
fn large_map() -> tempfile::TempDir {
    let copy = data_copy("french-breton");
    let folder = copy.path();
    add_rows(folder, "regions.csv", 230, |at| format!("r-{at},,,,Région {at},,,Annuaire.2025,,Dept_99"));
    fs::write(
        folder.join("townships.csv"),
        "township_id,name_fr,kind,region_id,source_id,district_id,outline,outline_basis,outline_source_id\n\
         99001,Commune,town,Su,Annuaire.2025,Dept_99,,,\n",
    )
    .expect("written");
    add_rows(folder, "townships.csv", 1050, |at| {
        let (x, y) = (at % 40, at / 40);
        let outline = format!("[[{x},{y}],[{},{y}],[{x},{}],[{x},{y}]]", x + 1, y + 1);
        let outline = format!("\"{{\"\"type\"\":\"\"Polygon\"\",\"\"coordinates\"\":[{outline}]}}\"");
        let (region, district) =
            if at == 0 { (String::new(), "Dept_98") } else { (format!("r-{}", at % 230), "Dept_99") };
        format!("t-{at},Commune {at},town,{region},Annuaire.2025,{district},{outline},stated,Annuaire.2025")
    });
    add_rows(folder, "districts.csv", 1, |_| "Dept_98,Autre Département,,Annuaire.2025,,Europe/Paris".to_owned());
    add_rows(folder, "groups.csv", 1050, |at| format!("g-{at},Réseau {at},operating,Annuaire.2025,,Dept_99"));
    add_rows(folder, "partners.csv", 131, |at| match at {
        0 => "partner_id,name_fr,source_id,latitude,longitude,location_precision,location_source_id".to_owned(),
        at => format!("p-{at},Partenaire {at},Annuaire.2025,{},{},building,Annuaire.2025", at % 20, at % 30),
    });
    add_rows(folder, "campuses.csv", 24, |at| format!("c-{at},0999901A,Annexe {at},,,,,,Annuaire.2025"));
    copy
}

#[tokio::test]
async fn long_lists_are_read_on_and_what_is_still_left_out_is_said() {
    let folder = large_map();
    for app in loaded("long_lists_are_read_on", folder.path()).await {
        let text = page(&app, "/map").await;
        let data = app
            .data(
                "{ townships(first: 0) { totalCount } groups(first: 0) { totalCount }
                    regions(first: 0) { totalCount }
                    school(slug: \"0999901A\") { campuses(first: 0) { totalCount } } }",
            )
            .await;
        let n = |list: &Value| list["totalCount"].as_i64().expect("a count");
        assert_eq!(links_to(&text, "regions").len() as i64, n(&data["regions"]), "{}", app.name);
        let (townships, groups) = (n(&data["townships"]), n(&data["groups"]));
        assert!(townships > 1000 && groups > 1000, "{}: {data}", app.name);
        assert_eq!(links_to(section(&text, "areas"), "townships").len(), 1000, "{}", app.name);
        let said = format!("Townships: only the first 1,000 of 1,0{} are on this page.", townships - 1000);
        assert!(text.contains(&said), "{}: {said}", app.name);
        assert!(!text.contains("Regions: only"), "{}", app.name);
        let drawn = drawn_from(&text, "data-map");
        assert!(drawn["areas"].as_array().expect("areas").len() >= 999, "{}", app.name);
        assert_eq!(drawn["places"].as_array().expect("places").len(), 130, "{}", app.name);
        let rest = n(&data["school"]["campuses"]) - 20;
        assert!(rest > 0 && text.contains(&format!("{rest} more campuses of schools")), "{}: {rest}", app.name);

        let select = |text: &str, name: &str| -> String {
            let rest = text.split_once(&format!("<select name=\"{name}\"")).expect("a select").1;
            rest.split("</select>").next().expect("an end").to_owned()
        };
        let choice = select(&text, "group");
        let more = format!("<option disabled>and {} more</option>", groups - 1000);
        // One of them stands for none, another says how many are missing.
        assert_eq!(choice.matches("<option").count(), 1002, "{}", app.name);
        assert!(choice.contains(&more), "{}: {more}", app.name);
        let slug = (0..1050).map(|at| format!("g-{at}")).find(|slug| !choice.contains(&format!("\"{slug}\"")));
        let slug = slug.expect("one is left out");
        let narrowed = select(&page(&app, &format!("/map?group={slug}")).await, "group");
        assert!(narrowed.contains(&format!("<option value=\"{slug}\" selected")), "{}: {slug}", app.name);

        // One district has its own areas only.
        assert_eq!(select(&text, "district").matches("<option").count(), 3, "{}", app.name);
        let other = page(&app, "/map?district=Dept_98").await;
        let areas = drawn_from(&other, "data-map")["areas"].take();
        let names: Vec<_> = areas.as_array().expect("areas").iter().map(|area| &area["name"]).collect();
        assert_eq!(names, ["Commune 0"], "{}", app.name);
        assert!(links_to(&other, "regions").is_empty() && !select(&other, "stage").is_empty(), "{}", app.name);

        let regions = select(&page(&app, "/coverage").await, "region");
        assert_eq!(regions.matches("<option").count() as i64, n(&data["regions"]) + 1, "{}", app.name);
    }
}

#[tokio::test]
async fn a_network_of_very_many_is_drawn_as_far_as_it_can_be_read_and_listed_whole() {
    let copy = data_copy("french-breton");
    let (groups, members) = (12, 100);
    add_rows(copy.path(), "groups.csv", groups, |at| format!("g-{at},Réseau {at},operating,Annuaire.2025,,Dept_99"));
    add_rows(copy.path(), "schools.csv", groups * members, |at| {
        format!("s-{at},,École {at},,,,,Annuaire.2025,,Dept_99")
    });
    add_rows(copy.path(), "group_memberships.csv", groups * members, |at| {
        format!("g-{},s-{at},member,,Annuaire.2025,", at / members)
    });
    for app in loaded("a_network_of_very_many", copy.path()).await {
        let text = page(&app, "/network").await;
        let drawn = drawn_from(&text, "data-network");
        let nodes: BTreeSet<&str> =
            drawn["nodes"].as_array().expect("nodes").iter().map(|it| it["id"].as_str().expect("an id")).collect();
        assert_eq!(nodes.len(), 1000, "{}", app.name);
        // Those with the most ties are drawn, and only ties between what is drawn.
        assert!((0..groups).all(|at| nodes.contains(format!("Group/g-{at}").as_str())), "{}", app.name);
        for tie in drawn["edges"].as_array().expect("ties") {
            let ends = ["source", "target"].map(|end| tie[end].as_str().expect("an end"));
            assert!(ends.iter().all(|end| nodes.contains(end)), "{}: {tie}", app.name);
        }
        let lead = text.split_once("<p class=\"lead\">").expect("a lead").1.split('<').next().expect("its end");
        assert!(lead.starts_with("1,2"), "{}: {lead}", app.name);
        assert!(text.contains("The 1,000 with the most ties are drawn"), "{}", app.name);
        let memberships = fs::read_to_string(copy.path().join("group_memberships.csv")).expect("a file");
        let members: BTreeSet<String> =
            memberships.lines().skip(1).filter_map(|row| row.split(',').nth(1)).map(str::to_owned).collect();
        assert_eq!(school_links(section(&text, "ties")), members, "{}", app.name);
    }
}

#[tokio::test]
async fn pages_with_pictures_say_so_where_nothing_is_recorded_and_refuse_what_is_no_choice() {
    for app in empty("pages_with_pictures_are_empty").await {
        for path in ["/map", "/coverage", "/ways", "/projects", "/quality"] {
            let page = page(&app, path).await;
            assert!(page.contains("<h1>") && !page.contains("data-map=") && !page.contains("data-ways="), "{path}");
        }
        for (path, status) in [
            ("/map?stage=EVENING", 400),
            ("/coverage?of=LUCK", 400),
            ("/projects?status=LUCK", 400),
            ("/ways?school=nowhere", 404),
        ] {
            let answer = app.send(Request::get(path).body(Body::empty()).expect("a request")).await;
            assert_eq!(answer.status, status, "{}: {path}", app.name);
        }
    }
}

/// The numbers of the bars below a heading, row by row: covered, uncovered and unknown.
fn bars(part: &str) -> Vec<[i64; 3]> {
    let number =
        |rest: &str| -> i64 { rest.split('<').next().expect("a number").replace(',', "").parse().expect("a number") };
    let numbers: Vec<i64> = part.split("<span class=\"n\">").skip(1).map(number).collect();
    numbers.chunks(3).map(|row| [row[0], row[1], row[2]]).collect()
}

#[tokio::test]
async fn bars_of_coverage_are_counted_as_the_api_counts_and_lead_to_those_they_count() {
    let mut apps = chaoyang("bars_of_coverage").await;
    apps.extend(loaded("bars_of_coverage_elsewhere", &data_folder("french-breton")).await);
    for app in apps {
        for (address, of, filter) in [
            ("/coverage", "GROUPS", ""),
            ("/coverage?of=PARTNERS&ownership=PUBLIC", "PARTNERS", "ownership: [PUBLIC]"),
            ("/coverage?of=ALLIANCES&stage=JUNIOR", "ALLIANCES", "stage: [JUNIOR]"),
        ] {
            let page = page(&app, address).await;
            let counts = "total covered uncovered unknown";
            let items = "coveredItems(first: 100) { nodes { slug } } unknownItems(first: 100) { nodes { slug } }
                uncoveredItems(first: 100) { nodes { slug } }";
            let data = app
                .data(&format!(
                    "{{ all: coverage(of: {of}, filter: {{ {filter} }}) {{ {counts} }}
                        region: coverage(of: {of}, by: [REGION], filter: {{ {filter} }}) {{ rows {{ {counts} }} }}
                        ownership: coverage(of: {of}, by: [OWNERSHIP], filter: {{ {filter} }}) {{ rows {{ {counts} {items} }} }}
                        stage: coverage(of: {of}, by: [STAGE], filter: {{ {filter} }}) {{ rows {{ {counts} }} }}
                        gaps {{ count }} }}"
                ))
                .await;
            let of_row =
                |row: &Value| ["covered", "uncovered", "unknown"].map(|name| row[name].as_i64().expect("a count"));
            if data["all"]["total"] == 0 {
                assert!(!page.contains("bar-of"), "{}: {address}", app.name);
                continue;
            }
            assert_eq!(bars(section(&page, "all")), [of_row(&data["all"])], "{}: {address}", app.name);
            for by in ["region", "ownership", "stage"] {
                let rows: Vec<_> = data[by]["rows"].as_array().expect("rows").iter().map(of_row).collect();
                assert_eq!(bars(section(&page, &format!("by-{by}"))), rows, "{}: {address}: {by}", app.name);
            }
            let behind: BTreeSet<String> = data["ownership"]["rows"]
                .as_array()
                .expect("rows")
                .iter()
                .flat_map(|row| ["coveredItems", "uncoveredItems", "unknownItems"].map(|list| slugs(&row[list])))
                .flatten()
                .collect();
            assert_eq!(school_links(section(&page, "by-ownership")), behind, "{}: {address}", app.name);
            let gaps: BTreeSet<i64> = data["gaps"]
                .as_array()
                .expect("gaps")
                .iter()
                .map(|gap| gap["count"].as_i64().expect("a count"))
                .collect();
            let told = section(&page, "gaps");
            for n in gaps.into_iter().filter(|n| *n > 0) {
                assert!(told.contains(&format!("<span class=\"n\">{n}</span>")), "{}: {address}: {n}", app.name);
            }
        }
    }
}

#[tokio::test]
async fn ways_are_counted_step_by_step_and_dead_ends_are_named() {
    for app in chaoyang("ways_are_counted").await {
        let text = page(&app, "/ways").await;
        let asked = "ways(years: 15, first: 100) { ways { steps { from { stage school { slug } } to { stage school { slug } } } } }";
        let mut steps = BTreeSet::new();
        for school in all_schools(&app, "", asked).await {
            for way in school["ways"]["ways"].as_array().into_iter().flatten() {
                steps.extend(way["steps"].as_array().expect("steps").iter().map(|step| step.to_string()));
            }
        }
        let drawn = drawn_from(&text, "data-ways");
        let sum: u64 =
            drawn["links"].as_array().expect("links").iter().map(|link| link["value"].as_u64().expect("n")).sum();
        assert!(steps.len() > 100, "{}: {}", app.name, steps.len());
        assert_eq!(sum, steps.len() as u64, "{}", app.name);
        assert!(text.contains(&format!("{sum} steps from school to school")), "{}", app.name);
        for (stage, id) in [("PRIMARY", "end-primary"), ("JUNIOR", "end-junior")] {
            let question =
                format!("{{ schools(first: 100, filter: {{ deadEnd: [{stage}] }}) {{ nodes {{ slug }} }} }}");
            let ends = slugs(&app.data(&question).await["schools"]);
            assert!(!ends.is_empty(), "{}: {stage}", app.name);
            assert_eq!(school_links(section(&text, id)), ends, "{}: {stage}", app.name);
        }

        // From one school: each step of its ways once, with the places that its sources state.
        let question = r#"{ school(slug: "bj80") { ways(years: 15, first: 100) { totalCount ways { steps { to { stage school { slug } } reasons { places } } } } } }"#;
        let ways = app.data(question).await["school"]["ways"].take();
        let text = page(&app, "/ways?school=bj80").await;
        let n = ways["totalCount"].as_u64().expect("a count");
        assert!(n > 1 && text.contains(&format!("{n} ways lead on")), "{}: {n}", app.name);
        let reached: BTreeSet<String> = ways["ways"]
            .as_array()
            .expect("ways")
            .iter()
            .flat_map(|way| way["steps"].as_array().expect("steps"))
            .map(|step| step["to"]["school"]["slug"].as_str().expect("a slug").to_owned())
            .collect();
        let listed = school_links(section(&text, "steps"));
        assert!(reached.is_subset(&listed), "{}: {reached:?} {listed:?}", app.name);
        let drawn = drawn_from(&text, "data-ways");
        assert_eq!(drawn["nodes"].as_array().map(|nodes| nodes.len() > 2), Some(true), "{}: {drawn}", app.name);
        assert_ne!(drawn["links"], json!([]), "{}", app.name);
    }
}

#[tokio::test]
async fn doubts_are_those_of_the_api_with_both_quotes_of_each_contradiction() {
    for app in chaoyang("doubts_are_those_of_the_api").await {
        let text = unescape(&page(&app, "/quality").await);
        let data = app
            .data(
                "{ contradictions(first: 100) { totalCount edges { recordedBy { quote } sources { quote } } }
                    findings { totalCount } findingRules { rule count } }",
            )
            .await;
        let [disagree, found] =
            ["contradictions", "findings"].map(|list| data[list]["totalCount"].as_u64().expect("n"));
        assert!(disagree > 0 && found > 0, "{}: {data}", app.name);
        let lead = format!("Sources disagree on {disagree} statements, and rules find {found} records");
        assert!(text.contains(&lead), "{}: {lead}", app.name);
        for edge in data["contradictions"]["edges"].as_array().expect("edges") {
            for citation in ["recordedBy", "sources"].iter().flat_map(|side| edge[*side].as_array().expect("sources")) {
                let Some(quote) = citation["quote"].as_str() else { continue };
                assert!(section(&text, "disagree").contains(quote), "{}: {quote}", app.name);
            }
        }
        for rule in data["findingRules"].as_array().expect("rules") {
            let n = rule["count"].as_u64().expect("a count");
            let id = format!(" id=\"{}\"", rule["rule"].as_str().expect("a rule").to_lowercase());
            assert_eq!(text.contains(&id), n > 0, "{}: {rule}", app.name);
            if n > 0 {
                let heading = text.split_once(&id).expect("a heading").1.split("</h2>").next().expect("an end");
                assert!(heading.contains(&format!(">{n} · ")), "{}: {rule}: {heading}", app.name);
            }
        }
    }
}

/// The numbers of a part of a page that stand in front of these words.
fn numbers_before(part: &str, words: &str) -> i64 {
    let number = |before: &str| {
        let digits: String = before.chars().rev().take_while(|it| it.is_ascii_digit() || *it == ',').collect();
        digits.chars().rev().filter(char::is_ascii_digit).collect::<String>().parse::<i64>().expect("a number")
    };
    let parts: Vec<&str> = part.split(words).collect();
    parts[..parts.len() - 1].iter().map(|before| number(before)).sum()
}

#[tokio::test]
async fn projects_that_are_due_and_opened_are_counted_apart_as_the_api_counts() {
    let mut apps = chaoyang("projects_are_counted_apart").await;
    apps.extend(loaded("projects_are_counted_elsewhere", &data_folder("english-periods")).await);
    for app in apps {
        for (address, filter) in [("/projects", ""), ("/projects?status=PLANNED", "status: [PLANNED]")] {
            let page = page(&app, address).await;
            let data = app
                .data(&format!(
                    "{{ projects(first: 100, filter: {{ {filter} }}) {{
                        totalCount
                        nodes {{ slug places dueOn {{ text }} openedOn {{ text }} }}
                        breakdown(by: [STATUS]) {{ count status places {{ sum recordedCount }} }} }} }}"
                ))
                .await;
            let list = &data["projects"];
            if list["totalCount"] == 0 {
                assert!(!page.contains("bar-of"), "{}: {address}", app.name);
                continue;
            }
            let sum = |is_opened: bool, count: &dyn Fn(&Value) -> i64| -> i64 {
                let rows = list["breakdown"].as_array().expect("rows").iter();
                rows.filter(|row| row["status"] != "UNKNOWN" && (row["status"] == "OPENED") == is_opened)
                    .map(count)
                    .sum()
            };
            let count = |row: &Value| row["count"].as_i64().expect("a count");
            let recorded = |row: &Value| row["places"]["recordedCount"].as_i64().expect("a count");
            let places = |row: &Value| row["places"]["sum"].as_i64().expect("a sum");
            let (due, opened) = (sum(false, &count), sum(true, &count));
            assert!(page.contains(&format!("Due: {due}. Opened: {opened}.")), "{}: {address}", app.name);
            for id in ["by-year", "by-region"] {
                let part = section(&page, id);
                assert_eq!(numbers_before(part, "</span> not opened yet"), due, "{}: {address}: {id}", app.name);
                assert_eq!(numbers_before(part, "</span> opened"), opened, "{}: {address}: {id}", app.name);
                let stated = numbers_before(part, " places stated") + numbers_before(part, " place stated");
                assert_eq!(stated, sum(false, &places) + sum(true, &places), "{}: {address}: {id}", app.name);
                let without =
                    numbers_before(part, " project not stated") + numbers_before(part, " projects not stated");
                let known = sum(false, &recorded) + sum(true, &recorded);
                assert_eq!(without, due + opened - known, "{}: {address}: {id}", app.name);
                for slug in slugs(list) {
                    assert!(part.contains(&format!("/projects/{slug}\"")), "{}: {address}: {id}: {slug}", app.name);
                }
            }
            let each = section(&page, "each");
            for date in nodes(list).iter().flat_map(|node| [&node["dueOn"]["text"], &node["openedOn"]["text"]]) {
                let Some(text) = date.as_str() else { continue };
                assert!(each.contains(&format!("datetime=\"{text}\"")), "{}: {address}: {text}", app.name);
            }
        }
    }
}
