//! Lists of nouns of any kind counted by the kind of the noun and by what the edges say themselves.

use std::{iter, marker::PhantomData};

use domain::{Kind, Vocabulary};
use persistence::{NODE_KIND, TieCount, TieDimensions};

use crate::{
    definition::{argument::Argument, kept::kept, object_type::ObjectType},
    lists::{
        dimension::{DimensionInput, ListDimension, OF_ROW},
        page::saturating_int,
    },
    objects::{tie::TieType, word::Word},
};

/// A dimension of a list of nouns of any kind.
#[derive(Clone, Copy)]
pub(crate) struct EdgeDimension {
    /// The field of a row that has its values.
    name: &'static str,
    /// What conditions call it.
    property: &'static str,
    add_field: fn(ObjectType<EdgeCount>, EdgeDimension) -> ObjectType<EdgeCount>,
}

impl EdgeDimension {
    /// A field of the edge with a word of a vocabulary; the column of the tie has the name of the field.
    pub(crate) const fn words<V: Vocabulary>(name: &'static str) -> Self {
        let add_field = |row: ObjectType<EdgeCount>, it: EdgeDimension| {
            row.leaf(it.name, OF_ROW, move |count| count.word::<V>(it.property))
        };
        EdgeDimension { name, property: name, add_field }
    }

    /// A field of the edge with a text.
    pub(crate) const fn texts(name: &'static str) -> Self {
        let add_field = |row: ObjectType<EdgeCount>, it: EdgeDimension| {
            row.optional_text(it.name, OF_ROW, move |count| count.value(it.property).flatten())
        };
        EdgeDimension { name, property: name, add_field }
    }

    /// The kind of the noun.
    pub(crate) const fn of_node() -> Self {
        EdgeDimension { property: NODE_KIND, ..Self::words::<domain::NounKind>("kind") }
    }
}

/// A dimension of the lists whose edges say a `T`.
pub(crate) struct TieDimension<T> {
    pub(crate) dimension: EdgeDimension,
    of: PhantomData<fn() -> T>,
}

impl<T: TieType> TieDimension<T> {
    pub(crate) fn property(&self) -> &'static str {
        self.dimension.property
    }

    /// What the types of a breakdown are named after: the tie, if it has dimensions of its own.
    fn type_prefix() -> String {
        if T::dimensions().is_empty() { "Noun".to_owned() } else { T::describe().name.into_owned() }
    }

    /// The argument by which a breakdown is asked for: of one type for all ties without dimensions of their own.
    pub(crate) fn argument() -> Argument {
        let (name, description) = ("by", "By what: 1 to 3 dimensions, each once.");
        match T::dimensions().is_empty() {
            true => Argument::new::<Vec<DimensionInput<TieDimension<()>>>>(name, description),
            false => Argument::new::<Vec<DimensionInput<Self>>>(name, description),
        }
    }
}

impl<T: TieType> ListDimension for TieDimension<T> {
    fn enum_name() -> String {
        format!("{}Dimension", Self::type_prefix())
    }

    fn all() -> &'static [Self] {
        kept::<Vec<Self>>(|| {
            let all = iter::once(EdgeDimension::of_node()).chain(T::dimensions());
            all.map(|dimension| TieDimension { dimension, of: PhantomData }).collect()
        })
    }

    fn field(&self) -> &'static str {
        self.dimension.name
    }

    fn description(&self) -> String {
        match self.dimension.property {
            NODE_KIND => "By the kind of the noun; of a change, by that of its `noun`.".to_owned(),
            _ => format!("By `{}`, as the edges say it.", self.dimension.name),
        }
    }
}

/// How many edges of a list have some values in common.
pub(crate) struct EdgeCount {
    pub(crate) by: TieDimensions,
    pub(crate) count: TieCount,
}

impl EdgeCount {
    /// The type of the rows of lists whose edges say a `T`.
    pub(crate) fn describe<T: TieType>() -> ObjectType<EdgeCount> {
        let row = ObjectType::<EdgeCount>::new(
            format!("{}Count", TieDimension::<T>::type_prefix()),
            "How many edges of a list have in common what the fields say.",
        )
        .leaf("count", "How many there are.", |it| saturating_int(it.count.count));
        let row = TieDimension::<T>::all()
            .iter()
            .fold(row, |row, TieDimension { dimension, .. }| (dimension.add_field)(row, *dimension));
        row.charged()
    }

    /// The value of a dimension, if it was asked for.
    fn value(&self, property: &str) -> Option<Option<&str>> {
        let at = self.by.iter().position(|asked| *asked == Some(property))?;
        self.count.values.get(at).map(Option::as_deref)
    }

    fn word<V: Vocabulary>(&self, property: &str) -> Option<Word<V>> {
        // The vocabulary may have a word for what is not on record.
        let word = self.value(property)?.unwrap_or_default();
        V::VALUES.iter().find(|it| it.word == word).map(|it| Word(it.value))
    }
}

/// The counts of a list that is counted by the kind of the noun alone: the kinds that are given, each with how many there are.
pub(crate) fn count_kinds(by: TieDimensions, kinds: impl IntoIterator<Item = (Option<Kind>, u64)>) -> Vec<TieCount> {
    debug_assert!(by.into_iter().flatten().all(|property| property == NODE_KIND), "{by:?}");
    let count = |(kind, count): (Option<Kind>, u64)| TieCount {
        values: by.into_iter().flatten().map(|_| kind.map(|kind| kind.name().to_owned())).collect(),
        count,
    };
    let mut counts: Vec<TieCount> = kinds.into_iter().filter(|(_, count)| *count > 0).map(count).collect();
    TieCount::sort(&mut counts);
    counts
}
