//! Categories: the words of a data set's own, and the nouns that are in them.

use std::sync::Arc;

use async_graphql::InputObject;
use domain::{Id, Kind, View};
use futures::future::try_join_all;
use persistence::{CHILDREN_OF_CATEGORY, ColumnSet};

use crate::{
    batching::loaders::NounLoader,
    definition::{
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType},
    },
    execution::context::ContextExt,
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun, load_noun},
        register_code::RegisterCode,
        tie::TieRow,
    },
};

impl NounType for domain::Category {
    const NAME: &'static str = "Category";
    const ONE: (&'static str, &'static str) = ("category", "A category; null if there is none.");
    const MANY: (&'static str, &'static str) = ("categories", "The categories of the data set's own.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A category of the data set's own, in a scheme of its own, such as the kinds of groups in a country's register. Its label is its name. What is in it is found by the filter `category` of each list.")
            .codes_with("Its codes in official registers, that of its scheme first.", &["scheme", "code"], |it| vec![RegisterCode::of_column(it.view, it.head().fact, "code", &it.noun.scheme, &it.noun.code)])
            .categories()
            .text("scheme", "The scheme, in a word of the data set's own.", |it| &it.noun.scheme)
            .text("code", "What the scheme knows it by; no other category of the scheme has it.", |it| &it.noun.code)
            .noun_of_record("parent", "The category of the same scheme that it is a part of; null where the record names none.", |noun| noun.parent)
            .relation(CHILDREN_OF_CATEGORY, "children", "Child", 10, "The categories that are a part of it: `categories(filter: { parent })` finds the same.")
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which categories.")
            .code()
            .text("scheme", "It is one of this scheme.")
            .noun::<domain::Category>("parent", "Part of this category, by id or slug.")
    }
}

/// A noun's place in a category.
pub(crate) struct Categorisation {
    /// The row that states it: one of its own, or a membership that names its categories.
    row: TieRow,
    category: Id<domain::Category>,
    /// The category, if it was read already.
    read: Option<Arc<domain::Category>>,
}

impl Described for Categorisation {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Categorisation", "A noun's place in a category.")
            .load_optional_object("category", "The category.", |it, ctx| match &it.read {
                Some(noun) => Loading::Now(Ok(Some(ViewedNoun { view: it.row.view, noun: Arc::clone(noun) }))),
                None => load_noun(ctx, it.row.view, Some(it.category)),
            })
            .date("since", "Since when it is in the category; null where no source says. Of a membership: when that began.", |it| &it.row.since)
            .date("until", "Until when it was; null where no source says, or it still is. Of a membership: when that ended.", |it| &it.row.until)
            .load_leaf("existence", "Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one.", |it, ctx| Loading::later(it.row.load_existence(ctx)))
            .sources("The sources that state it. Of a membership: those of that.", |it| (it.row.view, it.row.tie.1))
            .recorded_since(|it| it.row.tie.1)
    }
}

/// The categories of a noun, of one scheme or of all.
pub(crate) async fn load_categorisations(
    ctx: &FieldContext<'_>,
    view: View,
    noun: i64,
) -> FieldResult<Vec<Categorisation>> {
    let scheme: Option<String> = ctx.arguments.get("scheme")?;
    let all = ctx.load_parts::<domain::Categorisation>(view, noun).await?;
    let wanted = all.iter().filter(|it| scheme.as_ref().is_none_or(|scheme| it.scheme == *scheme));
    let categorisation = |it: &domain::Categorisation| {
        let tie = (Kind::Categorisation, it.id);
        let row = TieRow { view, tie, since: it.since.clone(), until: it.until.clone(), as_of: None, turn: None };
        Categorisation { row, category: it.category, read: None }
    };
    Ok(wanted.map(categorisation).collect())
}

/// The categories that a row names, as far as they are on the map, of one scheme or of all.
pub(crate) async fn load_named_categories(
    ctx: &FieldContext<'_>,
    row: TieRow,
    named: &[Id<domain::Category>],
) -> FieldResult<Vec<Categorisation>> {
    let scheme: Option<String> = ctx.arguments.get("scheme")?;
    let view = row.view;
    let load = |id: &Id<domain::Category>| ctx.load_columns(NounLoader::new(view), id.raw, ColumnSet::ALL);
    let all = try_join_all(named.iter().map(load)).await?;
    let is_wanted = |category: &Arc<domain::Category>| {
        category.head.time.validity.holds_on(view.day)
            && scheme.as_ref().is_none_or(|scheme| category.scheme == *scheme)
    };
    let categorisation = |noun: Arc<domain::Category>| Categorisation {
        row: row.clone(),
        category: Id::from_raw(noun.head.id),
        read: Some(noun),
    };
    Ok(all.into_iter().flatten().filter(is_wanted).map(categorisation).collect())
}

/// A category to look for by what a scheme knows it by.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CategoryCodeInput {
    /// The scheme, as `Category.scheme` names it.
    pub(crate) scheme: String,
    /// What the scheme knows it by.
    pub(crate) code: String,
}
