//! Which columns of nouns the fields of a selection look at.

use async_graphql::SelectionField;
use persistence::{ColumnSet, Noun};

/// What the fields of a noun look at.
///
/// A field that has the name of a column looks at that column. One that is not known here may look at all of them.
pub(crate) trait FieldColumns: Noun {
    /// The relations, which look at none.
    const RELATIONS: &'static [&'static str] = &[];
    /// Other fields, each with the columns it looks at; `names` and `time` stand for those of these.
    const OTHERS: &'static [(&'static str, &'static [&'static str])] = &[];
}

/// The fields that all nouns have.
const COMMON: &[(&str, ColumnSet)] = &[
    ("__typename", ColumnSet::LEAST),
    ("id", ColumnSet::LEAST),
    ("slug", ColumnSet::LEAST),
    ("sources", ColumnSet::LEAST),
    ("codes", ColumnSet::LEAST),
    ("categories", ColumnSet::LEAST),
    ("name", ColumnSet::NAMES),
    ("localized_name", ColumnSet::NAMES),
    ("names", ColumnSet::NAMES),
    ("since", ColumnSet::TIME),
    ("since_day", ColumnSet::TIME),
    ("until", ColumnSet::TIME),
    ("until_day", ColumnSet::TIME),
    ("known_day", ColumnSet::TIME),
    ("is_on_map", ColumnSet::TIME),
    ("existence", ColumnSet::TIME),
];

/// The columns that what is selected of a noun looks at.
pub(crate) fn columns_of_noun<N: FieldColumns>(noun: SelectionField<'_>) -> ColumnSet {
    union_of_fields(noun, |field| columns_of_field::<N>(&snake_case(field.name())))
}

/// The columns that what is selected of a connection looks at.
pub(crate) fn columns_of_connection<N: FieldColumns>(connection: SelectionField<'_>) -> ColumnSet {
    union_of_fields(connection, |field| match field.name() {
        "nodes" => columns_of_noun::<N>(field),
        "edges" => union_of_fields(field, |field| match field.name() {
            "node" => columns_of_noun::<N>(field),
            "cursor" => ColumnSet::POSITION,
            _ => ColumnSet::LEAST,
        }),
        "pageInfo" => union_of_fields(field, |field| match field.name() {
            "startCursor" | "endCursor" => ColumnSet::POSITION,
            _ => ColumnSet::LEAST,
        }),
        _ => ColumnSet::LEAST,
    })
}

fn union_of_fields<'a>(selected: SelectionField<'a>, of: impl Fn(SelectionField<'a>) -> ColumnSet) -> ColumnSet {
    selected.selection_set().fold(ColumnSet::LEAST, |all, field| all.union(of(field)))
}

fn columns_of_field<N: FieldColumns>(field: &str) -> ColumnSet {
    if let Some((_, columns)) = N::OTHERS.iter().find(|(name, _)| *name == field) {
        let known = |column: &&str| ColumnSet::named::<N>(column).unwrap_or(ColumnSet::ALL);
        return columns.iter().map(known).fold(ColumnSet::LEAST, ColumnSet::union);
    }
    if let Some((_, columns)) = COMMON.iter().find(|(name, _)| *name == field) {
        return *columns;
    }
    if N::RELATIONS.contains(&field) {
        return ColumnSet::LEAST;
    }
    ColumnSet::named::<N>(field).unwrap_or(ColumnSet::ALL)
}

/// The name that a field has in the code: `openedOn` is `opened_on`.
fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use domain::School;

    use super::*;

    #[test]
    fn a_field_looks_at_its_column_or_at_what_is_said_of_it() {
        let column = |name| ColumnSet::named::<School>(name).expect("a column");
        let of = |name: &str| columns_of_field::<School>(&snake_case(name));
        assert_eq!(of("openedOn"), column("opened_on"));
        assert_eq!(of("township"), column("township_id"));
        assert_eq!(of("stages"), column("phases"));
        assert_eq!(of("status"), column("status").union(ColumnSet::TIME));
        assert_eq!(of("groups"), ColumnSet::LEAST);
        assert_eq!(of("isOnMap"), ColumnSet::TIME);
        assert_eq!(of("unheardOf"), ColumnSet::ALL);
    }
}
