//! Alliances: what they are for, who belongs to them, whom they serve.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use domain::{Kind, Noun, View};
use persistence::{
    AlliancesOfGroup, AlliancesOfPartner, AlliancesOfSchool, GroupsOfAlliance, PartnersOfAlliance, SchoolsOfAlliance,
};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::{
        connection::{relation_types, relations},
        filter::filter,
    },
    nouns::{
        category::{Categorisation, load_categorisations, load_named_categories},
        group::GroupFilter,
        partner::PartnerFilter,
        school::SchoolFilter,
        source::{Citation, load_citations},
    },
    objects::{
        localized_text::{LocalizedText, localize_text},
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        scalar::{ImpreciseDate, LanguageTag, imprecise_date},
        tie::TieRow,
        word::Word,
    },
    schema::root_fields::root_fields,
};

/// An alliance: bodies that work together by mutual consultation.
#[Object(name = "Alliance")]
impl ViewedNoun<domain::Alliance> {
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

    /// What it is for; `UNKNOWN` where no source says.
    async fn kind(&self) -> Word<domain::AllianceKind> {
        Word(self.noun.kind)
    }

    /// When it was established; null where no source says.
    async fn established_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.established_on)
    }

    /// When it was dissolved; null where no source says, or it was not.
    async fn dissolved_on(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.noun.dissolved_on)
    }

    /// Whom it serves.
    async fn scope(&self) -> Word<domain::AllianceScope> {
        Word(self.noun.scope)
    }

    /// Whether it existed on the view's day. Where dates are stated it follows from them: `PROPOSED` before it was established, `ESTABLISHED` from then on, `DISSOLVED` after its end; where none are, it is as recorded.
    async fn status(&self) -> Word<domain::AllianceStatus> {
        Word(self.noun.status_on(self.view.day))
    }

    /// The district it belongs to, and serves if that is its scope; null where it belongs to none.
    async fn district(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::District>>> {
        ctx.load_optional_noun(self.view, self.noun.district).await
    }

    /// The functions that its charter names, in its order.
    async fn functions(&self, ctx: &Context<'_>) -> Result<Vec<AllianceFunction>> {
        let parts = ctx.load_parts::<domain::AllianceFunction>(self.view, self.noun.head().id).await?;
        Ok(parts.iter().map(|part| AllianceFunction { view: self.view, it: part.clone() }).collect())
    }

    /// The categories of bodies it draws on, in alphabetical order. A category may have no member that a source names.
    async fn resource_categories(&self, ctx: &Context<'_>) -> Result<Vec<AllianceCategory>> {
        let parts = ctx.load_parts::<domain::AllianceCategory>(self.view, self.noun.head().id).await?;
        Ok(parts.iter().map(|part| AllianceCategory { view: self.view, it: part.clone() }).collect())
    }

    #[graphql(flatten)]
    async fn relations(&self) -> AllianceRelations<'_> {
        AllianceRelations(self)
    }
}

impl FieldColumns for domain::Alliance {
    const RELATIONS: &'static [&'static str] = AllianceRelations::NAMES;
    const OTHERS: &'static [(&'static str, &'static [&'static str])] =
        &[("status", &["status", "time"]), ("functions", &[]), ("resource_categories", &[])];
}

relations! {
    AllianceRelations of domain::Alliance {
        /// The partners that sources name as members; sources rarely name all.
        partners: PartnersOfAlliance, PartnerFilter, about 40;
        /// The groups that are members, then those of the district it serves.
        groups: GroupsOfAlliance, GroupFilter, about 25;
        /// The schools that are themselves members, then those of the district it serves.
        schools: SchoolsOfAlliance, SchoolFilter, about 100;
    }
}

/// One function of an alliance's charter.
pub(crate) struct AllianceFunction {
    view: View,
    it: domain::AllianceFunction,
}

/// One function of an alliance's charter.
#[Object]
impl AllianceFunction {
    /// Its place in the charter, from 1.
    async fn seq(&self) -> i64 {
        self.it.seq.into()
    }

    /// The function, in the best language on record for the reader; `localizedText` says which one that is.
    async fn text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Option<String> {
        localize_text(ctx, &self.it.text, lang).map(|localized| localized.text)
    }

    /// The function with its language, and whether it is the one that was asked for.
    async fn localized_text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Option<LocalizedText> {
        localize_text(ctx, &self.it.text, lang)
    }

    /// Since when; null where no source says.
    async fn since(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.it.since)
    }

    /// Until when; null where no source says, or it goes on.
    async fn until(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.it.until)
    }

    /// The sources that state it.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.it.id).await
    }
}

/// A category of bodies that an alliance draws on.
pub(crate) struct AllianceCategory {
    view: View,
    it: domain::AllianceCategory,
}

/// A category of bodies that an alliance draws on.
#[Object]
impl AllianceCategory {
    /// The category.
    async fn category(&self) -> Word<domain::ResourceCategory> {
        Word(self.it.category)
    }

    /// Since when; null where no source says.
    async fn since(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.it.since)
    }

    /// Until when; null where no source says, or it goes on.
    async fn until(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.it.until)
    }

    /// The sources that state it.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.it.id).await
    }
}

/// A noun's tie to an alliance.
pub(crate) struct AllianceTie {
    pub(crate) view: View,
    pub(crate) tie: Arc<domain::AllianceTie>,
}

/// A noun's tie to an alliance.
#[Object]
impl AllianceTie {
    /// Why they are tied.
    async fn basis(&self) -> Word<domain::Basis> {
        Word(self.tie.basis)
    }

    /// As what the member belongs to the alliance; null where the alliance serves its district.
    async fn role(&self) -> Option<Word<domain::AllianceRole>> {
        self.tie.role.map(Word)
    }

    /// When the member joined; null where no source says, and where the alliance serves its district.
    async fn since(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.tie.joined_on)
    }

    /// When the member left; null where no source says, or it still belongs, and where the alliance serves its district.
    async fn until(&self) -> Option<ImpreciseDate> {
        imprecise_date(&self.tie.left_on)
    }

    /// Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one. Where the alliance serves its district, as the alliance is.
    async fn existence(&self, ctx: &Context<'_>) -> Result<Word<domain::Existence>> {
        match self.tie.alliance_known_day {
            Some(known) if known <= self.view.day => Ok(Word(domain::Existence::Certain)),
            Some(_) => Ok(Word(domain::Existence::Assumed)),
            None => self.row().load_existence(ctx).await,
        }
    }

    /// The categories of the data set's own that the membership is in, in the order of its row, as far as they are on the map; none where the alliance serves its district.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this scheme, as `Category.scheme` names it.")] scheme: Option<String>,
    ) -> Result<Vec<Categorisation>> {
        load_named_categories(ctx, self.row(), &self.tie.categories, scheme.as_deref()).await
    }

    /// The sources that state the membership or, where the alliance serves a district, the alliance and its scope.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        load_citations(ctx, self.view, self.tie.id).await
    }
}

impl AllianceTie {
    /// The row of a membership.
    fn row(&self) -> TieRow {
        let domain::AllianceTie { id, joined_on, left_on, .. } = &*self.tie;
        let (since, until) = (joined_on.clone(), left_on.clone());
        TieRow { view: self.view, tie: (Kind::AllianceMember, *id), since, until, as_of: None, turn: None }
    }
}

relation_types! {
    PartnersOfAlliance: "AlliancePartner" => AllianceTie;
    GroupsOfAlliance: "AllianceGroup" => AllianceTie;
    SchoolsOfAlliance: "AllianceSchool" => AllianceTie;
    AlliancesOfPartner: "PartnerAlliance" => AllianceTie;
    AlliancesOfGroup: "GroupAlliance" => AllianceTie;
    AlliancesOfSchool: "SchoolAlliance" => AllianceTie;
}

filter! {
    /// Which alliances.
    AllianceFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// It is for one of these.
        kind: Vec<Word<domain::AllianceKind>> => kind,
        /// It serves one of these.
        scope: Vec<Word<domain::AllianceScope>> => scope,
        /// It had one of these statuses on the view's day. `PROPOSED` finds those, too, that are known on that day and are established later, and that lists do not hold otherwise.
        status: Vec<Word<domain::AllianceStatus>> => status,
        /// It belongs to this district, by id or slug.
        district: ID => district [District],
        /// This partner is on record as a member, by id or slug.
        partner: ID => partner [Partner],
        /// This group is on record as a member, or the alliance serves its district; by id or slug.
        group: ID => group [Group],
    }
}

root_fields! {
    AllianceQuery: domain::Alliance as "Alliance", AllianceFilter {
        /// An alliance; null if there is none.
        alliance;
        /// The alliances on the map.
        alliances;
    }
}
