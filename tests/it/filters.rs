//! Filters: they find what the relation of the same name leads to, and what they name must be on record.

use serde_json::{Value, json};
use server::generate::{Plan, generate};
use tests::{
    TestApp, chaoyang, copy_with, loaded,
    schema::{Schema, items, text},
};

/// Parents, a relation of theirs, the list it leads into, and the condition that must mean the same.
const SAME: &[(&str, &str, &str, &str)] = &[
    ("districts", "schools", "schools", "district"),
    ("districts", "schoolsWithCampus", "schools", "campusDistrict"),
    ("districts", "campuses", "campuses", "district"),
    ("districts", "regions", "regions", "district"),
    ("districts", "townships", "townships", "district"),
    ("districts", "learningAreas", "learningAreas", "district"),
    ("districts", "groups", "groups", "district"),
    ("districts", "alliances", "alliances", "district"),
    ("regions", "schools", "schools", "region"),
    ("regions", "schoolsWithCampus", "schools", "campusRegion"),
    ("regions", "campuses", "campuses", "region"),
    ("regions", "townships", "townships", "region"),
    ("townships", "schools", "schools", "township"),
    ("townships", "schoolsWithCampus", "schools", "campusTownship"),
    ("townships", "campuses", "campuses", "township"),
    ("groups", "schools", "schools", "group"),
    ("groups", "alliances", "alliances", "group"),
    ("alliances", "partners", "partners", "alliance"),
    ("alliances", "groups", "groups", "alliance"),
    ("alliances", "schools", "schools", "alliance"),
    ("partners", "alliances", "alliances", "partner"),
    ("partners", "schools", "schools", "partner"),
    ("schools", "groups", "groups", "school"),
    ("schools", "partners", "partners", "school"),
    ("schools", "designations", "designations", "school"),
    ("designations", "schools", "schools", "designation"),
    ("schools", "campuses", "campuses", "school"),
    ("districts", "advisoryBodies", "advisoryBodies", "district"),
    ("districts", "projects", "projects", "district"),
    ("districts", "agreements", "agreements", "district"),
    ("districts", "initiatives", "initiatives", "district"),
    ("districts", "events", "events", "district"),
    ("regions", "projects", "projects", "region"),
    ("townships", "projects", "projects", "township"),
    ("schools", "projects", "projects", "school"),
    ("campuses", "projects", "projects", "campus"),
    ("schools", "agreements", "agreements", "school"),
    ("partners", "agreements", "agreements", "partner"),
    ("authorities", "agreements", "agreements", "authority"),
    ("authorities", "people", "people", "authority"),
    ("partners", "hostedEvents", "events", "venuePartner"),
    ("advisoryBodies", "expertGroups", "expertGroups", "advisoryBody"),
    ("people", "statementsMade", "statements", "person"),
    ("people", "figuresReported", "reportedFigures", "person"),
    ("events", "statementsMade", "statements", "event"),
    ("designations", "holderFigures", "reportedFigures", "designation"),
];

const VIEWS: [&str; 4] =
    ["map", "map(asOf: \"2018-01-01\")", "map(asOf: \"2012-05-05\", knownAt: 1)", "map(knownAt: 1)"];

/// Compares what the relation and the condition find for every parent; gives how many nouns they found.
async fn compare(app: &TestApp, view: &str, (parents, relation, list, condition): (&str, &str, &str, &str)) -> u64 {
    const PAGE: &str = "first: 50, orderBy: { field: SLUG }";
    const FOUND: &str = "{ totalCount nodes { slug } }";
    let (mut after, mut found) = (Value::Null, 0);
    loop {
        let query = format!(
            "{{ {view} {{ {parents}(first: 10, after: {after}) {{ nodes {{ slug found: {relation}({PAGE}) {FOUND} }} pageInfo {{ endCursor hasNextPage }} }} }} }}"
        );
        let data = app.data(&query).await;
        let page = &data["map"][parents];
        let parents = page["nodes"].as_array().expect("parents");
        let filtered: String = parents
            .iter()
            .enumerate()
            .map(|(at, parent)| {
                format!("at{at}: {list}({PAGE}, filter: {{ {condition}: {} }}) {FOUND} ", parent["slug"])
            })
            .collect();
        let filtered = app.data(&format!("{{ {view} {{ view {{ asOf }} {filtered} }} }}")).await;
        for (at, parent) in parents.iter().enumerate() {
            assert_eq!(
                parent["found"],
                filtered["map"][format!("at{at}")],
                "{}: {view}: {relation} of {}, and {list} by {condition}",
                app.name,
                parent["slug"]
            );
            found += parent["found"]["totalCount"].as_u64().expect("a count");
        }
        if page["pageInfo"]["hasNextPage"] == false {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn a_condition_finds_what_the_relation_of_its_name_leads_to() {
    for app in chaoyang("a_condition_finds_what_the_relation_leads_to").await {
        for same in SAME {
            for view in VIEWS {
                compare(&app, view, *same).await;
            }
        }
    }
}

#[tokio::test]
async fn a_condition_finds_what_the_relation_leads_to_in_a_made_up_city() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 300, seed: 5 }, &folder).expect("a city");
    for app in loaded("a_condition_in_a_made_up_city", &folder).await {
        for same in SAME {
            let found = compare(&app, "map", *same).await;
            assert!(found > 0, "{}: nothing is compared by {same:?}", app.name);
        }
    }
}

#[tokio::test]
async fn where_a_school_is_and_where_its_campuses_stand_are_two_questions() {
    let dir = tempfile::tempdir().expect("a folder");
    copy_with(
        dir.path(),
        &[(
            "campuses.csv",
            "bj80-elsewhere,bj80,甲校区,,,dongba,seed,,,,,,,,,,\nbj80-again,bj80,乙校区,,,dongba,seed,,,,,,,,,,\n",
        )],
    );
    for app in loaded("where_a_school_is", dir.path()).await {
        let data = app
            .data(
                r#"{ school(slug: "bj80") { township { slug } }
                    own: schools(first: 100, filter: { township: "dongba" }) { nodes { slug } }
                    campus: schools(first: 100, filter: { campusTownship: "dongba" }) { nodes { slug } }
                    township(slug: "dongba") { schoolsWithCampus(first: 100) { totalCount nodes { slug } } schools(first: 100) { nodes { slug } } } }"#,
            )
            .await;
        let has = |list: &Value| {
            list["nodes"].as_array().expect("nodes").iter().filter(|node| node["slug"] == "bj80").count()
        };
        assert_eq!((has(&data["own"]), has(&data["campus"])), (0, 1), "{}: {data}", app.name);
        let township = &data["township"];
        assert_eq!((has(&township["schools"]), has(&township["schoolsWithCampus"])), (0, 1), "{}", app.name);
        let listed = township["schoolsWithCampus"]["nodes"].as_array().map(Vec::len);
        assert_eq!(township["schoolsWithCampus"]["totalCount"].as_u64(), listed.map(|listed| listed as u64));
    }
}

#[tokio::test]
async fn what_a_filter_names_must_be_on_record_or_its_field_says_so() {
    let cases = [
        (
            "{ a: schools(filter: { region: \"soutth\" }) { totalCount } }",
            "[\"a\"]",
            "`region` is `soutth`",
            Some("south"),
        ),
        (
            "{ a: schools(filter: { region: \"SOUTTH\" }) { totalCount } }",
            "[\"a\"]",
            "`region` is `SOUTTH`",
            Some("south"),
        ),
        (
            "{ a: schools(filter: { or: [{ code: { value: \"1\" } }, { not: { campusTownship: \"dongbaa\" } }] }) { nodes { slug } } }",
            "[\"a\"]",
            "`campusTownship` is `dongbaa`",
            Some("dongba"),
        ),
        (
            "{ a: group(slug: \"chenjinglun\") { schools(filter: { partner: \"tsingua\" }) { edges { role } } } }",
            "[\"a\",\"schools\"]",
            "no partner on record",
            Some("tsinghua"),
        ),
        ("{ a: alliances(filter: { group: \"zzzzzz\" }) { totalCount } }", "[\"a\"]", "`group` is `zzzzzz`", None),
        (
            "{ a: schools(filter: { group: \"grp_0000000000000\" }) { __typename } }",
            "[\"a\"]",
            "no group on record",
            None,
        ),
        (
            "{ a: map(knownAt: 1) { campuses(filter: { school: \"bj-80\" }) { totalCount } } }",
            "[\"a\",\"campuses\"]",
            "`school` is `bj-80`",
            Some("bj80"),
        ),
    ];
    for app in chaoyang("what_a_filter_names").await {
        for (query, path, says, meant) in cases {
            let (code, message, at) = app.error(query).await;
            assert_eq!((code.as_str(), at.as_str()), ("UNKNOWN_NOUN", path), "{}: {query}: {message}", app.name);
            assert!(message.contains(says), "{}: {query}: {message}", app.name);
            let question = meant.map(|meant| format!("did you mean `{meant}`?"));
            match question {
                Some(question) => assert!(message.contains(&question), "{}: {query}: {message}", app.name),
                None => assert!(!message.contains("did you mean"), "{}: {query}: {message}", app.name),
            }
        }
        let query = "{ wrong: schools(filter: { region: \"soutth\", partner: \"tsingua\" }) { totalCount } malformed: schools(filter: { group: \"_sch_x\" }) { totalCount }
            right: schools(first: 1, filter: { region: \"south\" }) { totalCount } }";
        let answer = app.ask(query, json!({})).await.json();
        assert_eq!(answer["data"]["wrong"], Value::Null, "{}: {answer:#}", app.name);
        assert_eq!(answer["data"]["malformed"], Value::Null, "{}: {answer:#}", app.name);
        assert!(answer["data"]["right"]["totalCount"].is_u64(), "{}: {answer:#}", app.name);
        let errors = answer["errors"].as_array().expect("errors");
        assert_eq!(errors.len(), 2, "{}: {answer:#}", app.name);
        let wrong = errors.iter().find(|error| error["path"] == json!(["wrong"])).expect("an error");
        for name in ["soutth", "tsingua"] {
            assert!(wrong["message"].as_str().expect("a message").contains(name), "{}: {wrong}", app.name);
        }
    }
}

#[tokio::test]
async fn what_filters_name_is_looked_up_in_one_statement() {
    let query = "query ($n: Int) { groups(first: $n, filter: { district: \"d0001\", alliance: \"d0001-a001\" }) { nodes { schools(filter: { township: \"d0001-t001\" }) { nodes { slug } } } } }";
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 300, seed: 5 }, &folder).expect("a city");
    for app in loaded("what_filters_name_is_looked_up", &folder).await {
        for parents in [1, 10] {
            let answer = app.ask(query, json!({ "n": parents })).await;
            assert!(answer.json().get("errors").is_none(), "{}", answer.body);
            // A page and a look-up for each of the two levels.
            assert_eq!(answer.statements(), 4, "{}: {parents}", app.name);
        }
    }
}

#[tokio::test]
async fn a_malformed_id_costs_its_own_place_and_no_other() {
    for app in chaoyang("a_malformed_id_costs_its_place").await {
        let id = app.data(r#"{ school(slug: "bj80") { id } }"#).await["school"]["id"].take();
        let ids = json!(["nonsense", id, "sch_0000000000000", "sch_x", id]);
        let query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } node(id: \"nonsense\") { id } school(id: \"bj80\") { id } groups { totalCount } }";
        let answer = app.ask(query, json!({ "ids": ids })).await.json();
        let noun = json!({ "id": id });
        assert_eq!(answer["data"]["nodes"], json!([null, noun, null, null, noun]), "{}: {answer:#}", app.name);
        assert_eq!((&answer["data"]["node"], &answer["data"]["school"]), (&Value::Null, &Value::Null));
        assert_eq!(answer["data"]["groups"]["totalCount"], 10, "{}", app.name);
        let mut paths: Vec<String> = answer["errors"]
            .as_array()
            .expect("errors")
            .iter()
            .map(|error| {
                assert_eq!(error["extensions"]["code"], "INVALID_ID", "{}: {error}", app.name);
                error["path"].to_string()
            })
            .collect();
        paths.sort();
        assert_eq!(paths, [r#"["node"]"#, r#"["nodes",0]"#, r#"["nodes",3]"#, r#"["school"]"#], "{}", app.name);
    }
}

#[tokio::test]
async fn the_group_of_a_school_is_chosen_by_what_a_reader_can_see() {
    let group = |slug: &str, name: &str| format!("{slug},{name},,,stated,,operating,,,,seed,,chaoyang\n");
    let groups = [
        group("by-guidance", "甲集团"),
        group("a-branch", "乙集团"),
        group("by-name-1", "丙集团"),
        group("by-name-2", "丁集团"),
        group("zz-same", "戊集团"),
        group("aa-same", "戊集团"),
        group("joined-late", "己集团"),
        group("joined-early", "庚集团"),
        group("leads", "辛集团"),
    ]
    .concat();
    let member = |group: &str, role: &str, since: &str| format!("{group},bj17,{role},{since},,,seed,,\n");
    let memberships = [
        member("by-guidance", "guided", "1990"),
        member("a-branch", "branch", "1991"),
        member("by-name-1", "member", ""),
        member("by-name-2", "member", ""),
        member("zz-same", "member", "2016-09"),
        member("aa-same", "member", "2016-09-01"),
        member("joined-late", "member", "2017"),
        member("joined-early", "member", "2015"),
    ]
    .concat();
    let dir = tempfile::tempdir().expect("a folder");
    copy_with(dir.path(), &[("groups.csv", &groups), ("group_memberships.csv", &memberships)]);
    let query = r#"{ school(slug: "bj17") { group { slug } groups { nodes { slug } } } }"#;
    for app in loaded("the_group_of_a_school", dir.path()).await {
        let slugs = |data: &Value| -> Vec<String> {
            let nodes = data["school"]["groups"]["nodes"].as_array().expect("nodes").iter();
            nodes.map(|node| node["slug"].as_str().expect("a slug").to_owned()).collect()
        };
        let data = app.data(query).await;
        let mut expected = vec![
            "joined-early",
            "aa-same",
            "zz-same",
            "joined-late",
            "by-name-2",
            "by-name-1",
            "a-branch",
            "by-guidance",
        ];
        assert_eq!(slugs(&data), expected, "{}", app.name);
        assert_eq!(data["school"]["group"]["slug"], "joined-early", "{}", app.name);
        let lead = tempfile::tempdir().expect("a folder");
        let leads = memberships.clone() + &member("leads", "lead", "2024");
        copy_with(lead.path(), &[("groups.csv", &groups), ("group_memberships.csv", &leads)]);
        app.import(lead.path()).await.expect("no findings");
        expected.insert(0, "leads");
        let data = app.data(query).await;
        assert_eq!(slugs(&data), expected, "{}", app.name);
        assert_eq!(data["school"]["group"]["slug"], "leads", "{}", app.name);
    }
}

#[tokio::test]
async fn schools_of_a_stage_have_its_isced_level() {
    for app in chaoyang("schools_of_a_stage").await {
        for (stage, levels) in [
            ("PRIMARY", vec![json!([1, 2, 3]), json!([1, 2]), json!([1])]),
            ("SENIOR", vec![json!([1, 2, 3]), json!([2, 3]), json!([3])]),
            ("VOCATIONAL_SECONDARY", vec![json!([3])]),
            ("SPECIAL", vec![json!([])]),
        ] {
            let query = format!(
                "{{ map {{ schools(first: 100, filter: {{ stage: [{stage}] }}) {{ nodes {{ iscedLevels }} }} }} }}"
            );
            let data = app.data(&query).await;
            let nodes = data["map"]["schools"]["nodes"].as_array().expect("nodes");
            let mut found: Vec<_> = nodes.iter().map(|node| node["iscedLevels"].clone()).collect();
            found.sort_by_key(ToString::to_string);
            found.dedup();
            assert_eq!(found, levels, "{}: {stage}", app.name);
        }
    }
}

/// Below a parent the words of a list are looked for in the rows, among all nouns by an index.
#[tokio::test]
async fn words_of_a_list_are_found_below_a_parent_as_among_all() {
    let districts = "{ districts(first: 100) { nodes { slug } } }";
    for app in chaoyang("words_below_a_parent").await {
        for filter in [
            "stage: [PRIMARY]",
            "stage: [SENIOR, SPECIAL]",
            "stage: []",
            "not: { stage: [PRIMARY] }",
            "or: [{ stage: [VOCATIONAL_SECONDARY] }, { ownership: [PRIVATE] }]",
        ] {
            let mut below_all = 0;
            for district in app.data(districts).await["districts"]["nodes"].as_array().expect("nodes") {
                let slug = &district["slug"];
                let data = app
                    .data(&format!(
                        "{{ schools(filter: {{ {filter}, district: {slug} }}) {{ totalCount nodes {{ slug }} }} \
                         district(slug: {slug}) {{ schools(filter: {{ {filter} }}) {{ totalCount nodes {{ slug }} }} }} }}"
                    ))
                    .await;
                assert_eq!(data["schools"], data["district"]["schools"], "{}: {filter}", app.name);
                below_all += data["schools"]["totalCount"].as_i64().expect("a count");
            }
            assert_eq!(below_all == 0, filter == "stage: []", "{}: {filter}", app.name);
        }
    }
}

#[tokio::test]
async fn edges_are_narrowed_by_what_they_say_themselves() {
    for app in chaoyang("edges_are_narrowed").await {
        let data = app
            .data(
                r#"{ group(slug: "chenjinglun") {
                       lead: schools(role: [LEAD]) { totalCount edges { role node { slug } } }
                       others: schools(first: 100, role: [MEMBER, BRANCH, GUIDED, CO_BRANDED]) { totalCount edges { role } }
                       all: schools { totalCount } }
                     alliance(slug: "chenjinglun-through") { schools(basis: [SERVES]) { totalCount } members: schools(basis: [MEMBER]) { totalCount } }
                     school(slug: "bj80") { branches(basis: [SOURCE], filter: { nameContains: "branch" }) { totalCount edges { basis } } all: branches { totalCount } }
                     chain: school(slug: "chenjinglun-hs") { predecessors(kind: [MERGED_INTO]) { nodes { slug } } renamed: predecessors(kind: [RENAMED]) { totalCount } }
                     initiative(slug: "through-training-map") { announcedAt(action: [UNVEILED]) { totalCount edges { action } } } }"#,
            )
            .await;
        let group = &data["group"];
        assert_eq!(group["lead"]["totalCount"], 1, "{}: {data}", app.name);
        assert_eq!(group["lead"]["edges"][0]["role"], "LEAD");
        let [others, all] = [&group["others"], &group["all"]].map(|list| list["totalCount"].as_u64().expect("a count"));
        assert_eq!(others + 1, all, "{}: {data}", app.name);
        assert!(group["others"]["edges"].as_array().expect("edges").iter().all(|edge| edge["role"] != "LEAD"));
        assert_eq!(data["alliance"]["schools"]["totalCount"], 0);
        assert_eq!(data["alliance"]["members"]["totalCount"], 4);
        assert_eq!(data["school"]["branches"]["totalCount"], 0, "all of them are told from their names");
        assert!(data["school"]["all"]["totalCount"].as_u64() > Some(10));
        assert_eq!(data["initiative"]["announcedAt"]["edges"], json!([{ "action": "UNVEILED" }]));
        let page = app.data(r#"{ group(slug: "chenjinglun") { schools(first: 1, role: [MEMBER, BRANCH]) { pageInfo { endCursor } } } }"#).await;
        let cursor = &page["group"]["schools"]["pageInfo"]["endCursor"];
        let other = format!(
            "{{ group(slug: \"chenjinglun\") {{ schools(first: 1, after: {cursor}) {{ nodes {{ slug }} }} }} }}"
        );
        let code = app.ask(&other, json!({})).await.json()["errors"][0]["extensions"]["code"].clone();
        assert!(code.is_string(), "{}: a cursor holds for the condition that gave it", app.name);
    }
}

#[tokio::test]
async fn a_noun_is_found_by_its_own_name_and_not_by_that_of_what_speaks_of_it() {
    for app in chaoyang("a_noun_is_found_by_its_own_name").await {
        let schema = Schema::of(&app).await;
        for (list, _) in schema.noun_lists() {
            let root = text(&list["name"]);
            let data = app.data(&format!("{{ {root}(first: 1) {{ nodes {{ slug name }} }} }}")).await;
            let Some(first) = items(&data[root]["nodes"]).first() else { continue };
            let name: String = text(&first["name"]).chars().take(40).collect();
            let found = app
                .ask(
                    &format!("query ($name: String) {{ {root}(first: 100, filter: {{ nameContains: $name }}) {{ nodes {{ slug }} }} }}"),
                    json!({ "name": name }),
                )
                .await;
            let found = found.json();
            let slugs: Vec<&Value> = items(&found["data"][root]["nodes"]).iter().map(|node| &node["slug"]).collect();
            assert!(slugs.contains(&&first["slug"]), "{}: {root}: `{name}` finds {slugs:?}", app.name);
        }
        let data = app
            .data(
                r#"{ said: alliances(filter: { nameContains: "learning resources" }) { totalCount }
                     figure: districts(filter: { nameContains: "coverage of high-quality" }) { totalCount } }"#,
            )
            .await;
        assert_eq!(data, json!({ "said": { "totalCount": 0 }, "figure": { "totalCount": 0 } }), "{}", app.name);
    }
}

#[tokio::test]
async fn a_condition_on_a_status_finds_those_that_say_it_on_the_day() {
    for app in chaoyang("a_condition_on_a_status").await {
        let schema = Schema::of(&app).await;
        let mut compared = 0;
        for (list, noun) in schema.noun_lists() {
            let root = text(&list["name"]);
            let has_field = schema.fields(noun).any(|field| field["name"] == "status");
            let Some((_, words)) = schema.conditions(list).into_iter().find(|(name, _)| *name == "status") else {
                continue;
            };
            if !has_field {
                continue;
            }
            for day in ["2012-01-01", "2023-12-15", "2024-08-31", "2024-10-01", "2026-01-01"] {
                let of = |filter: &str| {
                    format!("{{ map(asOf: \"{day}\") {{ {root}(first: 100{filter}) {{ nodes {{ slug status }} }} }} }}")
                };
                let all = app.data(&of("")).await;
                for word in items(&words["enumValues"]) {
                    let word = text(&word["name"]);
                    let found = app.data(&of(&format!(", filter: {{ status: [{word}] }}"))).await;
                    let found = items(&found["map"][root]["nodes"]);
                    assert!(
                        found.iter().all(|it| it["status"] == word),
                        "{}: {root} {day} {word}: {found:?}",
                        app.name
                    );
                    let listed = items(&all["map"][root]["nodes"]).iter().filter(|it| it["status"] == word);
                    // A page has 100 at most.
                    let missing: Vec<&Value> = listed.filter(|it| found.len() < 100 && !found.contains(it)).collect();
                    assert!(missing.is_empty(), "{}: {root} {day} {word} lacks {missing:?}", app.name);
                    compared += found.len();
                }
            }
        }
        assert!(compared > 500, "{}: {compared}", app.name);
    }
}

#[tokio::test]
async fn nouns_of_any_kind_are_narrowed_by_their_kind_and_by_what_their_edges_say() {
    for app in chaoyang("nouns_of_any_kind_are_narrowed").await {
        let fields = "totalCount edges { action node { __typename } } nodes { __typename }";
        let data = app
            .data(&format!(
                r#"{{ event(slug: "conference-2024") {{
                    all: items(first: 100) {{ {fields} }} alliances: items(first: 100, kind: [ALLIANCE]) {{ {fields} }}
                    unveiled: items(first: 100, action: [UNVEILED]) {{ {fields} }}
                    both: items(first: 100, kind: [INITIATIVE, PROJECT], action: [UNVEILED]) {{ {fields} }}
                    none: items(first: 100, kind: []) {{ {fields} }} }} }}"#
            ))
            .await;
        let of = |list: &str| data["event"][list]["edges"].as_array().expect("edges").clone();
        let kept = |is: &dyn Fn(&Value) -> bool| of("all").into_iter().filter(is).collect::<Vec<_>>();
        let is_a =
            |edge: &Value, names: &[&str]| edge["node"]["__typename"].as_str().is_some_and(|it| names.contains(&it));
        assert_eq!(of("alliances"), kept(&|edge| is_a(edge, &["Alliance"])), "{}", app.name);
        assert_eq!(of("unveiled"), kept(&|edge| edge["action"] == "UNVEILED"));
        let both = kept(&|edge| is_a(edge, &["Initiative", "Project"]) && edge["action"] == "UNVEILED");
        assert_eq!(of("both"), both);
        assert!(!both.is_empty() && both.len() < of("unveiled").len().max(of("alliances").len()), "{data:#}");
        for list in ["all", "alliances", "unveiled", "both", "none"] {
            assert_eq!(data["event"][list]["totalCount"], of(list).len(), "{}: {list}", app.name);
        }
    }
}

#[tokio::test]
async fn ties_to_an_agreement_are_narrowed_by_their_basis_from_either_end() {
    for app in chaoyang("ties_to_an_agreement_are_narrowed").await {
        let data = app
            .data(
                "{ agreements(first: 100) { nodes {
                    parties(first: 100) { edges { ...tie } } party: parties(first: 100, basis: [PARTY]) { edges { ...tie } }
                    outcomes(first: 100) { edges { ...tie } }
                    runs: outcomes(first: 100, basis: [RUNS, ESTABLISHES]) { totalCount edges { ...tie } } } } }
                fragment tie on NounPageItem { cursor ... on AgreementPartyEdge { basis node { slug } }
                    ... on AgreementOutcomeEdge { basis node { slug } } }",
            )
            .await;
        let mut found = [0, 0];
        for agreement in data["agreements"]["nodes"].as_array().expect("nodes") {
            let ties = |list: &str, bases: &[&str]| -> Vec<[Value; 2]> {
                let edges = agreement[list]["edges"].as_array().expect("edges").iter();
                let is_wanted = |edge: &&Value| edge["basis"].as_str().is_some_and(|basis| bases.contains(&basis));
                let kept = edges.filter(|edge| bases.is_empty() || is_wanted(edge));
                kept.map(|edge| [edge["basis"].clone(), edge["node"]["slug"].clone()]).collect()
            };
            assert_eq!(ties("party", &[]), ties("parties", &["PARTY"]), "{}", app.name);
            assert_eq!(ties("runs", &[]), ties("outcomes", &["RUNS", "ESTABLISHES"]), "{}", app.name);
            assert_eq!(agreement["runs"]["totalCount"], ties("runs", &[]).len(), "{}", app.name);
            found = [found[0] + ties("party", &[]).len(), found[1] + ties("runs", &[]).len()];
        }
        assert!(found.iter().all(|n| *n > 0), "{}: {found:?}", app.name);
    }
}
