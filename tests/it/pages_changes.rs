//! The page of what changed: the same numbers and the same changes as the API answers, by both clocks.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::Value;
use tests::{TestApp, chaoyang, data_copy, loaded, schema::items};

async fn page(app: &TestApp, path: &str) -> String {
    let request = Request::get(path).header("accept-language", "en").body(Body::empty()).expect("a request");
    let answer = app.send(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}: {path}: {}", app.name, answer.body);
    answer.body
}

fn main_part(page: &str) -> &str {
    page.split_once("<main").expect("a main part").1.split("</main>").next().expect("its end")
}

/// The part of a page from a heading's id to the next section.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let rest = page.split_once(&format!("<h2 id=\"{id}\"")).unwrap_or_else(|| panic!("no #{id}: {page}")).1;
    rest.split("<section").next().expect("a part")
}

/// The addresses that a part of a page links to, as a browser sends them.
fn links(part: &str) -> Vec<String> {
    let links = part.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.map(|link| link.trim_start_matches('.').replace("&amp;", "&")).collect()
}

/// The nouns of a list of changes on a page, by their addresses.
fn nouns(part: &str) -> BTreeSet<String> {
    let entries =
        part.split_once("<ul class=\"changes\">").map_or("", |(_, list)| list).split("<li><span class=\"noun\">");
    entries.skip(1).filter_map(|entry| links(entry).into_iter().next()).collect()
}

/// The number beside a heading.
fn total(part: &str) -> &str {
    part.split_once("class=\"count\">").expect("a count").1.split('<').next().expect("a number")
}

const CHANGES: &str = "
    happenedCounts { nounKind kind count } learnedCounts { nounKind kind count }
    happened(first: 100) { totalCount edges { kind noun { slug } other { slug } since sources { quote } fields { was is } } }
    learned(first: 100) { totalCount edges { kind noun { slug } fields { field was is } } }";

#[tokio::test]
async fn changes_between_releases_are_counted_and_listed_as_the_api_does() {
    for app in chaoyang("changes_between_releases").await {
        let data = app.data("{ releases { slug view { asOf } } schools(first: 0) { totalCount } }").await;
        let releases: Vec<&str> = items(&data["releases"]).iter().filter_map(|it| it["slug"].as_str()).collect();
        let [later, earlier] = releases[..] else { panic!("{releases:?}") };
        let (from, to) = (format!("{{ release: \"{earlier}\" }}"), format!("{{ release: \"{later}\" }}"));
        let changes =
            app.data(&format!("{{ changes(from: {from}, to: {to}) {{ {CHANGES} }} }}")).await["changes"].take();

        // Without a word it is the latest pair of releases.
        let page_of_releases = page(&app, "/changes").await;
        let named = page(&app, &format!("/changes?from={earlier}&to={later}")).await;
        assert_eq!(main_part(&page_of_releases), main_part(&named), "{}", app.name);
        let happened = section(&page_of_releases, "happened");
        assert_eq!(total(happened), changes["happened"]["totalCount"].to_string(), "{}", app.name);
        assert_eq!(total(section(&page_of_releases, "learned")), "0", "{}", app.name);

        // Each number of the table leads to those that it counts.
        let cells: Vec<String> = links(happened).into_iter().filter(|link| link.contains("&kind=")).collect();
        let counts = items(&changes["happenedCounts"]);
        assert_eq!(cells.len(), counts.len(), "{}: {cells:?}", app.name);
        for count in counts {
            let of = |name: &str| count[name].as_str().expect("a word");
            let end = format!("list=happened&kind={}&noun={}", of("kind"), of("nounKind"));
            let cell = cells.iter().find(|link| link.ends_with(&end)).unwrap_or_else(|| panic!("{end}: {cells:?}"));
            let behind = page(&app, cell).await;
            assert_eq!(total(section(&behind, "happened")), count["count"].to_string(), "{}: {cell}", app.name);
        }

        // Page by page there is every noun, once.
        let all = format!("/changes?from={earlier}&to={later}&list=happened");
        let (mut path, mut walked) = (all, BTreeSet::new());
        loop {
            let text = page(&app, &path).await;
            walked.extend(nouns(section(&text, "happened")));
            let Some((_, next)) = text.split_once("rel=\"next\" href=\".") else { break };
            path = next.split('"').next().expect("a link").replace("&amp;", "&");
        }
        let slug = |link: &String| link.rsplit('/').next().and_then(|rest| rest.split('?').next()).map(str::to_owned);
        let slugs: BTreeSet<String> = walked.iter().filter_map(slug).collect();
        let edges = items(&changes["happened"]["edges"]);
        let expected: BTreeSet<String> =
            edges.iter().filter_map(|edge| edge["noun"]["slug"].as_str()).map(str::to_owned).collect();
        assert!(edges.len() > 50, "{}: {}", app.name, edges.len());
        assert_eq!(slugs, expected, "{}", app.name);
        for link in &walked {
            page(&app, link).await;
        }

        // Both maps are counted, and the numbers lead to them.
        let both = section(&page_of_releases, "both");
        for link in links(both) {
            let rest = both.replace("&amp;", "&");
            let n =
                rest.split_once(&format!("{link}\">")).and_then(|(_, rest)| rest.split('<').next()).expect("a number");
            let list = page(&app, &link).await;
            assert!(list.contains(&format!("<p class=\"lead\">{n} ")) || link.starts_with("/projects"), "{link}: {n}");
        }
    }
}

#[tokio::test]
async fn what_was_learned_shows_what_was_said_and_what_is_said_beside_it() {
    let copy = data_copy("hindi-english");
    let schools = copy.path().join("schools.csv");
    for app in loaded("changes_learned", copy.path()).await {
        std::fs::write(&schools, "school_id,name_hi,name_en\nvidyalaya-1,,First school\nvidyalaya-2,उदाहरण,\n")
            .expect("written");
        app.import(copy.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let text = "school_id,name_hi,name_en\nvidyalaya-1,,<b>First</b> school\nvidyalaya-3,नया,\n";
        std::fs::write(&schools, text).expect("written");
        app.import(copy.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let day = app.data("{ view { asOf } }").await["view"]["asOf"].as_str().expect("a day").to_owned();

        let view = |revision: u32| format!("{{ asOf: \"{day}\", knownAt: {revision} }}");
        let query = format!("{{ changes(from: {}, to: {}) {{ {CHANGES} }} }}", view(2), view(3));
        let learned = app.data(&query).await["changes"]["learned"].take();
        let kinds: BTreeSet<&str> =
            items(&learned["edges"]).iter().filter_map(|edge: &Value| edge["kind"].as_str()).collect();
        assert_eq!(kinds, BTreeSet::from(["ADDED", "CORRECTED", "REMOVED"]), "{}", app.name);

        // The page offers what the last revision brought.
        let start = page(&app, "/changes").await;
        let last = links(&start).into_iter().find(|link| link.contains("%402&to=") && link.ends_with("%403"));
        let text = page(&app, &last.expect("a link to the last revision")).await;
        let part = section(&text, "learned");
        assert_eq!(total(part), learned["totalCount"].to_string(), "{}", app.name);
        assert_eq!(total(section(&text, "happened")), "0", "{}", app.name);
        assert!(part.contains("<del>First school</del> → <ins>&lt;b&gt;First&lt;/b&gt; school</ins>"), "{part}");
        for slug in ["vidyalaya-1", "vidyalaya-2", "vidyalaya-3"] {
            let link = nouns(part).into_iter().find(|link| link.contains(slug)).expect("a link");
            assert!(page(&app, &link).await.contains("<h1>"), "{}: {link}", app.name);
        }
        // What is known no longer is named as the earlier revision knew it.
        assert!(part.contains("<span lang=\"hi\">उदाहरण</span>"), "{part}");
    }
}
