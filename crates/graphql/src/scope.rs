//! What a cursor holds for: a list, its order, its filter and its view.
//!
//! They are written as text whose form does not depend on the code: by the names of the schema, conditions in
//! alphabetical order, and without what is not given. A new condition or a renamed field of a Rust type therefore
//! leaves the cursors good that clients hold.

use std::sync::{Arc, LazyLock};

use async_graphql::InputType;
use domain::{Filter, Known, Order, View, id::fingerprint};

use crate::{
    connection::{OrderDirection, OrderFieldInput},
    filter::{ConditionValue, Lower, camel_case},
    noun::Existence,
};

/// What was asked for in a view: a cursor of the default view stays good tomorrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ViewAsked {
    Default,
    Pinned(View),
}

/// Which list: its name in the schema and, for a relation, the noun that has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListId {
    pub(crate) name: &'static str,
    pub(crate) parent: Option<i64>,
}

/// The scope of a list's cursors, computed when the first of them is read or written. Cheap to clone.
#[derive(Clone)]
pub(crate) struct CursorScope(Arc<LazyLock<i64, Box<dyn FnOnce() -> i64 + Send>>>);

impl CursorScope {
    /// The scope of a list that is read under a filter.
    pub(crate) fn new<T: Lower>(list: ListId, order: Order, filter: Arc<Filter<T::Conditions>>, view: ViewAsked) -> Self
    where
        T::Conditions: 'static,
    {
        let compute = move || fingerprint(scope_text::<T>(list, order, &filter, view).as_bytes());
        CursorScope(Arc::new(LazyLock::new(Box::new(compute))))
    }

    /// The number that cursors carry.
    pub(crate) fn get(&self) -> i64 {
        **self.0
    }
}

/// What a scope is the hash of.
fn scope_text<T: Lower>(list: ListId, order: Order, filter: &Filter<T::Conditions>, view: ViewAsked) -> String {
    let parent = list.parent.map(|parent| format!("({parent})")).unwrap_or_default();
    let direction = if order.descending { OrderDirection::Desc } else { OrderDirection::Asc };
    let (field, direction) = (OrderFieldInput::from(order.field).to_value(), direction.to_value());
    let view = match view {
        ViewAsked::Default => "default".to_owned(),
        ViewAsked::Pinned(View { day, known: Known::Latest }) => format!("{day}"),
        ViewAsked::Pinned(View { day, known: Known::At(revision) }) => format!("{day} at {revision}"),
    };
    format!("{}{parent} order {field} {direction} filter {} view {view}", list.name, filter_text::<T>(filter))
}

/// A filter as text: two filters have the same text only if they are equal.
fn filter_text<T: Lower>(filter: &Filter<T::Conditions>) -> String {
    let Filter { all, any, not, existence, name_contains, is } = filter;
    let combined = |name: &str, parts: &[Filter<T::Conditions>]| {
        let parts: Vec<String> = parts.iter().map(filter_text::<T>).collect();
        (!parts.is_empty()).then(|| format!("{name}:[{}]", parts.join(",")))
    };
    let shared = [
        combined("and", all),
        combined("or", any),
        not.as_ref().map(|part| format!("not:{}", filter_text::<T>(part))),
        condition::<Vec<Existence>, _>("existence", existence.as_ref()),
        condition::<String, _>("name_contains", name_contains.as_ref()),
    ];
    let mut conditions: Vec<String> = T::given(is).into_iter().chain(shared).flatten().collect();
    conditions.sort_unstable();
    format!("{{{}}}", conditions.join(","))
}

/// A condition as text, if it is given; `G` is the type of its value in the schema.
pub(crate) fn condition<G: ConditionValue<T>, T>(field: &str, value: Option<&T>) -> Option<String> {
    value.map(|value| format!("{}:{}", camel_case(field), G::text(value)))
}

#[cfg(test)]
mod tests {
    use domain::{Existence, Id, OrderField, Ownership, SchoolConditions, Stage};
    use proptest::prelude::*;

    use super::*;
    use crate::school::SchoolFilter;

    type SchoolsWanted = Filter<SchoolConditions>;

    const SCHOOLS: ListId = ListId { name: "School", parent: None };
    const BY_NAME: Order = Order { field: OrderField::Name, descending: true };

    fn teaching(stages: &[Stage]) -> SchoolsWanted {
        let is = SchoolConditions { stage: Some(stages.to_vec()), ..SchoolConditions::default() };
        Filter { is, ..Filter::default() }
    }

    fn pinned(known: Known) -> ViewAsked {
        ViewAsked::Pinned(View { day: "2020-09-01".parse().expect("a day"), known })
    }

    #[test]
    fn scopes_stay_as_they_are() {
        let combined = Filter {
            all: vec![teaching(&[]), Filter { name_contains: Some("a\"]}".to_owned()), ..Filter::default() }],
            any: vec![Filter { existence: Some(vec![Existence::Certain]), ..Filter::default() }],
            not: Some(Box::new(Filter {
                is: SchoolConditions {
                    ownership: Some(vec![Ownership::Public, Ownership::Unknown]),
                    code: Some("0110".to_owned()),
                    campus_district: Some(Id::of("chaoyang")),
                    has_group: Some(false),
                    ..SchoolConditions::default()
                },
                ..Filter::default()
            })),
            ..teaching(&[Stage::Primary])
        };
        let schools_of_group = ListId { name: "GroupSchool", parent: Some(42) };
        for (list, order, filter, view, text, scope) in [
            (
                SCHOOLS,
                Order::default(),
                Filter::default(),
                ViewAsked::Default,
                "School order NATURAL ASC filter {} view default",
                4_844_927_418_360_500_538,
            ),
            (
                SCHOOLS,
                BY_NAME,
                teaching(&[Stage::VocationalSecondary, Stage::Primary]),
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
            assert_eq!(scope_text::<SchoolFilter>(list, order, &filter, view), text);
            let computed = CursorScope::new::<SchoolFilter>(list, order, Arc::new(filter), view).get();
            assert_eq!(computed, scope, "{text}");
        }
    }

    #[test]
    fn lists_orders_and_views_have_scopes_of_their_own() {
        let lists = [SCHOOLS, ListId { parent: Some(1), ..SCHOOLS }, ListId { name: "Group", parent: Some(1) }];
        let orders = [Order::default(), Order { descending: true, ..Order::default() }, BY_NAME];
        let views = [ViewAsked::Default, pinned(Known::Latest), pinned(Known::At(1)), pinned(Known::At(2))];
        let mut texts = std::collections::HashSet::new();
        for list in lists {
            for order in orders {
                for view in views {
                    assert!(texts.insert(scope_text::<SchoolFilter>(list, order, &Filter::default(), view)));
                }
            }
        }
        assert_eq!(texts.len(), 36);
    }

    /// The conditions of a filter before one was added, and after.
    mod added {
        use crate::{filter::filter, partner::PartnerKind};

        #[derive(Debug, Clone, Default)]
        pub(crate) struct Before {
            pub(crate) kind: Option<Vec<domain::PartnerKind>>,
        }

        #[derive(Debug, Clone, Default)]
        pub(crate) struct After {
            pub(crate) added: Option<bool>,
            pub(crate) renamed: Option<Vec<domain::PartnerKind>>,
        }

        filter! {
            /// Before.
            FilterBefore => Before {
                /// It is one of these.
                kind: Vec<PartnerKind> => kind,
            }
        }

        filter! {
            /// After.
            FilterAfter => After {
                /// A new condition.
                added: bool => added,
                /// It is one of these.
                kind: Vec<PartnerKind> => renamed,
            }
        }
    }

    #[test]
    fn a_new_condition_changes_no_scope_that_does_not_give_it() {
        let kinds = Some(vec![domain::PartnerKind::Museum]);
        let before = Filter { is: added::Before { kind: kinds.clone() }, ..Filter::default() };
        let absent = Filter { is: added::After { added: None, renamed: kinds.clone() }, ..Filter::default() };
        let given = Filter { is: added::After { added: Some(false), renamed: kinds }, ..Filter::default() };
        assert_eq!(filter_text::<added::FilterBefore>(&before), "{kind:[MUSEUM]}");
        assert_eq!(filter_text::<added::FilterAfter>(&absent), "{kind:[MUSEUM]}");
        assert_eq!(filter_text::<added::FilterAfter>(&given), "{added:false,kind:[MUSEUM]}");
    }

    fn some_filter() -> impl Strategy<Value = SchoolsWanted> {
        let text = || prop::option::of("[a,:\"\\\\\\]}]{0,3}");
        let stages = prop::sample::subsequence(vec![Stage::Primary, Stage::Junior], 0..=2);
        let existence = prop::sample::subsequence(vec![Existence::Certain, Existence::Assumed], 0..=2);
        let leaf = (text(), text(), prop::option::of(stages), prop::option::of(existence), any::<Option<bool>>());
        let leaf = leaf.prop_map(|(name_contains, code, stage, existence, has_group)| Filter {
            name_contains,
            existence,
            is: SchoolConditions { code, stage, has_group, ..SchoolConditions::default() },
            ..Filter::default()
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
            let is_equal = filter_text::<SchoolFilter>(&one) == filter_text::<SchoolFilter>(&other);
            prop_assert_eq!(is_equal, one == other);
        }
    }
}
