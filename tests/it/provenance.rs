//! Since which revision facts are on record, and what each revision changed.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{chaoyang, copy_with};

/// The changes of a kind by a revision.
fn changes_of<'a>(data: &'a Value, number: i64, kind: &str) -> &'a Value {
    let revisions = data["revisions"].as_array().expect("revisions");
    let revision = revisions.iter().find(|it| it["number"] == number).expect("the revision");
    revision["changes"].as_array().expect("changes").iter().find(|it| it["kind"] == kind).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn a_fact_says_since_which_revision_it_is_on_record_and_a_revision_what_it_changed() {
    for app in chaoyang("a_fact_says_since_which_revision").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy_with(
            dir.path(),
            &[("school_partner_links.csv", "bj80,tsinghua,cooperates_with,2020,seed,a tie that is made up,news\n")],
        );
        let path = dir.path().join("regions.csv");
        let regions = std::fs::read_to_string(&path).expect("regions");
        std::fs::write(&path, regions.replace("rise of the south", "rising in the south")).expect("written");
        app.import(dir.path()).await.expect("imported");
        let question = r#"{
            region(slug: "south") { strategy(lang: "en") recordedSince { number } townships(first: 1) { edges { recordedSince { number } } } }
            school(slug: "bj80") { recordedSince { number message }
                partners { edges { recordedSince { number } node { slug recordedSince { number } } } } }
            revisions { number changes { kind added changed closed } } }"#;
        let data = app.data(question).await;
        assert_eq!(data["region"]["recordedSince"]["number"], 1, "a row that changed is known since its first version");
        let partners = data["school"]["partners"]["edges"].as_array().expect("partners");
        let tsinghua = partners.iter().find(|edge| edge["node"]["slug"] == "tsinghua").expect("the tie");
        assert_eq!(
            (&tsinghua["recordedSince"]["number"], &tsinghua["node"]["recordedSince"]["number"]),
            (&json!(2), &json!(1))
        );
        assert_eq!(
            changes_of(&data, 1, "school"),
            &json!({ "kind": "school", "added": 150, "changed": 0, "closed": 0 })
        );
        assert_eq!(changes_of(&data, 2, "region"), &json!({ "kind": "region", "added": 0, "changed": 1, "closed": 0 }));
        let partner = json!({ "kind": "school_partner", "added": 1, "changed": 0, "closed": 0 });
        assert_eq!(changes_of(&data, 2, "school_partner"), &partner);
        assert_eq!(changes_of(&data, 2, "school"), &Value::Null);
        let before = app
            .data(
                r#"{ map(knownAt: 1) { school(slug: "bj80") { recordedSince { number } partners { totalCount } } } }"#,
            )
            .await;
        assert_eq!(before["map"]["school"]["recordedSince"]["number"], 1);
    }
}

#[tokio::test]
async fn a_level_of_facts_asks_since_when_they_are_recorded_at_once() {
    for app in chaoyang("a_level_of_facts_asks").await {
        let statements = async |first: u32| {
            let question = format!("{{ schools(first: {first}) {{ nodes {{ slug recordedSince {{ number }} }} }} }}");
            app.ask(&question, json!({})).await.statements()
        };
        assert_eq!(statements(1).await, statements(100).await, "{}", app.name);
    }
}

#[tokio::test]
async fn a_statement_is_as_reliable_as_its_source_and_less_where_it_is_inferred() {
    for app in chaoyang("a_statement_is_as_reliable").await {
        let citations = r#"sources { reliability isInferred confidence source { reliability } }"#;
        let question = format!(
            r#"{{ schools(first: 100) {{ nodes {{ {citations} groups {{ edges {{ {citations} }} }} }} }}
                alliance(slug: "chenjinglun-through") {{ groups {{ edges {{ {citations} }} }} }}
                __type(name: "Citation") {{ fields(includeDeprecated: true) {{ name isDeprecated deprecationReason }} }} }}"#
        );
        let data = app.data(&question).await;
        let mut seen = BTreeSet::new();
        collect_citations(&data, &mut seen);
        // By the word of the data set, the reliability of the source, and that of the statement.
        let expected = [
            ("NEWS", "HIGH", "HIGH", "false"),
            ("NEWS", "MEDIUM", "MEDIUM", "false"),
            ("OFFICIAL_LIST", "MEDIUM", "MEDIUM", "false"),
            ("RESTORED", "LOW", "LOW", "true"),
            ("UNOFFICIAL", "LOW", "LOW", "false"),
        ];
        for (confidence, source, statement, inferred) in expected {
            let row = [confidence, source, statement, inferred].map(str::to_owned);
            assert!(seen.contains(&row), "{row:?} is none of {seen:?}");
        }
        let fields = data["__type"]["fields"].as_array().expect("fields");
        let deprecated: Vec<&Value> = fields.iter().filter(|field| field["isDeprecated"] == true).collect();
        assert_eq!(deprecated.len(), 1);
        assert_eq!(deprecated[0]["name"], "confidence");
        let reason = deprecated[0]["deprecationReason"].as_str().expect("a reason");
        assert!(reason.contains("`reliability`") && reason.contains("2.0"), "{reason}");
    }
}

/// What citations below a value say of how far to rely on them.
fn collect_citations(value: &Value, seen: &mut BTreeSet<[String; 4]>) {
    let word = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_citations(item, seen)),
        Value::Object(fields) if fields.contains_key("isInferred") => {
            let row = ["confidence", "reliability", "isInferred"].map(|name| word(&value[name]));
            let [confidence, statement, inferred] = row;
            seen.insert([confidence, word(&value["source"]["reliability"]), statement, inferred]);
        }
        Value::Object(fields) => fields.values().for_each(|field| collect_citations(field, seen)),
        _ => {}
    }
}

#[tokio::test]
async fn contradictions_are_found_by_kind_field_and_source() {
    for app in chaoyang("contradictions_are_found").await {
        let found = async |filter: &str| {
            let question = format!(
                "{{ contradictions(filter: {filter}) {{ totalCount edges {{ field stated sources {{ quote relation }} \
                    recordedBy {{ quote relation }} node {{ ... on Project {{ slug }} ... on Agreement {{ slug }} }} }} }} }}"
            );
            app.data(&question).await["contradictions"].clone()
        };
        let all = found("{}").await;
        let projects = found(r#"{ kind: [PROJECT] }"#).await;
        assert_eq!(projects["totalCount"], 1, "{}", app.name);
        let site = &projects["edges"][0];
        assert_eq!((&site["field"], &site["stated"]), (&json!("township_id"), &json!("fatou")));
        assert_eq!(site["node"]["slug"], "science-hs");
        assert_eq!(site["sources"][0]["relation"], "CONTRADICTS");
        let recorded = site["recordedBy"].as_array().expect("citations");
        assert!(!recorded.is_empty() && recorded.iter().all(|it| it["relation"] == "SUPPORTS"), "{recorded:?}");
        assert_eq!(found(r#"{ source: "bjnews-2024-09-03" }"#).await, projects, "by its source");
        assert_eq!(found(r#"{ field: "township_id" }"#).await, projects, "by its field");
        assert_eq!(found(r#"{ kind: [SCHOOL], source: "bjnews-2024-09-03" }"#).await["totalCount"], 0);
        assert_eq!(found(r#"{ kind: [] }"#).await["totalCount"], 0);
        assert_eq!(
            found(r#"{ kind: [AGREEMENT, PROJECT, SCHOOL] }"#).await["totalCount"],
            all["totalCount"],
            "all that the data set has"
        );
    }
}

#[tokio::test]
async fn a_wrong_filter_of_contradictions_blanks_the_list_and_a_cursor_holds_for_one() {
    for app in chaoyang("a_wrong_filter_of_contradictions").await {
        for (filter, code) in
            [(r#"{ field: "a\u0000b" }"#, "INVALID_ARGUMENT"), (r#"{ source: "no-such-source" }"#, "UNKNOWN_NOUN")]
        {
            let question = format!("{{ contradictions(filter: {filter}) {{ totalCount }} schools {{ totalCount }} }}");
            let answer = app.ask(&question, json!({})).await.json();
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{filter}");
            assert_eq!(answer["data"]["contradictions"], Value::Null);
            assert!(answer["data"]["schools"]["totalCount"].is_number());
        }
        let page = app.data("{ contradictions(first: 1) { edges { cursor } } }").await;
        let cursor = page["contradictions"]["edges"][0]["cursor"].as_str().expect("a cursor");
        let elsewhere =
            format!(r#"{{ contradictions(filter: {{ kind: [SCHOOL] }}, after: "{cursor}") {{ totalCount }} }}"#);
        let answer = app.ask(&elsewhere, json!({})).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_CURSOR");
    }
}

#[tokio::test]
async fn a_source_leads_back_to_the_nouns_that_cite_it() {
    for app in chaoyang("a_source_leads_back").await {
        let data = app
            .data(
                r#"{ disagrees: source(slug: "bjnews-2024-09-03") { citedBy(first: 100) { totalCount nodes { ... on Noun { slug } } } }
                     report: source(slug: "seed") { citedBy(first: 100) { totalCount nodes { __typename } pageInfo { hasNextPage } } }
                     project(slug: "science-hs") { sources { relation source { slug citedBy { totalCount } } } } }"#,
            )
            .await;
        let slugs: Vec<&Value> =
            data["disagrees"]["citedBy"]["nodes"].as_array().expect("nouns").iter().map(|it| &it["slug"]).collect();
        assert!(slugs.contains(&&json!("science-hs")), "{}: {data}", app.name);
        let report = &data["report"]["citedBy"];
        let listed = report["nodes"].as_array().map(Vec::len);
        assert!(report["totalCount"].as_u64() > Some(50) && listed > Some(50), "{}: {report}", app.name);
        for citation in data["project"]["sources"].as_array().expect("sources") {
            assert!(citation["source"]["citedBy"]["totalCount"].as_i64() > Some(0), "{}: {citation}", app.name);
        }
    }
}
