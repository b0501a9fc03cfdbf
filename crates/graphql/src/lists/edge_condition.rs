//! Conditions on what an edge says itself, such as the role of a member: arguments of the connection, each called like the
//! field of the edge.

use async_graphql::ServerResult;
use domain::{Condition, ConditionValue, Vocabulary};

use crate::{
    definition::argument::{Argument, ArgumentValues},
    lists::edge_breakdown::EdgeDimension,
    objects::{tie::TieType, word::Word},
};

/// A condition on a field of an edge.
pub(crate) struct EdgeCondition {
    pub(crate) argument: Argument,
    /// Lists are counted by the same field.
    pub(crate) dimension: EdgeDimension,
    read: ReadCondition,
}

type ReadCondition = Box<dyn Fn(&ArgumentValues) -> ServerResult<Option<Condition>> + Send + Sync>;

impl EdgeCondition {
    /// The noun that the edge leads to is of one of these kinds.
    fn of_node() -> Self {
        let mut condition = Self::words::<domain::NounKind>("kind", "Only those whose node is of one of these kinds.");
        let read = condition.read;
        condition.dimension = EdgeDimension::of_node();
        condition.read = Box::new(move |given| {
            Ok(read(given)?.map(|condition| Condition { property: persistence::NODE_KIND, ..condition }))
        });
        condition
    }

    /// A field with a word of a vocabulary is one of those that are given; the column of the tie has the name of the field.
    pub(crate) fn words<V: Vocabulary>(name: &'static str, description: &'static str) -> Self {
        let read = move |given: &ArgumentValues| {
            let words: Option<Vec<Word<V>>> = given.get(name)?;
            Ok(words.map(|words| Condition {
                property: name,
                value: ConditionValue::Words(words.into_iter().map(|Word(word)| word.word()).collect()),
            }))
        };
        let argument = Argument::new::<Option<Vec<Word<V>>>>(name, description);
        EdgeCondition { argument, dimension: EdgeDimension::words::<V>(name), read: Box::new(read) }
    }
}

/// The conditions on the edges to nouns of any kind: what the noun is, and what the edge says itself.
pub(crate) fn any_edge_conditions<T: TieType>() -> Vec<EdgeCondition> {
    let mut all = vec![EdgeCondition::of_node()];
    all.extend(T::conditions());
    all
}

/// What is given to these conditions.
pub(crate) fn read_edge_conditions(
    conditions: &[EdgeCondition],
    given: &ArgumentValues,
) -> ServerResult<Vec<Condition>> {
    conditions.iter().filter_map(|condition| (condition.read)(given).transpose()).collect()
}
