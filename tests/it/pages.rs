//! The pages that the server writes: whole without a script, the same as the API says, in each language, on any map.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use serde_json::Value;
use tests::{TestApp, chaoyang, data_copy, data_folder, empty, loaded, root, schema::items};
use tower::ServiceExt;

/// A page as it was sent.
struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Got {
    get_by(app, "GET", path, headers).await
}

async fn get_by(app: &TestApp, method: &str, path: &str, headers: &[(&str, &str)]) -> Got {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("answered");
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    Got { status, headers, text: String::from_utf8(bytes.to_vec()).expect("UTF-8") }
}

/// The languages that the pages speak: each is a file.
fn languages() -> Vec<String> {
    let files = std::fs::read_dir(root().join("crates/server/texts")).expect("a folder");
    let names = files.map(|file| file.expect("a file").path());
    names.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
}

/// The lists of nouns: each field of `Query`, its path, and whether it is one.
async fn lists(app: &TestApp) -> Vec<(String, String)> {
    let data = app.data("{ __schema { queryType { fields { name args { name } type { name } } } } }").await;
    let fields = items(&data["__schema"]["queryType"]["fields"]);
    let is_list = |field: &&Value| items(&field["args"]).iter().any(|argument| argument["name"] == "orderBy");
    let kebab = |name: &str| {
        name.chars().fold(String::new(), |path, letter| match letter.is_ascii_uppercase() {
            true => format!("{path}-{}", letter.to_ascii_lowercase()),
            false => format!("{path}{letter}"),
        })
    };
    let named = fields.iter().filter(is_list).map(|field| field["name"].as_str().expect("a name").to_owned());
    named.map(|name| (name.clone(), kebab(&name))).collect()
}

/// The values of an attribute in a page.
fn attributes<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    text.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What holds of every page.
fn check(got: &Got, path: &str, language: &str) {
    let Got { headers, text, .. } = got;
    assert!(text.starts_with(&format!("<!DOCTYPE html><html lang=\"{language}\">")), "{path}: {}", &text[..80]);
    for once in ["<title>", "<h1", "name=\"description\"", "rel=\"canonical\"", "property=\"og:title\"", "id=\"main\""]
    {
        assert_eq!(text.matches(once).count(), 1, "{path}: {once}");
    }
    assert!(!text.contains("<style") && attributes(text, "style").is_empty(), "{path}");
    assert!(text.split("<script").skip(1).all(|script| script.starts_with(" type=\"module\" src=")), "{path}");
    assert!(!text.contains(" onclick=") && !text.contains("javascript:"), "{path}");
    // What is unknown is striped by a pattern of the page.
    assert!(!text.contains("part is-unknown") || text.contains(" id=\"unknown-stripes\""), "{path}: no stripes");
    let ids = attributes(text, "id");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{path}: an id occurs twice");
    // No word is as the schema writes it, but in the text of the question.
    let shown: String =
        text.split("<pre").map(|part| part.split_once("</pre>").map_or(part, |(_, rest)| rest)).collect();
    for word in shown.split('>').filter_map(|part| part.split('<').next()) {
        let is_raw = word.contains('_') && word.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
        assert!(!is_raw, "{path}: {word}");
    }
    let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("script-src 'self'") && policy.contains("form-action 'self'"), "{policy}");
    // What draws the network sets styles by itself.
    let is_allowed = |part: &str| path.starts_with("/network") && part.trim_start().starts_with("style-src");
    assert!(policy.split(';').all(|part| !part.contains("unsafe") || is_allowed(part)), "{policy}");
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
}

/// Every kind of page on a map: fixed ones, all lists, one noun of each kind, and one list of each noun.
async fn check_all(app: &TestApp, language: &str) -> usize {
    // The words of another language are held against these in a test of their own.
    let n_nouns = if language == "en" { 2 } else { 1 };
    let mut paths = ["/", "/search", "/search?q=school", "/changes?fromDay=2000-01-01"].map(str::to_owned).to_vec();
    let front = get(app, "/?lang=en", &[]).await.text;
    let nav = front.split_once("<nav").expect("a navigation").1.split("</nav>").next().expect("its end");
    paths.extend(
        attributes(nav, "href").into_iter().filter_map(|link| link.split('?').next()).map(|link| link[1..].to_owned()),
    );
    assert!(paths.len() > 9, "{paths:?}");
    for (field, path) in lists(app).await {
        let list = format!("/{path}");
        if !paths.contains(&list) {
            paths.push(list);
        }
        let data = app.data(&format!("{{ {field}(first: {n_nouns}) {{ nodes {{ slug }} }} }}")).await;
        for node in items(&data[&field]["nodes"]) {
            paths.push(format!("/{path}/{}", node["slug"].as_str().expect("a slug")));
        }
    }
    let mut ties = BTreeSet::new();
    for path in &paths {
        let separator = if path.contains('?') { '&' } else { '?' };
        let got = get(app, &format!("{path}{separator}lang={language}"), &[]).await;
        assert_eq!(got.status, StatusCode::OK, "{}: {path}", app.name);
        check(&got, path, language);
        let more = attributes(&got.text, "href").into_iter().filter(|link| link.matches('/').count() == 4);
        ties.extend(more.filter(|link| link.starts_with("../") && !link.contains("assets")).map(str::to_owned));
    }
    for tie in ties.iter().take(6) {
        let path = tie.trim_start_matches("../").replace("&amp;", "&");
        let got = get(app, &format!("/{path}"), &[]).await;
        assert_eq!(got.status, StatusCode::OK, "{}: {path}", app.name);
        check(&got, &path, language);
    }
    paths.len()
}

#[tokio::test]
async fn every_page_is_whole_on_an_empty_map_on_the_bundled_and_on_another() {
    for app in empty("pages_of_an_empty_map").await {
        for language in languages() {
            check_all(&app, &language).await;
        }
    }
    for app in chaoyang("pages_of_the_bundled_map").await {
        for language in languages() {
            let n_pages = check_all(&app, &language).await;
            assert!(n_pages > 45, "{}: {n_pages}", app.name);
        }
    }
    for folder in ["french-breton", "hindi-english"] {
        for app in loaded("pages_of_another_map", &data_folder(folder)).await {
            check_all(&app, "en").await;
        }
    }
}

#[tokio::test]
async fn the_numbers_are_those_of_the_api() {
    for app in chaoyang("numbers_of_pages").await {
        let front = get(&app, "/?lang=en", &[]).await.text;
        let about = get(&app, "/about?lang=en", &[]).await.text;
        for (field, path) in lists(&app).await {
            let data = app.data(&format!("{{ {field}(first: 0) {{ totalCount }} }}")).await;
            let n = data[&field]["totalCount"].as_i64().expect("a number");
            // Projects have a page of another kind, whose numbers `pages_pictures` looks at.
            if path != "projects" {
                let list = get(&app, &format!("/{path}?lang=en"), &[]).await.text;
                assert!(list.contains(&format!("<p class=\"lead\">{n} ")), "{}: {path}: {n}", app.name);
            }
            let has_link = front.contains(&format!("href=\"./{path}?lang=en\""));
            assert_eq!(has_link, n > 0 || field == "schools", "{}: {path}", app.name);
        }
        let query = "{ schools { breakdown(by: [STATUS]) { count status } } gaps { count } }";
        let data = app.data(query).await;
        let rows = items(&data["schools"]["breakdown"]);
        assert!(rows.len() > 2, "{rows:?}");
        for row in rows {
            let (n, status) = (&row["count"], row["status"].as_str().expect("a word"));
            let link = format!("./schools?lang=en&amp;status={status}\"><span class=\"n\">{n}</span>");
            assert!(front.contains(&link), "{}: {link}", app.name);
            let list = get(&app, &format!("/schools?lang=en&status={status}"), &[]).await.text;
            assert!(list.contains(&format!("<p class=\"lead\">{n} ")), "{}: {status}", app.name);
        }
        for gap in items(&data["gaps"]).iter().filter(|gap| gap["count"] != 0) {
            assert!(about.contains(&format!("<strong class=\"num\">{}</strong>", gap["count"])), "{gap}");
        }
    }
}

#[tokio::test]
async fn a_list_is_walked_in_the_view_in_which_it_began() {
    for app in chaoyang("walking_pages").await {
        let (mut path, mut slugs, mut n_pages) = ("/schools".to_owned(), Vec::new(), 0);
        loop {
            let got = get(&app, &path, &[]).await;
            assert_eq!(got.status, StatusCode::OK, "{path}");
            n_pages += 1;
            let rows = got.text.split("<th scope=\"row\">").skip(1);
            slugs.extend(rows.filter_map(|row| attributes(row, "href").first().map(|link| (*link).to_owned())));
            let Some((_, next)) = got.text.split_once("rel=\"next\" href=\".") else { break };
            path = next.split('"').next().expect("a link").replace("&amp;", "&");
            assert!(path.contains("asOf=2026-11-24") && path.contains("knownAt=1"), "{path}");
        }
        let data = app.data("{ schools(first: 0) { totalCount } }").await;
        let names: BTreeSet<_> = slugs.iter().map(|link| link.split('?').next()).collect();
        assert_eq!(names.len() as i64, data["schools"]["totalCount"].as_i64().expect("a number"), "{}", app.name);
        assert!(n_pages > 1 && names.len() == slugs.len());
    }
}

#[tokio::test]
async fn a_noun_has_its_facts_with_sources_and_the_way_to_what_it_became() {
    for app in chaoyang("pages_of_nouns").await {
        let query = "{ schools(first: 100) { nodes { predecessors(first: 3) { nodes {
            slug isOnMap presentDay { slug } } } } } }";
        let data = app.data(query).await;
        let nodes = items(&data["schools"]["nodes"]);
        let mut former = nodes.iter().flat_map(|it| items(&it["predecessors"]["nodes"]));
        let gone = former.find(|it| it["isOnMap"] == false && !items(&it["presentDay"]).is_empty()).expect("one went");
        let got = get(&app, &format!("/schools/{}", gone["slug"].as_str().expect("a slug")), &[]).await;
        assert_eq!(got.status, StatusCode::OK);
        let now = gone["presentDay"][0]["slug"].as_str().expect("a slug");
        let banner =
            got.text.split("class=\"banner\"").nth(1).expect("a banner").split("</p>").next().expect("its end");
        assert!(banner.contains(&format!("../schools/{now}\"")), "{}: {banner}", app.name);

        let query =
            "{ groups(first: 1) { nodes { slug sources { quote } schools(first: 3) { totalCount nodes { slug } } } } }";
        let group = app.data(query).await["groups"]["nodes"][0].take();
        let got = get(&app, &format!("/groups/{}", group["slug"].as_str().expect("a slug")), &[]).await;
        for school in items(&group["schools"]["nodes"]) {
            let link = format!("href=\"../schools/{}\"", school["slug"].as_str().expect("a slug"));
            assert!(got.text.contains(&link), "{}: {link}", app.name);
        }
        // Every number leads to a note, and every note is led to.
        let links = attributes(&got.text, "href");
        let led: BTreeSet<_> = links.iter().filter_map(|link| link.strip_prefix("#note-")).collect();
        let notes: BTreeSet<_> =
            attributes(&got.text, "id").into_iter().filter_map(|id| id.strip_prefix("note-")).collect();
        assert!(!notes.is_empty() && led == notes, "{}: {led:?} {notes:?}", app.name);
        assert!(got.text.contains("role=\"tooltip\""));

        let query = "{ contradictions(first: 100) { edges { field recorded stated node { __typename
            ... on Project { slug } } sources { quote } } } }";
        let data = app.data(query).await;
        let edges = items(&data["contradictions"]["edges"]);
        let of_place = edges.iter().find(|it| it["field"] == "township_id" && it["node"]["slug"].is_string());
        let of_place = of_place.expect("sources disagree about a place");
        let got = get(&app, &format!("/projects/{}", of_place["node"]["slug"].as_str().expect("a slug")), &[]).await;
        for side in ["recorded", "stated"] {
            let link = format!("href=\"../townships/{}\"", of_place[side].as_str().expect("a slug"));
            assert!(got.text.contains(&link), "{}: {link}", app.name);
        }
        assert!(got.text.contains(of_place["sources"][0]["quote"].as_str().expect("words")), "{of_place}");
    }
}

#[tokio::test]
async fn the_question_at_the_foot_gives_the_answer_of_the_page() {
    for app in chaoyang("questions_of_pages").await {
        for path in ["/", "/groups", "/about", "/search?q=school"] {
            let got = get(&app, path, &[]).await;
            let links = attributes(&got.text, "href");
            let json = links.iter().find_map(|link| link.strip_prefix("./graphql?")).expect("a link to the answer");
            let answer = get(&app, &format!("/graphql?{}", json.replace("&amp;", "&")), &[]).await;
            let answer: Value = serde_json::from_str(&answer.text).expect("JSON");
            assert!(answer["data"]["map"].is_object() && answer.get("errors").is_none(), "{path}: {answer}");
            assert!(links.iter().any(|link| link.starts_with("./playground#query=")), "{path}");
        }
    }
}

#[tokio::test]
async fn a_page_is_kept_until_it_changes_and_speaks_the_language_of_its_reader() {
    for app in chaoyang("caching_pages").await {
        let mut tags = BTreeMap::new();
        for language in languages() {
            let got = get(&app, "/about", &[("accept-language", &language)]).await;
            check(&got, "/about", &language);
            assert_eq!(got.headers[header::VARY], "accept-encoding, accept-language");
            assert_eq!(got.headers[header::CACHE_CONTROL], "no-cache");
            let tag = got.headers[header::ETAG].to_str().expect("text").to_owned();
            let again = get(&app, "/about", &[("accept-language", &language), ("if-none-match", &tag)]).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
            let head = get_by(&app, "HEAD", "/about", &[("accept-language", &language)]).await;
            assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
            assert_eq!(head.headers[header::ETAG], tag.as_str());
            // The address comes before the header, and links keep it.
            let named = get(&app, &format!("/about?lang={language}"), &[("accept-language", "fr")]).await;
            check(&named, "/about", &language);
            assert!(attributes(&named.text, "href").contains(&format!("./?lang={language}").as_str()));
            tags.insert(tag, language);
        }
        assert!(tags.len() > 1 && tags.len() == languages().len());
        check(&get(&app, "/about", &[("accept-language", "fr, xx;q=0.5")]).await, "/about", "en");
    }
}

#[tokio::test]
async fn another_language_or_day_keeps_what_the_address_asks_for() {
    for app in chaoyang("parameters_of_pages").await {
        for (path, kept) in [
            ("/schools?status=OPEN", "status=OPEN"),
            ("/map?stage=SENIOR&ownership=PUBLIC", "ownership=PUBLIC&amp;stage=SENIOR"),
            ("/changes?from=2024-09-21&list=happened", "from=2024-09-21"),
            ("/search?q=school", "q=school"),
        ] {
            let got = get(&app, path, &[]).await;
            assert_eq!(got.status, StatusCode::OK, "{}: {path}", app.name);
            let switch = got.text.split_once("class=\"languages\"").expect("languages").1;
            for link in attributes(switch.split("</nav>").next().expect("its end"), "href") {
                assert!(link.contains(kept) && link.contains("lang="), "{}: {path}: {link}", app.name);
            }
            let form =
                got.text.split_once("class=\"day\"").expect("a form").1.split("</form>").next().expect("its end");
            let (name, value) = kept.split("&amp;").next().and_then(|pair| pair.split_once('=')).expect("a pair");
            let field = format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
            assert!(form.contains(&field), "{}: {path}: {form}", app.name);
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page() {
    for app in chaoyang("pages_that_are_missing").await {
        for (path, status, told) in [
            ("/schools/no-such-school", 404, "no-such-school"),
            ("/groups/no-such-group/schools", 404, "no-such-group"),
            ("/?asOf=yesterday", 400, "yesterday"),
            ("/schools?asOf=2024-02-30", 400, "2024-02-30"),
            ("/?knownAt=99", 400, "99"),
            ("/?knownAt=two", 400, "two"),
            ("/schools?status=BURNT", 400, "BURNT"),
            ("/schools?after=nonsense", 400, "<h1>"),
            ("/changes?from=no-such-release", 400, "no-such-release"),
            ("/changes?from=asOf:2024-09-31", 400, "2024-09-31"),
            ("/changes?from=asOf:2024-09-21@x", 400, "<h1>"),
            ("/changes?fromDay=2025-01-01&toDay=2024-01-01", 400, "2025-01-01"),
            ("/changes?fromKnownAt=7", 400, "7"),
            ("/changes?fromKnownAt=one", 400, "one"),
            ("/changes?kind=BURNT", 400, "BURNT"),
            ("/changes?noun=BURNT", 400, "BURNT"),
            ("/changes?list=burnt", 400, "burnt"),
            ("/changes?list=happened&after=nonsense", 400, "<h1>"),
        ] {
            let got = get(&app, path, &[]).await;
            assert_eq!(got.status, status, "{}: {path}: {}", app.name, got.text);
            check(&got, path, "en");
            assert!(got.text.contains(told) && got.text.contains("/search\""), "{path}: {}", got.text);
            assert_eq!(got.headers[header::CACHE_CONTROL], "no-store");
        }
        let got = get(&app, "/search?q=x", &[]).await;
        assert_eq!(got.status, StatusCode::OK, "{}", got.text);
        assert!(got.text.contains("class=\"banner\""));
    }
}

#[tokio::test]
async fn what_the_data_says_is_text_and_never_markup() {
    let copy = data_copy("hindi-english");
    let name = "<script>alert(1)</script> & \"Sons\"";
    let cell = name.replace('"', "\"\"");
    let text = format!("school_id,name_hi,name_en\nvidyalaya-1,,\"{cell}\"\nvidyalaya-2,उदाहरण,\n");
    std::fs::write(copy.path().join("schools.csv"), text).expect("written");
    for app in loaded("markup_in_names", copy.path()).await {
        for path in [
            "/schools",
            "/schools/vidyalaya-1",
            "/search?q=script",
            "/search?q=%3Cscript%3Ealert",
            "/schools/%3Cscript%3E",
        ] {
            let got = get(&app, path, &[]).await;
            check(&got, path, "en");
            assert!(!got.text.contains("<script>") && got.text.contains("&lt;script&gt;"), "{}: {path}", app.name);
        }
        // A name without a translation says which language it is in.
        let got = get(&app, "/schools/vidyalaya-2", &[]).await;
        assert!(got.text.contains("<h1><span lang=\"hi\">"), "{}", got.text);
    }
}
