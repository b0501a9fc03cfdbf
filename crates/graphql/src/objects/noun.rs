//! What all nouns answer: who they are, what they are called, when they hold, who says so.

use std::sync::Arc;

use async_graphql::ID;
use domain::{Existence, Head, View};
use futures::FutureExt;
use persistence::{ColumnSet, Noun, Relation};

use crate::{
    definition::{
        abstract_type::{NODE, NOUN},
        field::{FieldColumns, FieldContext, FieldError, FieldResult, Loading},
        field_builder::{lang_argument, one_or_null},
        object_type::{Described, ObjectType},
        resolver::Multiplicity,
    },
    execution::context::ContextExt,
    lists::{connection::Related, filter_type::FilterType},
    nouns::{
        alias::{LocalizedName, Name},
        category::load_categorisations,
    },
    objects::{
        register_code::{RegisterCode, load_codes},
        scalar::{Date, LanguageTag},
        tie::TieType,
        word::Word,
    },
};

/// A noun, as a view shows it.
pub(crate) struct ViewedNoun<N> {
    pub(crate) view: View,
    pub(crate) noun: Arc<N>,
}

/// A kind of noun, as the schema shows it.
pub(crate) trait NounType: Noun {
    /// Its name in the schema.
    const NAME: &'static str;
    /// The field at the root that finds one, and what it says.
    const ONE: (&'static str, &'static str);
    /// The field at the root that lists all, and what it says.
    const MANY: (&'static str, &'static str);
    /// What it answers.
    fn describe() -> ObjectType<ViewedNoun<Self>>
    where
        Self: Sized;

    /// What narrows its lists.
    fn filter() -> FilterType<Self>
    where
        Self: Sized;
}

impl<N: NounType> Described for ViewedNoun<N> {
    fn describe() -> ObjectType<Self> {
        let mut ty = N::describe();
        if domain::SUBJECTS.contains(&N::KIND.name()) {
            ty = ty.spoken_of();
        }
        ty.identity = Some(|it| it.head().id);
        for field in &mut ty.fields {
            if field.columns == FieldColumns::ByName {
                let column = ColumnSet::named::<N>(&snake_case(field.name));
                field.columns = FieldColumns::These(column.unwrap_or(ColumnSet::ALL));
            }
        }
        ty
    }
}

/// The name that a field has in files and tables: `openedOn` is `opened_on`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// The name in the schema of what files and tables call so: `opened_on` is `openedOn`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |camel, part| {
        let (initial, rest) = part.split_at(part.len().min(1));
        camel + &initial.to_ascii_uppercase() + rest
    })
}

const NONE: FieldColumns = FieldColumns::These(ColumnSet::LEAST);
const NAMES: FieldColumns = FieldColumns::These(ColumnSet::NAMES);
const TIME: FieldColumns = FieldColumns::These(ColumnSet::TIME);

impl<N: NounType> ObjectType<ViewedNoun<N>> {
    /// A kind of noun, with the fields that all nouns have.
    pub(crate) fn noun(description: &'static str) -> Self {
        ObjectType::<ViewedNoun<N>>::new(N::NAME, description)
            .implementing(&[NODE, NOUN])
            .leaf("id", "The global id: the same in every database, for `node(id:)`.", |it| it.global_id())
            .looking_at(NONE)
            .text("slug", "The word people use for it in addresses and files.", |it| &it.head().slug)
            .looking_at(NONE)
            .load_leaf(
                "name",
                "The name, in the best language on record for the reader; `localizedName` says which one that is, and why this name.",
                |it, ctx| it.choose_name(ctx).map(|name| name.text),
            )
            .with_argument(lang_argument())
            .looking_at(NAMES)
            .load_object(
                "localizedName",
                "The name with its language, and whether it is the one that was asked for. Of several names in that language, what it calls itself comes before what a source calls it, and that before a translation; short and former names are not chosen. `names` lists all.",
                |it, ctx| it.choose_name(ctx),
            )
            .with_argument(lang_argument())
            .looking_at(NAMES)
            .load_objects(
                "names",
                "All names that hold on the view's day: the official ones, then the aliases.",
                |it, ctx| Loading::later(it.load_names(ctx)),
            )
            .looking_at(NAMES)
            .date(
                "since",
                "Since when this entry is on the map, as precise as its source; null where no source says.",
                |it| &it.head().time.stated.since,
            )
            .looking_at(TIME)
            .leaf(
                "sinceDay",
                "The first day that `since` can mean, from which it counts; null where no source says, or the year is not known.",
                |it| it.head().time.stated.since.as_ref().and_then(domain::ImpreciseDate::first_day).map(Date),
            )
            .looking_at(TIME)
            .date(
                "until",
                "Until when this entry is on the map, as precise as its source; null where no source says, or it still is.",
                |it| &it.head().time.stated.until,
            )
            .looking_at(TIME)
            .leaf(
                "untilDay",
                "The last day that `until` can mean, to which it counts; null where no source says, it still is, or the year is not known.",
                |it| it.head().time.stated.until.as_ref().and_then(domain::ImpreciseDate::last_day).map(Date),
            )
            .looking_at(TIME)
            .leaf(
                "knownDay",
                "The earliest known day: the first on which anything on record shows that this exists, or is planned. It is the earliest of its stated beginning and end, the dates of its ties, the publication of the sources that speak of it, and the day on which it was first recorded.",
                |it| Date(it.head().time.known_day),
            )
            .looking_at(TIME)
            .leaf(
                "isOnMap",
                "Whether the entry is on the map of the view's day. One with a stated beginning is from that day on; one without is on every day up to its end, but see `existence`; one that is planned, with no stated beginning, is from its `knownDay` on. A former or future one is still found by slug, by id and along its history.",
                |it| it.head().time.validity.holds_on(it.view.day),
            )
            .looking_at(TIME)
            .leaf(
                "existence",
                "Whether it is known to have existed on the view's day, or only assumed since nobody states its beginning; null where it is not on the map of that day.",
                |it| -> Option<Word<Existence>> { it.head().time.existence_on(it.view.day).map(Word) },
            )
            .looking_at(TIME)
            .sources("The sources that state it; for one that states a single field, `field` says which.", |it| (it.view, it.head().fact))
            .looking_at(NONE)
            .recorded_since(|it| it.head().id)
            .looking_at(NONE)
    }

    /// Adds the codes in official registers: those of the noun's own record, then those of `codes.csv`.
    pub(crate) fn codes(self) -> Self {
        self.codes_with("Its codes in official registers.", &[], |_| Vec::new())
    }

    /// The same, with codes that the noun's own record states in these columns.
    pub(crate) fn codes_with(
        self,
        description: &'static str,
        columns: &[&str],
        own: fn(&ViewedNoun<N>) -> Vec<RegisterCode>,
    ) -> Self {
        self.load_objects("codes", description, move |it, ctx| {
            Loading::later(load_codes(ctx, it.view, it.head().id, own(it)))
        })
        .reading(columns)
    }

    /// Adds the categories of the data set's own.
    pub(crate) fn categories(self) -> Self {
        self.load_objects(
            "categories",
            "The categories of the data set's own that it is in, by scheme and code.",
            |it, ctx| Loading::later(load_categorisations(ctx, it.view, it.head().id)),
        )
        .argument::<Option<String>>("scheme", "Only those of this scheme, as `Category.scheme` names it.")
        .looking_at(NONE)
    }

    /// Says which columns the field that was added last looks at; `names` and `time` stand for those of these.
    ///
    /// # Panics
    /// The noun has no such column.
    pub(crate) fn reading(self, columns: &[&str]) -> Self {
        let named =
            |name: &&str| ColumnSet::named::<N>(name).unwrap_or_else(|| panic!("{} has no column `{name}`", N::NAME));
        let columns = columns.iter().map(named).fold(ColumnSet::LEAST, ColumnSet::union);
        self.looking_at(FieldColumns::These(columns))
    }

    /// Adds a noun that the noun's own record names; null where it names none.
    pub(crate) fn noun_of_record<M: NounType>(
        self,
        name: &'static str,
        description: &'static str,
        id: fn(&N) -> Option<domain::Id<M>>,
    ) -> Self {
        self.load_level(
            name,
            description,
            Multiplicity::OneOrNull,
            Box::new(move |objects, ctx| {
                let asked: Vec<_> = objects.iter().map(|it| Some((it.view, id(&it.noun)?))).collect();
                async move { Ok(ctx.load_nouns(&asked).await?.into_iter().map(one_or_null).collect()) }.boxed()
            }),
        )
    }

    /// Adds the nouns to which a relation leads, as a connection; its types are named after the noun and `singular`. `size`
    /// says how many there are in a large city, for the cost of a query.
    pub(crate) fn relation<M: NounType, T: TieType>(
        self,
        relation: Relation<M, T>,
        name: &'static str,
        singular: &str,
        size: u32,
        description: &'static str,
    ) -> Self {
        self.relation_of_types(relation, name, format!("{}{singular}", N::NAME), size, description)
    }

    /// The same, with types that relations of other kinds of nouns share.
    pub(crate) fn relation_of_types<M: NounType, T: TieType>(
        self,
        relation: Relation<M, T>,
        name: &'static str,
        types: String,
        size: u32,
        description: &'static str,
    ) -> Self {
        let order = "The order of the list; its own unless asked otherwise.";
        let mut with =
            self.connection(Related(relation), name, description, order, types, |it, _| (it.view, Some(it.head().id)));
        with.last().expected_size = Some(size);
        with.looking_at(NONE)
    }
}

/// The noun with this id, of which what is selected below the field is read; `None` if there is no id, or the view knows none.
pub(crate) fn load_noun<'a, N: NounType>(
    ctx: &'a FieldContext<'a>,
    view: View,
    id: Option<domain::Id<N>>,
) -> Loading<'a, Option<ViewedNoun<N>>> {
    match id {
        None => Loading::Now(Ok(None)),
        Some(id) => Loading::later(async move { Ok(ctx.load_noun(view, id).await?) }),
    }
}

impl<N: NounType> ViewedNoun<N> {
    /// What it shares with all nouns.
    pub(crate) fn head(&self) -> &Head {
        self.noun.head()
    }

    /// The id for `node(id:)`.
    pub(crate) fn global_id(&self) -> ID {
        ID(domain::Id::<N>::from_raw(self.head().id).to_text())
    }

    async fn load_names(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<Name>> {
        let aliases = ctx.load_parts::<domain::Alias>(self.view, self.head().id).await?;
        let official = self.head().names.official_names();
        let official = official.map(|name| Name::official(self.view, self.head().fact, name));
        Ok(official.chain(aliases.iter().map(|alias| Name::alias(self.view, alias))).collect())
    }

    /// The name for the reader; aliases are loaded only where no official name serves.
    fn choose_name<'a>(&'a self, ctx: &'a FieldContext<'a>) -> Loading<'a, LocalizedName> {
        let asked = match ctx.arguments.get::<Option<LanguageTag>>("lang") {
            Ok(lang) => lang.map(|tag| [tag.0]),
            Err(error) => return Loading::Now(Err(error.into())),
        };
        if let Some(name) = self.head().names.settled_name(ctx.wanted_languages(asked.as_ref())) {
            return Loading::Now(Ok(LocalizedName::new(name)));
        }
        Loading::later(async move {
            let aliases = ctx.load_parts::<domain::Alias>(self.view, self.head().id).await?;
            let wanted = ctx.wanted_languages(asked.as_ref());
            Ok::<_, FieldError>(LocalizedName::new(self.head().names.choose_name(&aliases, wanted)))
        })
    }
}
