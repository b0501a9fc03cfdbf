//! How the fields of a type are added to its table.

use async_graphql::{InputType, OutputType, Result};
use domain::Texts;

use crate::{
    definition::{
        abstract_type::{AbstractObjects, AbstractType, LoadNounRefs, NounRef, NounRefs},
        argument::Argument,
        field::{Field, FieldColumns, FieldContext, FieldResult, LeafType, LoadLeaf, Loading, Source},
        leaf::IntoLeaf,
        object_type::{Described, ObjectType, object_type},
        resolver::{Children, GetType, LoadChildren, LoadEach, LoadLevel, Multiplicity, Objects},
    },
    objects::{
        localized_text::{LocalizedText, localize_text},
        scalar::LanguageTag,
    },
};

/// What the language of a text is asked by.
pub(crate) fn lang_argument() -> Argument {
    Argument::new::<Option<LanguageTag>>(
        "lang",
        "The language wanted; that of `Accept-Language` unless asked otherwise.",
    )
}

impl<T: Send + Sync> ObjectType<T> {
    /// Adds a field.
    pub(crate) fn with(mut self, name: &'static str, description: &'static str, source: Source<T>) -> Self {
        let columns = FieldColumns::ByName;
        let (deprecation, arguments, expected_size) = (None, Vec::new(), None);
        self.fields.push(Field { name, description, deprecation, arguments, expected_size, columns, source });
        self
    }

    /// Adds fields of what the objects hold.
    pub(crate) fn with_fields_of<U: Send + Sync>(mut self, fields: Vec<Field<U>>, held: fn(&T) -> &U) -> Self {
        self.fields.extend(fields.into_iter().map(|field| field.of(held)));
        self
    }

    /// Lets the field that was added last take an argument.
    pub(crate) fn argument<A: InputType>(self, name: &'static str, description: &'static str) -> Self {
        self.with_argument(Argument::new::<A>(name, description))
    }

    /// Lets the field that was added last take an argument.
    pub(crate) fn with_argument(mut self, argument: Argument) -> Self {
        self.last().arguments.push(argument);
        self
    }

    /// Deprecates the field that was added last; the reason says what to use instead, and when it goes.
    pub(crate) fn deprecated(mut self, reason: &'static str) -> Self {
        self.last().deprecation = Some(reason);
        self
    }

    /// Says what the field that was added last looks at of the noun that was read for it.
    pub(crate) fn looking_at(mut self, columns: FieldColumns) -> Self {
        self.last().columns = columns;
        self
    }

    pub(crate) fn last(&mut self) -> &mut Field<T> {
        self.fields.last_mut().expect("a field was added")
    }

    /// A value without fields.
    pub(crate) fn leaf<V: OutputType + IntoLeaf<'static> + 'static>(
        self,
        name: &'static str,
        description: &'static str,
        get: impl Fn(&T) -> V + Send + Sync + 'static,
    ) -> Self {
        self.with(name, description, Source::Leaf(LeafType::of::<V>(), Box::new(move |it| get(it).into_leaf())))
    }

    /// A text that every object has.
    pub(crate) fn text(
        self,
        name: &'static str,
        description: &'static str,
        get: impl for<'a> Fn(&'a T) -> &'a str + Send + Sync + 'static,
    ) -> Self {
        self.with(name, description, Source::Leaf(LeafType::of::<String>(), Box::new(move |it| get(it).into_leaf())))
    }

    /// A text; null where there is none.
    pub(crate) fn optional_text(
        self,
        name: &'static str,
        description: &'static str,
        get: impl for<'a> Fn(&'a T) -> Option<&'a str> + Send + Sync + 'static,
    ) -> Self {
        let leaf_type = LeafType::of::<Option<String>>();
        self.with(name, description, Source::Leaf(leaf_type, Box::new(move |it| get(it).into_leaf())))
    }

    /// A value without fields for which something is loaded, or that depends on arguments.
    pub(crate) fn load_leaf<V: OutputType + IntoLeaf<'static> + 'static>(
        self,
        name: &'static str,
        description: &'static str,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, V> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadLeaf<T> = Box::new(move |it, field| load(it, field).map(IntoLeaf::into_leaf));
        self.with(name, description, Source::LoadedLeaf(LeafType::of::<V>(), load))
    }

    /// An object that is a part of this one.
    pub(crate) fn object<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        get: impl Fn(&T) -> U + Send + Sync + 'static,
    ) -> Self {
        self.with_objects(
            name,
            description,
            Multiplicity::One,
            Box::new(move |it, _| Loading::Now(Ok(Children::One(get(it))))),
        )
    }

    /// An object that is a part of this one; null where there is none.
    pub(crate) fn optional_object<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        get: impl Fn(&T) -> Option<U> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, _| Loading::Now(Ok(one_or_null(get(it)))));
        self.with_objects(name, description, Multiplicity::OneOrNull, load)
    }

    /// A date as precise as its source; null where none is stated.
    pub(crate) fn date(
        self,
        name: &'static str,
        description: &'static str,
        get: impl for<'a> Fn(&'a T) -> &'a Option<domain::ImpreciseDate> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, domain::ImpreciseDate> =
            Box::new(move |it, _| Loading::Now(Ok(one_or_null(get(it).clone()))));
        self.with_objects(name, description, Multiplicity::OneOrNull, load)
    }

    /// A text in several languages, of which the reader gets one: the text, and with its language.
    pub(crate) fn localized_text(
        self,
        (name, description): (&'static str, &'static str),
        (localized_name, localized_description): (&'static str, &'static str),
        get: for<'a> fn(&'a T) -> &'a Texts,
    ) -> Self {
        let choose = move |it: &T, field: &FieldContext<'_>| -> FieldResult<Option<LocalizedText>> {
            Ok(localize_text(field, get(it), field.arguments.get("lang")?))
        };
        let text: LoadLeaf<T> = Box::new(move |it, field| {
            Loading::Now(choose(it, field).map(|chosen| chosen.map(|chosen| chosen.text).into_leaf()))
        });
        let localized: LoadEach<T, LocalizedText> =
            Box::new(move |it, field| Loading::Now(choose(it, field).map(one_or_null)));
        self.with(name, description, Source::LoadedLeaf(LeafType::of::<Option<String>>(), text))
            .with_argument(lang_argument())
            .with_objects(localized_name, localized_description, Multiplicity::OneOrNull, localized)
            .with_argument(lang_argument())
    }

    /// An object that is loaded.
    pub(crate) fn load_object<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, U> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, field| load(it, field).map(Children::One));
        self.with_objects(name, description, Multiplicity::One, load)
    }

    /// An object that is loaded; null, beside the error, where an argument is wrong or the database fails.
    pub(crate) fn load_object_or_null<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, U> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, field| load(it, field).map(Children::One));
        self.with_objects(name, description, Multiplicity::OneOrNull, load)
    }

    /// An object that is loaded; null where there is none.
    pub(crate) fn load_optional_object<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Option<U>> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, field| load(it, field).map(one_or_null));
        self.with_objects(name, description, Multiplicity::OneOrNull, load)
    }

    /// Objects that are loaded.
    pub(crate) fn load_objects<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Vec<U>> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, field| load(it, field).map(Children::Many));
        self.with_objects(name, description, Multiplicity::Many, load)
    }

    /// Objects that are loaded; null, beside the error, where an argument is wrong or the database fails.
    pub(crate) fn load_objects_or_null<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Vec<U>> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, field| load(it, field).map(Children::Many));
        self.with_objects(name, description, Multiplicity::ManyOrNull, load)
    }

    /// Objects that are loaded, each of which may be missing.
    pub(crate) fn load_optional_objects<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Vec<Option<U>>> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, field| load(it, field).map(Children::ManyOptional));
        self.with_objects(name, description, Multiplicity::ManyOptional, load)
    }

    fn with_objects<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        multiplicity: Multiplicity,
        load: LoadEach<T, U>,
    ) -> Self {
        let ty: GetType<U> = Box::new(object_type::<U>);
        self.with_objects_of(name, description, multiplicity, ty, LoadChildren::Each(load))
    }

    fn with_objects_of<U: Send + Sync>(
        self,
        name: &'static str,
        description: &'static str,
        multiplicity: Multiplicity,
        ty: GetType<U>,
        load: LoadChildren<T, U>,
    ) -> Self {
        self.with(name, description, Source::Objects(Box::new(Objects { multiplicity, ty, load })))
    }

    /// Objects that are loaded, of a type that is at hand.
    pub(crate) fn load_objects_of<U: Send + Sync>(
        self,
        name: &'static str,
        description: &'static str,
        ty: &'static ObjectType<U>,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Vec<U>> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, field| load(it, field).map(Children::Many));
        self.with_objects_of(name, description, Multiplicity::Many, Box::new(move || ty), LoadChildren::Each(load))
    }

    /// The same; null, beside the error, where an argument is wrong or the database fails.
    pub(crate) fn load_objects_or_null_of<U: Send + Sync>(
        self,
        name: &'static str,
        description: &'static str,
        ty: &'static ObjectType<U>,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Vec<U>> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, field| load(it, field).map(Children::Many));
        self.with_objects_of(
            name,
            description,
            Multiplicity::ManyOrNull,
            Box::new(move || ty),
            LoadChildren::Each(load),
        )
    }

    /// An object that is loaded, of a type that is at hand; null where there is none.
    pub(crate) fn load_optional_object_of<U: Send + Sync>(
        self,
        name: &'static str,
        description: &'static str,
        ty: &'static ObjectType<U>,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Option<U>> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadEach<T, U> = Box::new(move |it, field| load(it, field).map(one_or_null));
        let load = LoadChildren::Each(load);
        self.with_objects_of(name, description, Multiplicity::OneOrNull, Box::new(move || ty), load)
    }

    /// Objects that are loaded for all objects of a level together, in the order of these.
    pub(crate) fn load_level<U: Described>(
        self,
        name: &'static str,
        description: &'static str,
        multiplicity: Multiplicity,
        load: LoadLevel<T, U>,
    ) -> Self {
        self.load_level_of(name, description, multiplicity, Box::new(object_type::<U>), load)
    }

    /// The same, of a type that is at hand.
    pub(crate) fn load_level_of<U: Send + Sync>(
        self,
        name: &'static str,
        description: &'static str,
        multiplicity: Multiplicity,
        ty: GetType<U>,
        load: LoadLevel<T, U>,
    ) -> Self {
        self.with_objects_of(name, description, multiplicity, ty, LoadChildren::Level(load))
    }

    /// A noun of an abstract type; null where there is none.
    pub(crate) fn load_abstract(
        self,
        name: &'static str,
        description: &'static str,
        ty: AbstractType,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Option<NounRef>> + Send + Sync + 'static,
    ) -> Self {
        let load: LoadNounRefs<T> = Box::new(move |it, field| load(it, field).map(NounRefs::One));
        self.with(name, description, Source::Objects(Box::new(AbstractObjects { ty, is_list: false, load })))
    }

    /// Nouns of an abstract type, each of which may be missing.
    pub(crate) fn load_abstracts(
        self,
        name: &'static str,
        description: &'static str,
        ty: AbstractType,
        load: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, Vec<Result<Option<NounRef>>>>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        let load: LoadNounRefs<T> = Box::new(move |it, field| load(it, field).map(NounRefs::Many));
        self.with(name, description, Source::Objects(Box::new(AbstractObjects { ty, is_list: true, load })))
    }
}

pub(crate) fn one_or_null<U>(object: Option<U>) -> Children<U> {
    object.map_or(Children::Null, Children::One)
}
