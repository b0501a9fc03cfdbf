//! What a name may have meant that the schema does not have where it stands.

use apollo_compiler::{Name, Schema, schema::ExtendedType};
use domain::suggest::Nearest;

/// How many errors of a request come with a suggestion at the most: each name is compared with all that it may have meant.
pub(super) const MAX_SUGGESTIONS: usize = 10;

/// A sentence of apollo-compiler about a name that is not there: what stands before the type, between the type and the name,
/// and behind.
struct Sentence {
    before: &'static str,
    between: &'static str,
    is_type_first: bool,
}

const SENTENCES: [Sentence; 4] = [
    Sentence { before: "type `", between: "` does not have a field `", is_type_first: true },
    Sentence { before: "value `", between: "` does not exist on `", is_type_first: false },
    Sentence { before: "field `", between: "` does not exist on `", is_type_first: false },
    Sentence { before: "the argument `", between: "` is not supported by `", is_type_first: false },
];

/// A name that a document has and the schema has not.
pub(super) struct UnknownName<'a> {
    /// The type that has none of that name or, as `School.groups`, the field that has no such argument.
    of: &'a str,
    name: &'a str,
}

impl<'a> UnknownName<'a> {
    /// The name of which a sentence of the validation says that it is not there.
    pub(super) fn told_by(problem: &'a str) -> Option<Self> {
        SENTENCES.iter().find_map(|Sentence { before, between, is_type_first }| {
            let (first, second) = problem.strip_prefix(before)?.split_once(between)?;
            let second = second.strip_suffix('`')?;
            let (of, name) = if *is_type_first { (first, second) } else { (second, first) };
            Some(UnknownName { of, name })
        })
    }

    /// The name that it is nearest to.
    pub(super) fn nearest(&self, schema: &Schema) -> Option<String> {
        let Some((ty, field)) = self.of.split_once('.') else { return nearest_of_type(schema, self.of, self.name) };
        let field = match schema.types.get(ty)? {
            ExtendedType::Object(object) => object.fields.get(field)?,
            ExtendedType::Interface(interface) => interface.fields.get(field)?,
            _ => return None,
        };
        nearest(self.name, field.arguments.iter().map(|argument| &argument.name))
    }
}

/// The field or the value of a type that a name is nearest to.
pub(super) fn nearest_of_type(schema: &Schema, ty: &str, name: &str) -> Option<String> {
    match schema.types.get(ty)? {
        ExtendedType::Object(object) => nearest(name, object.fields.keys()),
        ExtendedType::Interface(interface) => nearest(name, interface.fields.keys()),
        ExtendedType::InputObject(input) => nearest(name, input.fields.keys()),
        ExtendedType::Enum(of) => nearest(name, of.values.keys()),
        _ => None,
    }
}

fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a Name>) -> Option<String> {
    let mut nearest = Nearest::to(name);
    names.for_each(|name| nearest.offer(name));
    nearest.found()
}
