//! The kinds of nouns, as an enum of the schema.

use domain::Kind;

use crate::objects::word::Word;

/// A kind of noun: a value of the enum `NounKind`, given as an argument or written as a leaf.
pub(crate) type NounKind = Word<domain::NounKind>;

impl Word<domain::NounKind> {
    /// The kind.
    pub(crate) fn kind(self) -> Kind {
        self.0.kind()
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{InputType, Value};
    use domain::Vocabulary;

    use super::*;
    use crate::objects::node::NOUNS;

    #[test]
    fn every_noun_of_the_schema_has_a_value() {
        let kinds = domain::NounKind::VALUES.iter().map(|it| it.value.kind());
        assert!(kinds.eq(NOUNS.iter().map(|noun| noun.kind)));
        let read = NounKind::parse(Some(Value::from("LEARNING_AREA"))).ok().map(NounKind::kind);
        assert_eq!(read, Some(Kind::LearningArea));
        assert!(NounKind::parse(Some(Value::from("MEMBERSHIP"))).is_err(), "a tie");
    }
}
