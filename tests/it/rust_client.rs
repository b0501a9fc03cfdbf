//! A client in Rust: its types are derived from the contract, and the server's answer is read into them.

use graphql_client::GraphQLQuery;
use serde_json::from_str;
use tests::chaoyang;

type Date = chrono::NaiveDate;
type LanguageTag = String;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "../schema.graphql",
    query_path = "../crates/server/queries/two-days.graphql",
    response_derives = "Debug"
)]
struct TwoDays;

#[tokio::test]
async fn an_answer_is_read_into_types_derived_from_the_contract() {
    let day = Date::from_ymd_opt(2018, 1, 1);
    for app in chaoyang("an_answer_is_read").await {
        let request = TwoDays::build_query(two_days::Variables {
            group: "bjut-hs-group".to_owned(),
            as_of: day,
            until: None,
            lang: Some("en".to_owned()),
        });
        let request = serde_json::to_value(&request).expect("JSON");
        let answer = app.post(&request, &[]).await;
        let answer: graphql_client::Response<two_days::ResponseData> = from_str(&answer.body).expect("the types");
        assert!(answer.errors.is_none(), "{}: {:?}", app.name, answer.errors);
        let data = answer.data.expect("data");
        assert_eq!(Some(data.then.view.as_of), day, "{}", app.name);
        let then = data.then.group.expect("a group").schools.expect("schools");
        let now = data.now.group.expect("a group").schools.expect("schools");
        assert!(then.total_count < now.total_count, "{}: {then:?} {now:?}", app.name);
        let leads = now.edges.iter().filter(|edge| matches!(edge.role, two_days::MembershipRole::LEAD)).count();
        assert_eq!(leads, 1, "{}: {now:?}", app.name);
    }
}
