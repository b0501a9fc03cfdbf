//! Campuses: the sites of schools, and who uses whose.

use async_graphql::{Context, ID, Object, Result, Union};
use domain::{Id, Kind, Noun, View};
use persistence::CampusesOfSchool;

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::{connection::relation_types, filter::filter, own_record::OwnRecord},
    nouns::{
        category::{Categorisation, load_categorisations},
        source::{Citation, load_citations},
    },
    objects::{
        localized_text::{LocalizedText, localize_text},
        location::{LOCATION_COLUMNS, Location, location_of},
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        scalar::{ImpreciseDate, LanguageTag, imprecise_date},
        tie::load_existence,
        word::Word,
    },
    schema::root_fields::root_fields,
};

/// A site of a school.
#[Object(name = "Campus")]
impl ViewedNoun<domain::Campus> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> CommonFields<'_> {
        self.common_fields()
    }

    /// Its codes in official registers.
    async fn codes(&self, ctx: &Context<'_>) -> Result<Vec<RegisterCode>> {
        load_codes(ctx, self.view, self.noun.head().id, []).await
    }

    /// The categories of the data set's own that it is in, by scheme and code.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this scheme, as `Category.scheme` names it.")] scheme: Option<String>,
    ) -> Result<Vec<Categorisation>> {
        load_categorisations(ctx, self.view, self.noun.head().id, scheme.as_deref()).await
    }

    /// Whether it was in use on the view's day; `UNKNOWN` where no source says. Where the opening is stated the status follows from it.
    async fn status(&self) -> Word<domain::CampusStatus> {
        Word(self.noun.status_on(self.view.day))
    }

    /// When it opened, as a source states; null where none does.
    async fn opened_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.opened_on)
    }

    /// When it is to open, as a source announced; null where none did. That it has opened only `openedOn` says.
    async fn due_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.due_on)
    }

    /// The school whose site it is.
    async fn school(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::School>>> {
        ctx.load_noun(self.view, self.noun.school).await
    }

    /// The uses of its premises by others.
    async fn hosted_site_uses(&self, ctx: &Context<'_>) -> Result<Vec<SiteUse>> {
        load_hosted_site_uses(ctx, self.view, self.noun.head.id).await
    }

    /// The address, in the best language on record for the reader; `localizedAddress` says which one that is. Null where no source gives one.
    async fn address(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Option<String> {
        localize_text(ctx, &self.noun.address, lang).map(|localized| localized.text)
    }

    /// The address with its language, and whether it is the one that was asked for. Null where no source gives one.
    async fn localized_address(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Option<LocalizedText> {
        localize_text(ctx, &self.noun.address, lang)
    }

    /// How sure the address is; null where the record does not say.
    async fn address_confidence(&self) -> Option<Word<domain::AddressConfidence>> {
        self.noun.address_confidence.map(Word)
    }

    /// Where it stands; null where no source says.
    async fn location(&self) -> Option<Location> {
        location_of(self.view, self.noun.head(), self.noun.location)
    }

    /// The township it stands in; null where no source says.
    async fn township(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::Township>>> {
        ctx.load_optional_noun(self.view, self.noun.township).await
    }
}

impl FieldColumns for domain::Campus {
    const OTHERS: &'static [(&'static str, &'static [&'static str])] = &[
        ("status", &["status", "time"]),
        ("hosted_site_uses", &[]),
        ("localized_address", &["address"]),
        LOCATION_COLUMNS,
    ];
}

/// A school's use of premises that are another's.
pub(crate) struct SiteUse {
    pub(crate) view: View,
    pub(crate) it: domain::SiteUse,
}

/// A school's use of premises that are another's.
#[Object]
impl SiteUse {
    /// The school that uses them.
    async fn school(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::School>>> {
        ctx.load_noun(self.view, self.it.school).await
    }

    /// The school or campus whose premises are used.
    async fn host(&self, ctx: &Context<'_>) -> Option<Result<SiteHost>> {
        let host = self.it.host;
        match host.kind {
            Kind::School => Some(ctx.load_noun(self.view, Id::from_raw(host.raw)).await?.map(SiteHost::School)),
            _ => Some(ctx.load_noun(self.view, Id::from_raw(host.raw)).await?.map(SiteHost::Campus)),
        }
    }

    /// The grade that is taught there; null where no source says.
    async fn grade(&self) -> Option<&str> {
        self.it.grade.as_deref()
    }

    /// What for; null where no source says.
    async fn purpose(&self) -> Option<&str> {
        self.it.purpose.as_deref()
    }

    /// The time for which the source states it; null where it does not say.
    async fn as_of(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.it.as_of)
    }

    /// Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one.
    async fn existence(&self, ctx: &Context<'_>) -> Result<Word<domain::Existence>> {
        load_existence(ctx, self.view, (Kind::SiteUse, self.it.id), [&self.it.as_of]).await
    }

    /// The sources that state it.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.it.id).await
    }
}

/// The uses of a host's premises.
pub(crate) async fn load_hosted_site_uses(ctx: &Context<'_>, view: View, host: i64) -> Result<Vec<SiteUse>> {
    let uses = ctx.load_parts::<domain::HostedSiteUse>(view, host).await?;
    Ok(uses.iter().map(|domain::HostedSiteUse(it)| SiteUse { view, it: it.clone() }).collect())
}

/// Whose premises are used.
#[derive(Union)]
pub(crate) enum SiteHost {
    School(ViewedNoun<domain::School>),
    Campus(ViewedNoun<domain::Campus>),
}

relation_types! {
    CampusesOfSchool: "SchoolCampus" => OwnRecord;
}

filter! {
    /// Which campuses.
    CampusFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// It had one of these statuses on the view's day. `PLANNED` finds those, too, that are known on that day and open later, and that lists do not hold otherwise.
        status: Vec<Word<domain::CampusStatus>> => status,
        /// A site of this school, by id or slug.
        school: ID => school [School],
        /// It stands in this township, by id or slug: those that `Township.campuses` lists.
        township: ID => township [Township],
        /// It stands in a township of this region, by id or slug: those that `Region.campuses` lists.
        region: ID => region [Region],
        /// It stands in a township of this district, by id or slug: those that `District.campuses` lists.
        district: ID => district [District],
    }
}

root_fields! {
    CampusQuery: domain::Campus as "Campus", CampusFilter {
        /// A campus; null if there is none.
        campus;
        /// The campuses on the map.
        campuses;
    }
}
