//! Regions: the parts of a district in its strategy.

use async_graphql::{Context, ID, Object, Result};
use domain::Noun;
use persistence::{CampusesOfRegion, SchoolsOfRegion, SchoolsWithCampusInRegion, TownshipsOfRegion};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::{
        connection::{relation_types, relations},
        filter::filter,
        own_record::OwnRecord,
    },
    nouns::{
        campus::CampusFilter,
        category::{Categorisation, load_categorisations},
        school::SchoolFilter,
        township::TownshipFilter,
    },
    objects::{
        localized_text::{LocalizedText, localize_text},
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
        scalar::LanguageTag,
    },
    schema::root_fields::root_fields,
};

/// A part of a district in its strategy, such as "rising in the south".
#[Object(name = "Region")]
impl ViewedNoun<domain::Region> {
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

    /// Its slogan, in the best language on record for the reader; `localizedStrategy` says which one that is. Null where no source gives one.
    async fn strategy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Option<String> {
        localize_text(ctx, &self.noun.strategy, lang).map(|localized| localized.text)
    }

    /// Its slogan with its language, and whether it is the one that was asked for. Null where no source gives one.
    async fn localized_strategy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The language wanted; that of `Accept-Language` unless asked otherwise.")] lang: Option<
            LanguageTag,
        >,
    ) -> Option<LocalizedText> {
        localize_text(ctx, &self.noun.strategy, lang)
    }

    /// The district it is part of; null where the record does not say.
    async fn district(&self, ctx: &Context<'_>) -> Option<Result<ViewedNoun<domain::District>>> {
        ctx.load_optional_noun(self.view, self.noun.district).await
    }

    #[graphql(flatten)]
    async fn relations(&self) -> RegionRelations<'_> {
        RegionRelations(self)
    }
}

impl FieldColumns for domain::Region {
    const RELATIONS: &'static [&'static str] = RegionRelations::NAMES;
    const OTHERS: &'static [(&'static str, &'static [&'static str])] = &[("localized_strategy", &["strategy"])];
}

relations! {
    RegionRelations of domain::Region {
        /// The townships that a source places in it; most townships are placed by none.
        townships: TownshipsOfRegion, TownshipFilter, about 8;
        /// The schools whose own record places them in one of its townships: `schools(filter: { region })` finds the same.
        schools: SchoolsOfRegion, SchoolFilter, about 50;
        /// The schools of which a campus stands in one of its townships: `schools(filter: { campusRegion })` finds the same.
        schools_with_campus: SchoolsWithCampusInRegion, SchoolFilter, about 50;
        /// The campuses that stand in one of its townships: `campuses(filter: { region })` finds the same.
        campuses: CampusesOfRegion, CampusFilter, about 70;
    }
}

relation_types! {
    TownshipsOfRegion: "RegionTownship" => OwnRecord;
    SchoolsOfRegion: "RegionSchool" => OwnRecord;
    CampusesOfRegion: "RegionCampus" => OwnRecord;
    SchoolsWithCampusInRegion: "RegionSchoolWithCampus" => OwnRecord;
}

filter! {
    /// Which regions.
    RegionFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// Part of this district, by id or slug.
        district: ID => district [District],
    }
}

root_fields! {
    RegionQuery: domain::Region as "Region", RegionFilter {
        /// A region; null if there is none.
        region;
        /// The regions on the map.
        regions;
    }
}
