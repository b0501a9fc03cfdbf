//! What a cursor holds for: a list, its order, its filter and its view.
//!
//! They are written as text whose form does not depend on the code: by the names of the schema, conditions in
//! alphabetical order, and without what is not given. A new condition or a renamed field of a Rust type therefore
//! leaves the cursors good that clients hold.

use std::sync::{Arc, OnceLock};

use domain::{Circle, Condition, ConditionValue, Filter, Known, Order, Rectangle, ScenarioId, View, id::fingerprint};

use crate::objects::word::enum_name;

/// The view that a request asks for: a cursor of the default view is good tomorrow, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestedView {
    Default,
    Pinned(View),
}

impl RequestedView {
    /// The scenario under which it is read.
    pub(crate) fn scenario(self) -> Option<ScenarioId> {
        match self {
            RequestedView::Default => None,
            RequestedView::Pinned(view) => view.scenario,
        }
    }
}

/// Which list: its name in the schema and, for a relation, the noun that has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListId {
    pub(crate) name: &'static str,
    pub(crate) parent: Option<i64>,
}

/// The scope of a list's cursors, computed when the first of them is read or written. Cheap to clone.
#[derive(Clone)]
pub(crate) struct CursorScope(Arc<Scope>);

struct Scope {
    /// What the conditions of the filter are called.
    name_of: ConditionName,
    list: ListId,
    order: Order,
    filter: Arc<Filter>,
    view: RequestedView,
    number: OnceLock<i64>,
}

impl CursorScope {
    /// The scope of a list that is read under a filter; `name_of` is what its conditions are called.
    pub(crate) fn new(
        name_of: ConditionName,
        list: ListId,
        order: Order,
        filter: Arc<Filter>,
        view: RequestedView,
    ) -> Self {
        CursorScope(Arc::new(Scope { name_of, list, order, filter, view, number: OnceLock::new() }))
    }

    /// The number that cursors carry.
    pub(crate) fn get(&self) -> i64 {
        let Scope { name_of, list, order, filter, view, number } = &*self.0;
        *number.get_or_init(|| fingerprint(scope_text(*name_of, *list, *order, filter, *view).as_bytes()))
    }
}

/// The name in the schema of the condition on a property.
type ConditionName = fn(&str) -> &'static str;

/// What a scope is the hash of.
fn scope_text(name_of: ConditionName, list: ListId, order: Order, filter: &Filter, view: RequestedView) -> String {
    let parent = list.parent.map(|parent| format!("({parent})")).unwrap_or_default();
    let (field, direction) = (enum_name(order.field.word()), enum_name(order.direction.word()));
    let view = match view {
        RequestedView::Default => "default".to_owned(),
        RequestedView::Pinned(View { day, known, scenario }) => {
            let known = match known {
                Known::Latest => String::new(),
                Known::At(revision) => format!(" at {revision}"),
            };
            let scenario = scenario.map_or_else(String::new, |scenario| format!(" what if {}", scenario.number()));
            format!("{day}{known}{scenario}")
        }
    };
    let filter = filter_text(name_of, filter);
    format!("{}{parent} order {field} {direction} filter {filter} view {view}", list.name)
}

/// A filter as text: two filters have the same text only if they are equal.
fn filter_text(name_of: ConditionName, filter: &Filter) -> String {
    let Filter { all, any, not, existence, name_contains, conditions, tie } = filter;
    let combined = |name: &str, parts: &[Filter]| {
        let parts: Vec<String> = parts.iter().map(|part| filter_text(name_of, part)).collect();
        (!parts.is_empty()).then(|| format!("{name}:[{}]", parts.join(",")))
    };
    let existence = existence.as_ref().map(|wanted| {
        let words: Vec<&str> = wanted.iter().map(|one| one.word()).collect();
        format!("existence:{}", words_text(&words))
    });
    let shared = [
        combined("and", all),
        combined("or", any),
        not.as_ref().map(|part| format!("not:{}", filter_text(name_of, part))),
        existence,
        name_contains.as_ref().map(|text| format!("nameContains:{}", quote_text(text))),
    ];
    let own = conditions
        .iter()
        .map(|Condition { property, value }| Some(format!("{}:{}", name_of(property), value_text(value))));
    let tie = tie.iter().map(|Condition { property, value }| Some(format!("tie.{property}:{}", value_text(value))));
    let mut texts: Vec<String> = own.chain(shared).chain(tie).flatten().collect();
    texts.sort_unstable();
    format!("{{{}}}", texts.join(","))
}

/// The value of a condition as the schema writes it.
fn value_text(value: &ConditionValue) -> String {
    match value {
        ConditionValue::Words(words) => words_text(words),
        ConditionValue::Noun(id) => id.to_string(),
        ConditionValue::Text(text) => quote_text(text),
        ConditionValue::Flag(flag) => flag.to_string(),
        ConditionValue::Unstated => "null".to_owned(),
        ConditionValue::Before(day) => format!("before {day}"),
        ConditionValue::After(day) => format!("after {day}"),
        ConditionValue::AtLeast(number) => format!("at least {number}"),
        ConditionValue::Code { value, scheme: None } => quote_text(value),
        ConditionValue::Code { value, scheme: Some(scheme) } => {
            format!("{{scheme:{},value:{}}}", quote_text(scheme), quote_text(value))
        }
        ConditionValue::Near(Circle { latitude, longitude, meters }) => {
            format!("{{latitude:{latitude},longitude:{longitude},metres:{meters}}}")
        }
        ConditionValue::Within(Rectangle { south, west, north, east }) => {
            format!("{{east:{east},north:{north},south:{south},west:{west}}}")
        }
    }
}

fn words_text(words: &[&'static str]) -> String {
    let words: Vec<_> = words.iter().map(|word| enum_name(word)).collect();
    format!("[{}]", words.join(","))
}

fn quote_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use domain::{AnyId, Existence, Kind, OrderDirection, OrderField};
    use proptest::prelude::*;

    use super::*;
    use crate::lists::filter_type::condition_name;

    const SCHOOLS: ListId = ListId { name: "School", parent: None };
    const BY_NAME: Order = Order { field: OrderField::Name, direction: OrderDirection::Desc };

    const NAME_OF: ConditionName = condition_name::<domain::School>;

    fn words(property: &'static str, words: &[&'static str]) -> Condition {
        Condition { property, value: ConditionValue::Words(words.to_vec()) }
    }

    fn teaching(stages: &[&'static str]) -> Filter {
        Filter { conditions: vec![words("phases", stages)], ..Filter::default() }
    }

    fn pinned(known: Known) -> RequestedView {
        RequestedView::Pinned(View::new("2020-09-01".parse().expect("a day"), known))
    }

    #[test]
    fn scopes_stay_as_they_are() {
        let combined = Filter {
            all: vec![teaching(&[]), Filter { name_contains: Some("a\"]}".to_owned()), ..Filter::default() }],
            any: vec![Filter { existence: Some(vec![Existence::Certain]), ..Filter::default() }],
            not: Some(Box::new(Filter {
                conditions: vec![
                    words("ownership", &["public", ""]),
                    Condition {
                        property: "code",
                        value: ConditionValue::Code { value: "0110".to_owned(), scheme: None },
                    },
                    Condition {
                        property: "campus_district",
                        value: ConditionValue::Noun(AnyId::parse_or_slug(Kind::District, "chaoyang").expect("a slug")),
                    },
                    Condition { property: "has_group", value: ConditionValue::Flag(false) },
                ],
                ..Filter::default()
            })),
            ..teaching(&["primary"])
        };
        let schools_of_group = ListId { name: "GroupSchool", parent: Some(42) };
        for (list, order, filter, view, text, scope) in [
            (
                SCHOOLS,
                Order::default(),
                Filter::default(),
                RequestedView::Default,
                "School order NATURAL ASC filter {} view default",
                4_844_927_418_360_500_538,
            ),
            (
                SCHOOLS,
                BY_NAME,
                teaching(&["vocational_secondary", "primary"]),
                pinned(Known::Latest),
                "School order NAME DESC filter {stage:[VOCATIONAL_SECONDARY,PRIMARY]} view 2020-09-01",
                1_003_904_969_453_581_648,
            ),
            (
                schools_of_group,
                Order::default(),
                combined,
                pinned(Known::At(7)),
                "GroupSchool(42) order NATURAL ASC filter {and:[{stage:[]},{nameContains:\"a\\\"]}\"}],not:{campusDistrict:dst_a6ffeys7qrdst,code:\"0110\",hasGroupOnRecord:false,ownership:[PUBLIC,UNKNOWN]},or:[{existence:[CERTAIN]}],stage:[PRIMARY]} view 2020-09-01 at 7",
                2_628_620_770_921_618_785,
            ),
        ] {
            assert_eq!(scope_text(NAME_OF, list, order, &filter, view), text);
            let computed = CursorScope::new(NAME_OF, list, order, Arc::new(filter), view).get();
            assert_eq!(computed, scope, "{text}");
        }
    }

    #[test]
    fn lists_orders_and_views_have_scopes_of_their_own() {
        let lists = [SCHOOLS, ListId { parent: Some(1), ..SCHOOLS }, ListId { name: "Group", parent: Some(1) }];
        let orders = [Order::default(), Order { direction: OrderDirection::Desc, ..Order::default() }, BY_NAME];
        let views = [RequestedView::Default, pinned(Known::Latest), pinned(Known::At(1)), pinned(Known::At(2))];
        let mut texts = std::collections::HashSet::new();
        for list in lists {
            for order in orders {
                for view in views {
                    assert!(texts.insert(scope_text(NAME_OF, list, order, &Filter::default(), view)));
                }
            }
        }
        assert_eq!(texts.len(), 36);
    }

    #[test]
    fn a_new_condition_changes_no_scope_that_does_not_give_it() {
        let before: ConditionName = |property| if property == "kinds" { "kind" } else { "" };
        let after: ConditionName = |property| match property {
            "kinds" => "kind",
            "added" => "added",
            _ => "",
        };
        let filter = Filter { conditions: vec![words("kinds", &["museum"])], ..Filter::default() };
        assert_eq!(filter_text(before, &filter), "{kind:[MUSEUM]}");
        assert_eq!(filter_text(after, &filter), "{kind:[MUSEUM]}");
    }

    fn some_filter() -> impl Strategy<Value = Filter> {
        let text = || prop::option::of("[a,:\"\\\\\\]}]{0,3}");
        let stages = prop::sample::subsequence(vec!["primary", "junior"], 0..=2);
        let existence = prop::sample::subsequence(vec![Existence::Certain, Existence::Assumed], 0..=2);
        let code = prop::option::of(("[a,:\"\\\\\\]}]{0,3}", text()));
        let leaf = (text(), code, prop::option::of(stages), prop::option::of(existence), any::<Option<bool>>());
        let leaf = leaf.prop_map(|(name_contains, code, stages, existence, has_group)| {
            let code = code.map(|(value, scheme)| ConditionValue::Code { value, scheme });
            let code = code.map(|value| Condition { property: "code", value });
            let stages = stages.map(|stages| words("phases", &stages));
            let flag = |flag| Condition { property: "has_group", value: ConditionValue::Flag(flag) };
            let conditions = [code, stages, has_group.map(flag)].into_iter().flatten().collect();
            Filter { name_contains, existence, conditions, ..Filter::default() }
        });
        leaf.prop_recursive(3, 12, 2, |inner| {
            let parts = || prop::collection::vec(inner.clone(), 0..3);
            (inner.clone(), parts(), parts(), prop::option::of(inner.clone()))
                .prop_map(|(filter, all, any, not)| Filter { all, any, not: not.map(Box::new), ..filter })
        })
    }

    proptest! {
        #[test]
        fn two_filters_never_share_a_scope(one in some_filter(), other in some_filter()) {
            let is_equal = filter_text(NAME_OF, &one) == filter_text(NAME_OF, &other);
            prop_assert_eq!(is_equal, one == other);
        }
    }
}
