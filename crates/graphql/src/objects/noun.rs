//! What all nouns answer: who they are, what they are called, when they hold, who says so.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use domain::{Noun, View};

use crate::{
    execution::context::ContextExt,
    nouns::{
        alias::{LocalizedName, Name},
        source::Citation,
    },
    objects::{
        scalar::{Date, ImpreciseDate, LanguageTag, imprecise_date},
        word::Word,
    },
};

/// A noun, as a view shows it.
pub(crate) struct ViewedNoun<N> {
    pub(crate) view: View,
    pub(crate) noun: Arc<N>,
}

/// A noun's name in the schema.
pub(crate) trait SchemaName {
    const NAME: &'static str;
}

impl<N: Noun> ViewedNoun<N> {
    /// The id for `node(id:)`.
    pub(crate) fn global_id(&self) -> ID {
        domain::Id::<N>::from_raw(self.noun.head().id).into()
    }

    /// What all nouns answer.
    pub(crate) fn common_fields(&self) -> CommonFields<'_> {
        CommonFields { view: self.view, head: self.noun.head() }
    }
}

/// What all nouns answer.
pub(crate) struct CommonFields<'a> {
    view: View,
    head: &'a domain::Head,
}

// `categories` stands in each noun instead: it leads back to a noun, and `Category` would be registered without all of these.
/// What all nouns answer.
#[Object]
impl CommonFields<'_> {
    /// The word people use for it in addresses and files.
    async fn slug(&self) -> &str {
        &self.head.slug
    }

    /// The name, in the best language on record for the reader; `localizedName` says which one that is, and why this name.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Result<String> {
        Ok(self.choose_name(ctx, lang).await?.text)
    }

    /// The name with its language, and whether it is the one that was asked for. Of several names in that language, what it calls itself comes before what a source calls it, and that before a translation; short and former names are not chosen. `names` lists all.
    async fn localized_name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Result<LocalizedName> {
        self.choose_name(ctx, lang).await
    }

    /// All names that hold on the view's day: the official ones, then the aliases.
    async fn names(&self, ctx: &Context<'_>) -> Result<Vec<Name>> {
        let aliases = ctx.load_parts::<domain::Alias>(self.view, self.head.id).await?;
        let official = self.head.names.official_names().map(|name| Name::official(self.view, self.head.fact, name));
        Ok(official.chain(aliases.iter().map(|alias| Name::alias(self.view, alias))).collect())
    }

    /// Since when this entry is on the map, as precise as its source; null where no source says.
    async fn since(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.head.time.stated.since)
    }

    /// The first day that `since` can mean, from which it counts; null where no source says, or the year is not known.
    async fn since_day(&self) -> Option<Date> {
        let since = self.head.time.stated.since.as_ref();
        since.and_then(domain::ImpreciseDate::first_day).map(Date)
    }

    /// Until when this entry is on the map, as precise as its source; null where no source says, or it still is.
    async fn until(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.head.time.stated.until)
    }

    /// The last day that `until` can mean, to which it counts; null where no source says, it still is, or the year is not known.
    async fn until_day(&self) -> Option<Date> {
        let until = self.head.time.stated.until.as_ref();
        until.and_then(domain::ImpreciseDate::last_day).map(Date)
    }

    /// The earliest known day: the first on which anything on record shows that this exists, or is planned. It is the earliest of its stated beginning and end, the dates of its ties, the publication of the sources that speak of it, and the day on which it was first recorded.
    async fn known_day(&self) -> Date {
        Date(self.head.time.known_day)
    }

    /// Whether the entry is on the map of the view's day. One with a stated beginning is from that day on; one without is on every day up to its end, but see `existence`; one that is planned, with no stated beginning, is from its `knownDay` on. A former or future one is still found by slug, by id and along its history.
    async fn is_on_map(&self) -> bool {
        self.head.time.validity.holds_on(self.view.day)
    }

    /// Whether it is known to have existed on the view's day, or only assumed since nobody states its beginning; null where it is not on the map of that day.
    async fn existence(&self) -> Option<Word<domain::Existence>> {
        self.head.time.existence_on(self.view.day).map(Word)
    }

    /// The sources that state it; for one that states a single field, `field` says which.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        crate::nouns::source::load_citations(ctx, self.view, self.head.fact).await
    }
}

impl CommonFields<'_> {
    async fn choose_name(&self, ctx: &Context<'_>, lang: Option<LanguageTag>) -> Result<LocalizedName> {
        let asked = lang.map(|tag| [tag.0]);
        let wanted = ctx.wanted_languages(asked.as_ref());
        if let Some(name) = self.head.names.settled_name(wanted) {
            return Ok(LocalizedName::new(name));
        }
        let aliases = ctx.load_parts::<domain::Alias>(self.view, self.head.id).await?;
        Ok(LocalizedName::new(self.head.names.choose_name(&aliases, wanted)))
    }
}
