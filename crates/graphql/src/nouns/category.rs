//! Categories: the words of a data set's own, and the nouns that are in them.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use domain::{ConditionValue, Id, Kind, Noun, View};
use futures::future::try_join_all;
use persistence::{ChildrenOfCategory, ColumnSet};

use crate::{
    batching::{field_columns::FieldColumns, loaders::NounLoader},
    execution::context::ContextExt,
    lists::{
        connection::{relation_types, relations},
        filter::{FilterBudget, IntoCondition, check_no_nul, filter},
        own_record::OwnRecord,
    },
    nouns::source::{Citation, load_citations},
    objects::{
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        scalar::{ImpreciseDate, imprecise_date},
        tie::TieRow,
        word::Word,
    },
    schema::root_fields::root_fields,
};

/// A category of the data set's own, in a scheme of its own, such as the kinds of groups in a country's register. Its label is its name. What is in it is found by the filter `category` of each list.
#[Object(name = "Category")]
impl ViewedNoun<domain::Category> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> CommonFields<'_> {
        self.common_fields()
    }

    /// Its codes in official registers, that of its scheme first.
    async fn codes(&self, ctx: &Context<'_>) -> Result<Vec<RegisterCode>> {
        let (head, category) = (self.noun.head(), &self.noun);
        let own = RegisterCode::of_column(self.view, head.fact, "code", &category.scheme, &category.code);
        load_codes(ctx, self.view, head.id, [own]).await
    }

    /// The categories of the data set's own that it is in, by scheme and code.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this scheme, as `Category.scheme` names it.")] scheme: Option<String>,
    ) -> Result<Vec<Categorisation>> {
        load_categorisations(ctx, self.view, self.noun.head().id, scheme.as_deref()).await
    }

    /// The scheme, in a word of the data set's own.
    async fn scheme(&self) -> &str {
        &self.noun.scheme
    }

    /// What the scheme knows it by; no other category of the scheme has it.
    async fn code(&self) -> &str {
        &self.noun.code
    }

    /// The category of the same scheme that it is a part of; null where the record names none.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::Category>>> {
        ctx.load_optional_noun(self.view, self.noun.parent).await
    }

    #[graphql(flatten)]
    async fn relations(&self) -> CategoryRelations<'_> {
        CategoryRelations(self)
    }
}

impl FieldColumns for domain::Category {
    const RELATIONS: &'static [&'static str] = CategoryRelations::NAMES;
}

relations! {
    CategoryRelations of domain::Category {
        /// The categories that are a part of it: `categories(filter: { parent })` finds the same.
        children: ChildrenOfCategory, CategoryFilter, about 10;
    }
}

relation_types! {
    ChildrenOfCategory: "CategoryChild" => OwnRecord;
}

/// A noun's place in a category.
pub(crate) struct Categorisation {
    /// The row that states it: one of its own, or a membership that names its categories.
    row: TieRow,
    category: Id<domain::Category>,
    /// The category, if it was read already.
    read: Option<Arc<domain::Category>>,
}

/// A noun's place in a category.
#[Object]
impl Categorisation {
    /// The category.
    async fn category(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::Category>>> {
        let view = self.row.view;
        match &self.read {
            Some(noun) => Some(Ok(ViewedNoun { view, noun: Arc::clone(noun) })),
            None => ctx.load_noun(view, self.category).await,
        }
    }

    /// Since when it is in the category; null where no source says. Of a membership: when that began.
    async fn since(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.row.since)
    }

    /// Until when it was; null where no source says, or it still is. Of a membership: when that ended.
    async fn until(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.row.until)
    }

    /// Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one.
    async fn existence(&self, ctx: &Context<'_>) -> Result<Word<domain::Existence>> {
        self.row.load_existence(ctx).await
    }

    /// The sources that state it. Of a membership: those of that.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.row.view, self.row.tie.1).await
    }
}

/// The categories of a noun, of one scheme or of all.
pub(crate) async fn load_categorisations(
    ctx: &Context<'_>,
    view: View,
    noun: i64,
    scheme: Option<&str>,
) -> Result<Vec<Categorisation>> {
    let all = ctx.load_parts::<domain::Categorisation>(view, noun).await?;
    let wanted = all.iter().filter(|it| scheme.is_none_or(|scheme| it.scheme == scheme));
    let categorisation = |it: &domain::Categorisation| {
        let tie = (Kind::Categorisation, it.id);
        let row = TieRow { view, tie, since: it.since.clone(), until: it.until.clone(), as_of: None, turn: None };
        Categorisation { row, category: it.category, read: None }
    };
    Ok(wanted.map(categorisation).collect())
}

/// The categories that a row names, as far as they are on the map, of one scheme or of all.
pub(crate) async fn load_named_categories(
    ctx: &Context<'_>,
    row: TieRow,
    named: &[Id<domain::Category>],
    scheme: Option<&str>,
) -> Result<Vec<Categorisation>> {
    let view = row.view;
    let load = |id: &Id<domain::Category>| ctx.load_columns(NounLoader::new(view), id.raw, ColumnSet::ALL);
    let all = try_join_all(named.iter().map(load)).await?;
    let is_wanted = |category: &Arc<domain::Category>| {
        category.head.time.validity.holds_on(view.day) && scheme.is_none_or(|scheme| category.scheme == scheme)
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
    scheme: String,
    /// What the scheme knows it by.
    code: String,
}

impl IntoCondition for CategoryCodeInput {
    fn into_condition(self, _: &'static str, _: Option<Kind>, _: &mut FilterBudget) -> Result<ConditionValue> {
        let (scheme, value) = (check_no_nul(self.scheme)?, check_no_nul(self.code)?);
        Ok(ConditionValue::Code { value, scheme: Some(scheme) })
    }
}

filter! {
    /// Which categories.
    CategoryFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// It is one of this scheme.
        scheme: String => scheme,
        /// Part of this category, by id or slug.
        parent: ID => parent [Category],
    }
}

root_fields! {
    CategoryQuery: domain::Category as "Category", CategoryFilter {
        /// A category; null if there is none.
        category;
        /// The categories of the data set's own.
        categories;
    }
}
