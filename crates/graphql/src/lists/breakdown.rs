//! Lists counted by what their nouns have in common: the dimensions of a noun as a table, what is given of them, and the rows.
//!
//! The dimensions are the conditions of the noun's filter that are on words, nouns or flags, but for those on categories:
//! what a row says can be asked for.

use domain::{AnyId, Condition, ConditionValue, Existence, Filter, Id, Kind, View, Vocabulary, noun::EXISTENCE};
use persistence::{BreakdownRow, Dimension, DimensionValue, DimensionValues, Dimensions, NumberSummary};

use crate::{
    definition::{
        field::{Field, FieldContext},
        object_type::{Described, ObjectType},
    },
    execution::{context::ContextExt, error_code::ErrorCode},
    lists::{
        dimension::{DimensionInput, ListDimension, OF_ROW, parse_dimensions},
        filter_type::filter_type,
        page::saturating_int,
    },
    objects::{
        noun::{NounType, camel_case, load_noun},
        word::Word,
    },
};

/// How many rows a breakdown has at most.
pub(crate) const MAX_ROWS: usize = 1_000;

/// What the field of a row says that stands for the existence.
const OF_EXISTENCE: &str = "Whether these are known or assumed to exist on the view's day; null for those that are not on the map of that day, such as what is planned, and where `by` does not ask for it.";

/// A dimension by which the lists of a noun are counted.
pub(crate) struct DimensionType<N: NounType> {
    /// The field of a row that has its values.
    pub(crate) name: &'static str,
    pub(crate) dimension: Dimension,
    /// The kind of its nouns.
    kind: Option<Kind>,
    /// The word of its vocabulary that is equal to this one.
    word: fn(&str) -> Option<&'static str>,
    add_field: AddField<N>,
}

/// Adds the field of a dimension, of this name, to the type of the rows.
type AddField<N> = Box<dyn Fn(ObjectType<Count<N>>, &'static str) -> ObjectType<Count<N>> + Send + Sync>;

impl<N: NounType> DimensionType<N> {
    /// One whose values are words.
    pub(crate) fn words<V: Vocabulary>(name: &'static str, property: &'static str) -> Self {
        Self::described_words::<V>(name, property, OF_ROW)
    }

    /// Whether a noun is known or assumed to exist.
    pub(crate) fn existence() -> Self {
        Self::described_words::<Existence>(EXISTENCE, EXISTENCE, OF_EXISTENCE)
    }

    fn described_words<V: Vocabulary>(name: &'static str, property: &'static str, description: &'static str) -> Self {
        let word = |value: Option<&DimensionValue>| {
            let word = match value? {
                DimensionValue::Stated(word, _) => word,
                // The vocabulary may have a word for it.
                _ => "",
            };
            V::VALUES.iter().find(|it| it.word == word).map(|it| Word(it.value))
        };
        DimensionType {
            name,
            dimension: Dimension { property, values: DimensionValues::Words },
            kind: None,
            word: |word| V::VALUES.iter().map(|it| it.word).find(|it| *it == word),
            add_field: Box::new(move |row, name| row.leaf(name, description, move |it| word(it.value(name)))),
        }
    }

    /// One whose values are nouns.
    pub(crate) fn nouns<M: NounType>(name: &'static str, property: &'static str) -> Self {
        let id = |value: Option<&DimensionValue>| match value {
            Some(DimensionValue::Stated(_, id)) => Some(Id::<M>::from_raw(*id)),
            _ => None,
        };
        DimensionType {
            name,
            dimension: Dimension { property, values: DimensionValues::Nouns },
            kind: Some(M::KIND),
            word: |_| None,
            add_field: Box::new(move |row, name| {
                row.load_optional_object(name, OF_ROW, move |it, ctx| load_noun(ctx, it.view, id(it.value(name))))
            }),
        }
    }

    /// One that is true or false.
    pub(crate) fn flags(name: &'static str, property: &'static str) -> Self {
        let flag = |value: Option<&DimensionValue>| match value {
            Some(DimensionValue::Flag(flag)) => Some(*flag),
            _ => None,
        };
        DimensionType {
            name,
            dimension: Dimension { property, values: DimensionValues::Flags },
            kind: None,
            word: |_| None,
            add_field: Box::new(move |row, name| row.leaf(name, OF_ROW, move |it| flag(it.value(name)))),
        }
    }
}

impl<N: NounType> ListDimension for DimensionType<N> {
    fn enum_name() -> String {
        format!("{}Dimension", N::NAME)
    }

    fn all() -> &'static [Self] {
        &filter_type::<N>().dimensions
    }

    fn field(&self) -> &'static str {
        self.name
    }

    fn description(&self) -> String {
        format!("By `{}`, as the condition of this name finds them.", self.name)
    }
}

/// The dimensions that are given, as the store takes them.
pub(crate) fn parse_noun_dimensions<N: NounType>(
    given: &[DimensionInput<DimensionType<N>>],
) -> async_graphql::Result<Dimensions> {
    parse_dimensions(given, |it| it.dimension)
}

/// How many nouns of a list have some values in common.
pub(crate) struct Count<N> {
    view: View,
    by: Dimensions,
    row: BreakdownRow,
    of: std::marker::PhantomData<fn() -> N>,
}

/// Checks that what is told apart by dimensions has not too many rows, and counts them among the objects of the answer.
pub(crate) fn charge_rows(ctx: &FieldContext<'_>, rows: usize, most: usize) -> async_graphql::Result<()> {
    if rows <= most {
        return ctx.charge_objects(rows);
    }
    let problem = format!("it has {rows} rows, and at most {most} are given: narrow the list, or ask by less");
    Err(ErrorCode::InvalidArgument.with_message(problem))
}

impl<N: NounType> Count<N> {
    /// How many there are with the values of a row.
    pub(crate) fn new(view: View, by: Dimensions, row: BreakdownRow) -> Self {
        Count { view, by, row, of: std::marker::PhantomData }
    }

    /// The filter that finds what it counts.
    pub(crate) fn filter(&self) -> Filter {
        let mut filter = Filter::default();
        for (dimension, value) in self.by.into_iter().flatten().zip(&self.row.values) {
            if let (EXISTENCE, DimensionValue::Stated(word, _)) = (dimension.property, value) {
                filter.existence = Existence::parse(word).map(|existence| vec![existence]);
                continue;
            }
            let types = &filter_type::<N>().dimensions;
            let of_kind = types.iter().find(|it| it.dimension == dimension);
            let word_of = |word| of_kind.and_then(|it| (it.word)(word)).map(|word| ConditionValue::Words(vec![word]));
            let value = match (value, dimension.values) {
                (DimensionValue::Stated(_, id), DimensionValues::Nouns) => {
                    let kind = of_kind.and_then(|it| it.kind).unwrap_or(N::KIND);
                    Some(ConditionValue::Noun(AnyId { kind, raw: *id }))
                }
                (DimensionValue::Stated(word, _), _) => word_of(word),
                (DimensionValue::Flag(flag), _) => Some(ConditionValue::Flag(*flag)),
                // The vocabulary may have a word for it.
                (DimensionValue::Unstated, DimensionValues::Words) => word_of(""),
                (DimensionValue::Unstated, _) => None,
            };
            let value = value.unwrap_or(ConditionValue::Unstated);
            filter.conditions.push(Condition { property: dimension.property, value });
        }
        filter
    }

    /// The fields of what they have in common.
    pub(crate) fn common_fields() -> Vec<Field<Self>> {
        let none = ObjectType::<Self>::new("", "");
        let add = |row, dimension: &DimensionType<N>| (dimension.add_field)(row, dimension.name);
        filter_type::<N>().dimensions.iter().fold(none, add).fields
    }

    /// The value of the dimension with this field, if it was asked for.
    fn value(&self, name: &str) -> Option<&DimensionValue> {
        let dimension = filter_type::<N>().dimensions.iter().find(|dimension| dimension.name == name)?;
        let at = self.by.iter().position(|asked| *asked == Some(dimension.dimension))?;
        self.row.values.get(at)
    }
}

impl<N: NounType> Described for Count<N> {
    fn describe() -> ObjectType<Self> {
        let mut row = ObjectType::<Self>::new(
            format!("{}Count", N::NAME),
            "How many nouns of a list have in common what the fields say: a filter with the same values finds them.",
        )
        .leaf("count", "How many there are.", |it| saturating_int(it.row.count.total))
        .leaf(
            "assumedCount",
            "How many of `count` are only assumed to have existed on the view's day.",
            |it| saturating_int(it.row.count.assumed),
        );
        row.fields.extend(Self::common_fields());
        for (at, measure) in N::MEASURES.iter().enumerate() {
            let (name, description) = (camel_case(measure.column).leak(), "What these numbers of theirs come to.");
            row = match measure.decimals {
                0 => row.object(name, description, move |it| Summary(it.row.measures[at])),
                decimals => row.object(name, description, move |it| DecimalSummary(it.row.measures[at], decimals)),
            };
        }
        row.charged()
    }
}

/// What the numbers of several nouns come to.
pub(crate) struct Summary(pub(crate) NumberSummary);

impl Described for Summary {
    fn describe() -> ObjectType<Self> {
        let int = |number: i64| i32::try_from(number).unwrap_or(if number < 0 { i32::MIN } else { i32::MAX });
        ObjectType::<Self>::new("NumberSummary", "What the numbers of several nouns come to.")
            .leaf("recordedCount", "Of how many a number is on record; the others add nothing.", |it| {
                saturating_int(it.0.recorded)
            })
            .leaf("sum", "The sum of those on record.", move |it| int(it.0.sum))
            .leaf("minimum", "The least of them; null where none is on record.", move |it| it.0.minimum.map(int))
            .leaf("maximum", "The greatest of them; null where none is on record.", move |it| it.0.maximum.map(int))
    }
}

/// What the decimal numbers of several nouns come to, and how many of the digits stand after the point.
struct DecimalSummary(NumberSummary, u32);

impl DecimalSummary {
    #[expect(clippy::cast_precision_loss, reason = "the numbers are far below 2⁵³")]
    fn decimal(&self, number: i64) -> f64 {
        number as f64 / f64::from(10_u32.pow(self.1))
    }
}

impl Described for DecimalSummary {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("DecimalSummary", "What the decimal numbers of several nouns come to.")
            .leaf("recordedCount", "Of how many a number is on record; the others add nothing.", |it| {
                saturating_int(it.0.recorded)
            })
            .leaf("sum", "The sum of those on record.", |it| it.decimal(it.0.sum))
            .leaf("minimum", "The least of them; null where none is on record.", |it| {
                it.0.minimum.map(|number| it.decimal(number))
            })
            .leaf("maximum", "The greatest of them; null where none is on record.", |it| {
                it.0.maximum.map(|number| it.decimal(number))
            })
    }
}
