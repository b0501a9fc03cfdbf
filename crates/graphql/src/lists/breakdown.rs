//! Lists counted by what their nouns have in common: the dimensions of a noun as a table, what is given of them, and the rows.
//!
//! The dimensions are the conditions of the noun's filter that are on words, nouns or flags: what a row says can be asked for.

use std::{any::type_name, borrow::Cow};

use async_graphql::{
    InputType, InputValueError, InputValueResult, Name, Value,
    registry::{Deprecation, MetaEnumValue, MetaType, MetaTypeId, Registry},
};
use domain::{AnyId, Condition, ConditionValue, Filter, Id, Kind, View, Vocabulary};
use persistence::{BreakdownRow, Dimension, DimensionValue, DimensionValues, Dimensions, NumberSummary};

use crate::{
    definition::{
        field::Field,
        object_type::{Described, ObjectType},
    },
    execution::error_code::ErrorCode,
    lists::{filter_type::filter_type, page::saturating_int},
    objects::{
        noun::{NounType, camel_case, load_noun, snake_case},
        word::Word,
    },
};

/// How many dimensions can be asked for.
const MAX_GIVEN: usize = 3;

/// How many rows a breakdown has at most.
const MAX_ROWS: usize = 1_000;

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

const OF_ROW: &str = "What these have in common; null, or `UNKNOWN`, where nothing is on record, and null where `by` does not ask for it.";

impl<N: NounType> DimensionType<N> {
    /// One whose values are words.
    pub(crate) fn words<V: Vocabulary>(name: &'static str, property: &'static str) -> Self {
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
            add_field: Box::new(move |row, name| row.leaf(name, OF_ROW, move |it| word(it.value(name)))),
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

    /// The value of the enum.
    fn enum_value(&self) -> String {
        snake_case(self.name).to_ascii_uppercase()
    }
}

/// A dimension of a noun, as it is given.
pub(crate) struct DimensionInput<N: NounType>(&'static DimensionType<N>);

impl<N: NounType> InputType for DimensionInput<N> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Dimension", N::NAME))
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let value = |dimension: &DimensionType<N>| MetaEnumValue {
            name: dimension.enum_value(),
            description: Some(format!("By `{}`, as the condition of this name finds them.", dimension.name)),
            deprecation: Deprecation::NoDeprecated,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            directive_invocations: Vec::new(),
        };
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| MetaType::Enum {
            name: Self::type_name().into_owned(),
            description: Some("By what a list is counted.".to_owned()),
            enum_values: filter_type::<N>().dimensions.iter().map(value).map(|it| (it.name.clone(), it)).collect(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let name = match &value {
            Value::Enum(name) => name.as_str(),
            // So do variables come.
            Value::String(text) => text,
            _ => return Err(InputValueError::expected_type(value)),
        };
        let found = filter_type::<N>().dimensions.iter().find(|dimension| dimension.enum_value() == name);
        let unknown = || InputValueError::custom(format_args!("`{name}` is none of its values"));
        found.map(DimensionInput).ok_or_else(unknown)
    }

    fn to_value(&self) -> Value {
        Value::Enum(Name::new(self.0.enum_value()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// The dimensions that are given, as the store takes them.
pub(crate) fn parse_dimensions<N: NounType>(given: &[DimensionInput<N>]) -> async_graphql::Result<Dimensions> {
    check_dimensions(given, |DimensionInput(dimension)| dimension.enum_value())?;
    let mut dimensions = Dimensions::default();
    for (place, DimensionInput(dimension)) in dimensions.iter_mut().zip(given) {
        *place = Some(dimension.dimension);
    }
    Ok(dimensions)
}

/// Checks that there are 1 to 3 dimensions, each once; `name` says what each is called.
pub(crate) fn check_dimensions<D>(given: &[D], name: impl Fn(&D) -> String) -> async_graphql::Result<()> {
    let refuse = |problem: String| Err(ErrorCode::InvalidArgument.with_message(problem));
    if given.is_empty() || given.len() > MAX_GIVEN {
        return refuse(format!("`by` takes 1 to {MAX_GIVEN} dimensions, and {} are given", given.len()));
    }
    let names: Vec<String> = given.iter().map(name).collect();
    match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        Some((_, name)) => refuse(format!("`by` names {name} twice")),
        None => Ok(()),
    }
}

/// How many nouns of a list have some values in common.
pub(crate) struct Count<N> {
    view: View,
    by: Dimensions,
    row: BreakdownRow,
    of: std::marker::PhantomData<fn() -> N>,
}

/// The rows of a breakdown.
pub(crate) fn counts<N: NounType>(
    view: View,
    by: Dimensions,
    rows: Vec<BreakdownRow>,
) -> async_graphql::Result<Vec<Count<N>>> {
    if rows.len() > MAX_ROWS {
        let problem =
            format!("it has {} rows, and at most {MAX_ROWS} are given: narrow the list, or ask by less", rows.len());
        return Err(ErrorCode::InvalidArgument.with_message(problem));
    }
    Ok(rows.into_iter().map(|row| Count::new(view, by, row)).collect())
}

impl<N: NounType> Count<N> {
    /// How many there are with the values of a row.
    pub(crate) fn new(view: View, by: Dimensions, row: BreakdownRow) -> Self {
        Count { view, by, row, of: std::marker::PhantomData }
    }

    /// The filter that finds what it counts.
    pub(crate) fn filter(&self) -> Filter {
        let condition = |(dimension, value): (Dimension, &DimensionValue)| {
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
            Condition { property: dimension.property, value }
        };
        let conditions = self.by.into_iter().flatten().zip(&self.row.values).map(condition).collect();
        Filter { conditions, ..Filter::default() }
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
        row
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
