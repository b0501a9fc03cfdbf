//! The real map, walked in single queries, in both directions.

use serde_json::{Value, json};
use tests::chaoyang;

/// The texts at a path of names in which lists are walked through.
fn texts(value: &Value, path: &[&str]) -> Vec<String> {
    match (value, path) {
        (Value::Array(items), _) => items.iter().flat_map(|item| texts(item, path)).collect(),
        (value, [name, rest @ ..]) => texts(&value[*name], rest),
        (Value::Null, []) => Vec::new(),
        (Value::String(text), []) => vec![text.clone()],
        (value, []) => vec![value.to_string()],
    }
}

#[tokio::test]
async fn a_school_leads_to_its_group_its_alliances_and_their_partners() {
    for app in chaoyang("a_school_leads_to_its_partners").await {
        let data = app
            .data(
                r#"{ school(slug: "beijing-academy") { name(lang: "en") sources { title }
                    groups { edges { role sources { quote } node { slug sources { title }
                    alliances { edges { basis sources { quote } node { slug functions { seq text(lang: "en") sources { title } }
                    resourceCategories { category sources { quote } }
                    partners { totalCount edges { role sources { quote confidence } node { slug kinds sources { url } } } } } } } } } } } }"#,
            )
            .await;
        let groups = ["school", "groups", "edges"];
        let at = |rest: &[&str]| texts(&data, &[&groups[..], rest].concat());
        assert_eq!(at(&["node", "slug"]), ["beijing-academy-group"]);
        assert_eq!(at(&["role"]), ["LEAD"]);
        assert_eq!(at(&["sources", "quote"]), ["北京中學教育集團來說"]);
        assert_eq!(at(&["node", "alliances", "edges", "node", "slug"]), ["science-education", "art-education"]);
        assert_eq!(at(&["node", "alliances", "edges", "basis"]), ["SERVES", "SERVES"]);
        let partners = at(&["node", "alliances", "edges", "node", "partners", "edges", "node", "slug"]);
        assert_eq!(partners.len(), 10);
        assert!(partners.contains(&"tsinghua".to_owned()) && partners.contains(&"china-national-orchestra".to_owned()));
        assert_eq!(at(&["node", "alliances", "edges", "node", "partners", "totalCount"]), ["5", "5"]);
        assert_eq!(
            at(&["node", "alliances", "edges", "node", "partners", "edges", "sources", "confidence"]),
            ["NEWS"; 10]
        );
        assert_eq!(at(&["node", "alliances", "edges", "node", "functions", "seq"]).len(), 19);
        assert_eq!(at(&["node", "alliances", "edges", "node", "resourceCategories", "category"]).len(), 10);
    }
}

#[tokio::test]
async fn a_partner_leads_to_campuses_townships_and_regions() {
    for app in chaoyang("a_partner_leads_to_regions").await {
        let data = app
            .data(
                r#"{ partner(slug: "tsinghua") { alliances { nodes { slug groups { totalCount nodes { slug
                    schools(first: 100) { nodes { slug campuses(filter: { status: [PLANNED] }) { nodes { slug township { slug region { slug strategy(lang: "en") } } } } } } } } } } } }"#,
            )
            .await;
        assert_eq!(texts(&data, &["partner", "alliances", "nodes", "slug"]), ["science-education"]);
        assert_eq!(data["partner"]["alliances"]["nodes"][0]["groups"]["totalCount"], 10, "one is planned");
        let campuses = ["partner", "alliances", "nodes", "groups", "nodes", "schools", "nodes", "campuses", "nodes"];
        let regions = texts(&data, &[&campuses[..], &["township", "region", "slug"]].concat());
        assert_eq!(regions, ["south", "east"]);
    }
}

#[tokio::test]
async fn a_succession_is_a_whole_chain_both_ways() {
    for app in chaoyang("a_succession_is_a_whole_chain").await {
        let data = app
            .data(
                r#"{ late: school(slug: "chenjinglun-hs") { predecessors { totalCount edges { steps kind effectiveOn { text precision } sources { quote } node { slug isOnMap } } } }
                    early: school(slug: "chongzhen") { status successors { edges { steps node { slug isOnMap } } } }
                    many: school(slug: "cafa-exp") { predecessors { edges { kind node { slug } } } } }"#,
            )
            .await;
        assert_eq!(
            texts(&data, &["late", "predecessors", "edges", "node", "slug"]),
            ["chaoyang-hs", "bj-girls-4", "chongzhen"]
        );
        assert_eq!(texts(&data, &["late", "predecessors", "edges", "steps"]), ["1", "2", "3"]);
        assert_eq!(texts(&data, &["late", "predecessors", "edges", "effectiveOn", "precision"]), ["YEAR"; 3]);
        assert_eq!(data["late"]["predecessors"]["totalCount"], 3);
        assert_eq!(data["early"]["status"], "RENAMED");
        assert_eq!(texts(&data, &["early", "successors", "edges", "node", "isOnMap"]), ["false", "false", "true"]);
        let mut kinds = texts(&data, &["many", "predecessors", "edges", "kind"]);
        kinds.sort();
        assert_eq!(kinds, ["BASE_OF", "CONTRIBUTED_CAMPUS_TO", "MERGED_INTO"]);
    }
}

#[tokio::test]
async fn branches_partners_names_codes_and_site_uses_stand_at_the_school() {
    for app in chaoyang("what_stands_at_the_school").await {
        let data = app
            .data(
                r#"{ bj80: school(slug: "bj80") { codes { scheme value } branches(first: 100) { totalCount edges { basis note } } hostedSiteUses { school { slug } }
                      partners { edges { kind since { text } sources { quote } node { slug } } } }
                    branch: school(slug: "bj80-ruide") { branchOf { nodes { slug } } siteUses { grade school { slug } host { ... on School { slug } ... on Campus { slug } } sources { title } } }
                    named: school(slug: "bisu-hs") { names { text language kind basis since { text } sources { title } } } }"#,
            )
            .await;
        assert_eq!(
            data["bj80"]["codes"],
            json!([{ "scheme": "junior_code_2025", "value": "0529" }, { "scheme": "senior_code", "value": "105001" }])
        );
        assert_eq!(data["bj80"]["branches"]["totalCount"], 12, "one is planned");
        assert_eq!(texts(&data, &["bj80", "partners", "edges", "kind"]), ["TALENT_BASE_OF"]);
        assert_eq!(texts(&data, &["bj80", "partners", "edges", "since", "text"]), ["2024"]);
        assert_eq!(texts(&data, &["branch", "branchOf", "nodes", "slug"]), ["bj80"]);
        assert_eq!(texts(&data, &["branch", "siteUses", "host", "slug"]), ["bj80"]);
        assert_eq!(texts(&data, &["branch", "siteUses", "school", "slug"]), ["bj80-ruide"]);
        assert_eq!(texts(&data, &["bj80", "hostedSiteUses", "school", "slug"]), ["bj80-ruide"]);
        let names = texts(&data, &["named", "names", "text"]);
        assert!(names.contains(&"北京中学外语分校".to_owned()) && names.contains(&"二外附中".to_owned()), "{names:?}");
    }
}

#[tokio::test]
async fn unknown_stays_unknown() {
    for app in chaoyang("unknown_stays_unknown").await {
        let data = app
            .data(
                r#"{ one: school(slug: "jiangfu-exp") { ownership township { slug } openedOn { text } }
                    all: schools(filter: { ownership: [UNKNOWN] }) { totalCount }
                    said: schools(filter: { ownership: [PUBLIC, PRIVATE] }) { totalCount }
                    rest: schools(filter: { not: { ownership: [PUBLIC, PRIVATE] } }) { totalCount }
                    total: schools { totalCount }
                    nobody: partner(slug: "china-national-orchestra") { name localizedName(lang: "zh") { text language isFallback } } }"#,
            )
            .await;
        assert_eq!(data["one"], json!({ "ownership": "UNKNOWN", "township": null, "openedOn": null }));
        let count = |name: &str| data[name]["totalCount"].as_i64().expect("a count");
        assert_eq!(count("all") + count("said"), count("total"));
        assert_eq!(count("all"), count("rest"));
        assert_eq!(data["nobody"]["localizedName"]["isFallback"], true);
    }
}

#[tokio::test]
async fn a_reader_is_answered_in_the_language_of_the_request() {
    for app in chaoyang("a_reader_is_answered_in_the_language").await {
        let query = json!({ "query": r#"{ school(slug: "bj80") { name zh: name(lang: "zh") } }"# });
        let answer = app.post(&query, &[("accept-language", "ko, en-GB;q=0.8")]).await.json();
        assert_eq!(answer["data"]["school"], json!({ "name": "Beijing No. 80 High School", "zh": "北京市第八十中学" }));
    }
}

#[tokio::test]
async fn a_name_is_chosen_by_what_it_rests_on_and_says_so() {
    for app in chaoyang("a_name_is_chosen_by_what_it_rests_on").await {
        let data = app
            .data(
                r#"{ own: school(slug: "beijing-academy") { name(lang: "en") localizedName(lang: "en") { text language kind basis isFallback } }
                    ours: school(slug: "chenjinglun-branch") { localizedName(lang: "en") { text kind basis } }
                    source: partner(slug: "tsinghua") { localizedName(lang: "en") { text kind basis } }
                    zh: school(slug: "beijing-academy") { localizedName(lang: "zh") { text kind basis } } }"#,
            )
            .await;
        let own = json!({ "text": "Beijing Academy", "language": "en", "kind": "OFFICIAL_ENGLISH", "basis": "COMMON_KNOWLEDGE", "isFallback": false });
        assert_eq!(data["own"], json!({ "name": "Beijing Academy", "localizedName": own }), "{}", app.name);
        let ours =
            json!({ "text": "Beijing Chen Jing Lun High School Branch", "kind": "OFFICIAL", "basis": "TRANSLATION" });
        assert_eq!(data["ours"]["localizedName"], ours, "{}", app.name);
        let source = json!({ "text": "Tsinghua University", "kind": "OFFICIAL", "basis": "SOURCE" });
        assert_eq!(data["source"]["localizedName"], source, "{}", app.name);
        let zh = json!({ "text": "北京中学", "kind": "OFFICIAL", "basis": null });
        assert_eq!(data["zh"]["localizedName"], zh, "{}", app.name);
    }
}

#[tokio::test]
async fn a_node_is_found_by_its_id_whatever_it_is() {
    for app in chaoyang("a_node_is_found").await {
        let data = app
            .data(
                r#"{ a: school(slug: "bj80") { id } b: township(slug: "dongba") { id codes { value } } c: source(slug: "seed") { id reliability }
                    d: learningArea(slug: "wangjing") { id } e: authority(slug: "bjeea") { id } g: campus(slug: "bj80-wangjing") { id addressConfidence school { slug } } f: district(slug: "chaoyang") { id townships(first: 100) { totalCount } } }"#,
            )
            .await;
        let ids: Vec<&Value> = ["a", "b", "c", "d", "e", "f", "g"].iter().map(|name| &data[*name]["id"]).collect();
        let found =
            app.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", json!({ "ids": ids })).await.json();
        let types = texts(&found, &["data", "nodes", "__typename"]);
        assert_eq!(types, ["School", "Township", "Source", "LearningArea", "Authority", "District", "Campus"]);
        assert_eq!(data["f"]["townships"]["totalCount"], 43);
    }
}

#[tokio::test]
async fn a_name_is_found_by_any_part_of_it_in_any_language() {
    for app in chaoyang("a_name_is_found").await {
        for (text, slug) in [
            ("八十中", "bj80"),
            ("BEIJING NO. 80", "bj80"),
            ("传媒分校", "cuc-hs"),
            ("ｃｈｅｎ ｊｉｎｇ ｌｕｎ", "chenjinglun-hs"),
        ] {
            let query =
                "query ($text: String) { schools(first: 100, filter: { nameContains: $text }) { nodes { slug } } }";
            let found = app.ask(query, json!({ "text": text })).await.json();
            let slugs = texts(&found, &["data", "schools", "nodes", "slug"]);
            assert!(slugs.contains(&slug.to_owned()), "{}: {text} found {slugs:?}", app.name);
        }
        let none = app.data(r#"{ schools(filter: { nameContains: "no%such_name" }) { totalCount } }"#).await;
        assert_eq!(none["schools"]["totalCount"], 0);
    }
}

#[tokio::test]
async fn definitions_say_what_words_mean() {
    for app in chaoyang("definitions_say").await {
        let data = app.data("{ definitions { term definition sources { quote } } }").await;
        assert_eq!(texts(&data, &["definitions", "term"]), ["alliance", "group"]);
        assert_eq!(texts(&data, &["definitions", "sources", "quote"]).len(), 2);
    }
}

#[tokio::test]
async fn what_is_served_cites_the_alliance_and_what_is_a_member_the_membership() {
    for app in chaoyang("what_is_served_cites").await {
        let data = app
            .data(
                r#"{ served: alliance(slug: "science-education") { sources { quote } groups(first: 1) { edges { basis sources { quote } } } }
                    member: alliance(slug: "chenjinglun-through") { groups { edges { basis role sources { quote confidence } node { slug } } } schools { edges { role } } } }"#,
            )
            .await;
        assert_eq!(data["served"]["groups"]["edges"][0]["sources"], data["served"]["sources"]);
        assert_eq!(texts(&data, &["member", "groups", "edges", "role"]), ["LEAD_GROUP"]);
        assert_eq!(texts(&data, &["member", "groups", "edges", "sources", "confidence"]), ["RESTORED"]);
        assert_eq!(texts(&data, &["member", "schools", "edges", "role"]), ["ALLIANCE_SCHOOL"; 4]);
    }
}

#[tokio::test]
async fn a_designation_is_walked_from_both_ends_with_its_day_and_its_source() {
    for app in chaoyang("a_designation_is_walked").await {
        let data = app
            .data(
                r#"{ school(slug: "bj80") { designations { totalCount edges { awardedOn { text precision } sources { title quote confidence } node { slug level } } } }
                    one: designation(slug: "pku-boya") { name(lang: "zh") level awardingBody sources { title } schools { edges { awardedOn { text } sources { quote } node { slug } } } }
                    unstated: designations(filter: { level: [UNKNOWN] }) { nodes { slug level awardingBody } }
                    undated: school(slug: "ritan-hs") { designations { edges { awardedOn { text } sources { quote } } } } }"#,
            )
            .await;
        let awards = ["school", "designations", "edges"];
        let at = |rest: &[&str]| texts(&data, &[&awards[..], rest].concat());
        assert_eq!(at(&["node", "slug"]), ["pku-boya", "sci-tech-demo", "demo-senior", "key-school"], "{}", app.name);
        assert_eq!(at(&["node", "level"]), ["NATIONAL", "MUNICIPAL", "MUNICIPAL", "MUNICIPAL"]);
        assert_eq!(at(&["awardedOn", "text"]), ["2024", "2020-05", "2003", "1978"]);
        assert_eq!(at(&["awardedOn", "precision"]), ["YEAR", "MONTH", "YEAR", "YEAR"]);
        assert_eq!(at(&["sources", "quote"])[3], "1978年被认定为北京市重点中学和北京市对外开放单位");
        assert_eq!(at(&["sources", "confidence"]), ["NEWS", "UNOFFICIAL", "NEWS", "NEWS"]);
        assert_eq!(at(&["sources", "title"]).len(), 4);
        assert_eq!(data["school"]["designations"]["totalCount"], 4);

        let one = &data["one"];
        assert_eq!(one["name"], "北京大学博雅人才共育基地");
        assert_eq!(
            (&one["level"], &one["awardingBody"]),
            (&json!("NATIONAL"), &json!("Peking University")),
            "{}",
            app.name
        );
        assert_eq!(texts(one, &["schools", "edges", "node", "slug"]), ["beijing-academy", "bj80", "chenjinglun-hs"]);
        assert_eq!(texts(one, &["schools", "edges", "awardedOn", "text"]), ["2024"; 3]);
        assert_eq!(texts(one, &["schools", "edges", "sources", "quote"]).len(), 3);
        let unstated = |slug: &str| json!({ "slug": slug, "level": "UNKNOWN", "awardingBody": null });
        let nodes = json!([unstated("media-feature-hs"), unstated("art-feature-school")]);
        assert_eq!(data["unstated"]["nodes"], nodes, "{}", app.name);
        let undated = json!([{ "awardedOn": null, "sources": [{ "quote": "level: 市级示范性高中" }] }]);
        assert_eq!(data["undated"]["designations"]["edges"], undated, "{}", app.name);
    }
}

#[tokio::test]
async fn a_designation_holds_from_the_day_it_was_given() {
    for app in chaoyang("a_designation_holds_from").await {
        let data = app
            .data(
                r#"fragment Seen on Map {
                      school(slug: "bj80") { designations { nodes { slug } } }
                      schools(first: 100, filter: { designation: "demo-senior" }) { totalCount nodes { slug } }
                      designations(filter: { school: "fangcaodi-primary" }) { nodes { slug } } }
                    { before: map(asOf: "2000-12-31") { ...Seen } then: map(asOf: "2008-01-01") { ...Seen } now: map { ...Seen } }"#,
            )
            .await;
        let of_school = |view: &str| texts(&data, &[view, "school", "designations", "nodes", "slug"]);
        assert_eq!(of_school("before"), ["key-school"], "{}: given in 1978, the others later", app.name);
        assert_eq!(of_school("then"), ["demo-senior", "key-school"], "{}", app.name);
        let schools = |view: &str| texts(&data, &[view, "schools", "nodes", "slug"]);
        assert!(!schools("before").contains(&"bj80".to_owned()), "{}: given in 2003", app.name);
        assert!(schools("before").contains(&"ritan-hs".to_owned()), "{}: no source dates it", app.name);
        assert!(schools("then").contains(&"bj80".to_owned()), "{}", app.name);
        assert_eq!(data["now"]["schools"]["totalCount"], 9, "{}", app.name);
        let given = |view: &str| texts(&data, &[view, "designations", "nodes", "slug"]);
        assert_eq!(given("before"), ["key-school"], "{}", app.name);
        assert_eq!(given("then"), ["confucius-base", "key-school"], "{}", app.name);
        assert!(given("now").is_empty(), "{}: the school goes on under another name", app.name);
    }
}

/// Lists whose edges say something in words, with the parents that are asked.
const WORDED: &[(&str, &str, &[&str])] = &[
    ("groups", "schools", &["role"]),
    ("alliances", "partners", &["role"]),
    ("schools", "groups", &["role"]),
    ("schools", "partners", &["kind"]),
    ("schools", "predecessors", &["kind"]),
    ("partners", "schools", &["kind"]),
    ("schools", "alliances", &["basis", "role"]),
];

#[tokio::test]
async fn a_list_is_ordered_by_what_its_edges_say() {
    for app in chaoyang("a_list_is_ordered_by_its_edges").await {
        let mut told_apart = 0;
        for (parents, list, words) in WORDED {
            let fields = words.join(" ");
            let said = |edge: &Value| -> Vec<String> {
                let word = |name: &&str| edge[*name].as_str().unwrap_or_default().replace("UNKNOWN", "");
                words.iter().map(word).collect()
            };
            let mut several = 0;
            for direction in ["ASC", "DESC"] {
                let all = format!("orderBy: {{ field: EDGE, direction: {direction} }}");
                let query = format!(
                    "{{ {parents}(first: 100) {{ nodes {{ slug {list}(first: 100, {all}) {{ edges {{ cursor {fields} node {{ slug }} }} }}
                       half: {list}(first: 2, {all}) {{ edges {{ node {{ slug }} }} pageInfo {{ endCursor }} }} }} }} }}"
                );
                for parent in app.data(&query).await[*parents]["nodes"].as_array().expect("nodes") {
                    let edges = parent[*list]["edges"].as_array().expect("edges");
                    let mut order: Vec<_> = edges.iter().map(said).collect();
                    if direction == "DESC" {
                        order.reverse();
                    }
                    assert!(order.is_sorted(), "{}: {list} of {}: {order:?}", app.name, parent["slug"]);
                    several += usize::from(order.first() != order.last());
                    let slugs = texts(parent, &[list, "edges", "node", "slug"]);
                    assert_eq!(texts(parent, &["half", "edges", "node", "slug"]), slugs[..slugs.len().min(2)]);
                    if slugs.len() > 2 && several < 3 {
                        let (parent_field, slug) = (&parents[..parents.len() - 1], &parent["slug"]);
                        let cursor = &parent["half"]["pageInfo"]["endCursor"];
                        let rest = format!(
                            "{{ {parent_field}(slug: {slug}) {{ {list}(first: 100, after: {cursor}, {all}) {{ nodes {{ slug }} }} }} }}"
                        );
                        let rest = texts(&app.data(&rest).await[parent_field], &[list, "nodes", "slug"]);
                        assert_eq!(rest, slugs[2..], "{}: the page after the first of {list}", app.name);
                    }
                }
            }
            told_apart += usize::from(several > 0);
        }
        assert!(told_apart >= 3, "{}: {told_apart} lists have edges that say different words", app.name);
    }
}
