//! Districts, regions, townships and learning areas.

use async_graphql::{ID, Object, Result};
use domain::Noun;
use persistence::{
    AlliancesOfDistrict, CampusesOfDistrict, CampusesOfRegion, CampusesOfTownship, GroupsOfDistrict,
    LearningAreasOfDistrict, RegionsOfDistrict, SchoolsOfDistrict, SchoolsOfRegion, SchoolsOfTownship,
    SchoolsWithCampusInDistrict, SchoolsWithCampusInRegion, SchoolsWithCampusInTownship, TownshipsOfDistrict,
    TownshipsOfRegion,
};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::{
        connection::{edges, relations},
        filter::{filter, vocabulary},
    },
    nouns::{
        alliance::AllianceFilter,
        campus::CampusFilter,
        group::GroupFilter,
        school::{Code, SchoolFilter},
        source::OwnRecord,
    },
    objects::{
        noun::{At, Head, roots},
        scalar::{ImpreciseDate, stated},
    },
};

/// A school district, the owner of a map.
#[Object(name = "District")]
impl At<domain::District> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> Head<'_> {
        self.head()
    }

    /// The time zone in which its days begin, by its IANA name, such as `Europe/London`; null where the record does not say.
    async fn time_zone(&self) -> Option<&str> {
        self.noun.time_zone.map(|zone| zone.name())
    }

    #[graphql(flatten)]
    async fn relations(&self) -> DistrictRelations<'_> {
        DistrictRelations(self)
    }
}

impl FieldColumns for domain::District {
    const RELATIONS: &'static [&'static str] = DistrictRelations::NAMES;
}

relations! {
    DistrictRelations of domain::District {
        /// The regions of its strategy.
        regions: RegionsOfDistrict, RegionFilter, about 4;
        /// Its townships.
        townships: TownshipsOfDistrict, TownshipFilter, about 25;
        /// Its learning areas.
        learning_areas: LearningAreasOfDistrict, LearningAreaFilter, about 15;
        /// The schools whose own record says that they belong to it: `schools(filter: { district })` finds the same.
        schools: SchoolsOfDistrict, SchoolFilter, about 100;
        /// The schools of which a campus stands in one of its townships: `schools(filter: { campusDistrict })` finds the same.
        schools_with_campus: SchoolsWithCampusInDistrict, SchoolFilter, about 100;
        /// The campuses that stand in one of its townships: `campuses(filter: { district })` finds the same.
        campuses: CampusesOfDistrict, CampusFilter, about 150;
        /// Its education groups.
        groups: GroupsOfDistrict, GroupFilter, about 25;
        /// Its alliances.
        alliances: AlliancesOfDistrict, AllianceFilter, about 12;
    }
}

/// A part of a district in its strategy, such as "rising in the south".
#[Object(name = "Region")]
impl At<domain::Region> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> Head<'_> {
        self.head()
    }

    /// Its slogan in Chinese; null where no source gives one.
    async fn strategy_zh(&self) -> Option<&str> {
        self.noun.strategy_zh.as_deref()
    }

    /// Its slogan in English; null where no source gives one.
    async fn strategy_en(&self) -> Option<&str> {
        self.noun.strategy_en.as_deref()
    }

    /// The district it is part of; null where the record does not say.
    async fn district(&self, ctx: &async_graphql::Context<'_>) -> Option<Result<At<domain::District>>> {
        ctx.find_maybe(self.view, self.noun.district).await
    }

    #[graphql(flatten)]
    async fn relations(&self) -> RegionRelations<'_> {
        RegionRelations(self)
    }
}

impl FieldColumns for domain::Region {
    const RELATIONS: &'static [&'static str] = RegionRelations::NAMES;
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

/// A township, area or subdistrict.
#[Object(name = "Township")]
impl At<domain::Township> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> Head<'_> {
        self.head()
    }

    /// Its codes in official registers.
    async fn codes(&self) -> Vec<Code> {
        let code = self.noun.code.iter();
        code.map(|value| Code { scheme: "national_statistical_code".to_owned(), value: value.clone() }).collect()
    }

    /// What it is.
    async fn kind(&self) -> TownshipKind {
        self.noun.kind.into()
    }

    /// The region it lies in; null where no source says.
    async fn region(&self, ctx: &async_graphql::Context<'_>) -> Option<Result<At<domain::Region>>> {
        ctx.find_maybe(self.view, self.noun.region).await
    }

    /// The district it is part of; null where the record does not say.
    async fn district(&self, ctx: &async_graphql::Context<'_>) -> Option<Result<At<domain::District>>> {
        ctx.find_maybe(self.view, self.noun.district).await
    }

    #[graphql(flatten)]
    async fn relations(&self) -> TownshipRelations<'_> {
        TownshipRelations(self)
    }
}

impl FieldColumns for domain::Township {
    const RELATIONS: &'static [&'static str] = TownshipRelations::NAMES;
    const OTHERS: &'static [(&'static str, &'static [&'static str])] = &[("codes", &["code"])];
}

relations! {
    TownshipRelations of domain::Township {
        /// The schools whose own record places them in it: `schools(filter: { township })` finds the same.
        schools: SchoolsOfTownship, SchoolFilter, about 20;
        /// The schools of which a campus stands in it: `schools(filter: { campusTownship })` finds the same.
        schools_with_campus: SchoolsWithCampusInTownship, SchoolFilter, about 20;
        /// The campuses that stand in it: `campuses(filter: { township })` finds the same.
        campuses: CampusesOfTownship, CampusFilter, about 20;
    }
}

/// What a township is.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::TownshipKind")]
pub(crate) enum TownshipKind {
    /// An area: once rural, run by a township government.
    Area,
    /// A subdistrict: urban.
    Subdistrict,
    /// A town.
    Town,
    /// A township: rural.
    Township,
}

/// A unit in which a district manages neighboring schools.
#[Object(name = "LearningArea")]
impl At<domain::LearningArea> {
    /// The global id: the same in every database, for `node(id:)`.
    pub(crate) async fn id(&self) -> ID {
        self.global_id()
    }

    #[graphql(flatten)]
    async fn common(&self) -> Head<'_> {
        self.head()
    }

    /// The day for which the source lists it; null where it does not say.
    async fn as_of(&self) -> Option<ImpreciseDate> {
        stated(&self.noun.as_of)
    }

    /// The district it is part of; null where the record does not say.
    async fn district(&self, ctx: &async_graphql::Context<'_>) -> Option<Result<At<domain::District>>> {
        ctx.find_maybe(self.view, self.noun.district).await
    }
}

impl FieldColumns for domain::LearningArea {}

edges! {
    RegionsOfDistrict: "DistrictRegion" => OwnRecord;
    TownshipsOfDistrict: "DistrictTownship" => OwnRecord;
    LearningAreasOfDistrict: "DistrictLearningArea" => OwnRecord;
    SchoolsOfDistrict: "DistrictSchool" => OwnRecord;
    GroupsOfDistrict: "DistrictGroup" => OwnRecord;
    AlliancesOfDistrict: "DistrictAlliance" => OwnRecord;
    TownshipsOfRegion: "RegionTownship" => OwnRecord;
    SchoolsOfRegion: "RegionSchool" => OwnRecord;
    SchoolsOfTownship: "TownshipSchool" => OwnRecord;
    CampusesOfTownship: "TownshipCampus" => OwnRecord;
    CampusesOfRegion: "RegionCampus" => OwnRecord;
    CampusesOfDistrict: "DistrictCampus" => OwnRecord;
    SchoolsWithCampusInTownship: "TownshipSchoolWithCampus" => OwnRecord;
    SchoolsWithCampusInRegion: "RegionSchoolWithCampus" => OwnRecord;
    SchoolsWithCampusInDistrict: "DistrictSchoolWithCampus" => OwnRecord;
}

vocabulary! { TownshipKind }

filter! {
    /// Which districts.
    DistrictFilter {}
}

filter! {
    /// Which regions.
    RegionFilter {
        /// Part of this district, by id or slug.
        district: ID => district [District],
    }
}

filter! {
    /// Which townships.
    TownshipFilter {
        /// It is one of these.
        kind: Vec<TownshipKind> => kind,
        /// It lies in this region, by id or slug.
        region: ID => region [Region],
        /// Part of this district, by id or slug.
        district: ID => district [District],
    }
}

filter! {
    /// Which learning areas.
    LearningAreaFilter {
        /// Part of this district, by id or slug.
        district: ID => district [District],
    }
}

roots! {
    DistrictQuery: domain::District as "District", DistrictFilter {
        /// A district; null if there is none.
        district;
        /// The districts on the map.
        districts;
    }
}

roots! {
    RegionQuery: domain::Region as "Region", RegionFilter {
        /// A region; null if there is none.
        region;
        /// The regions on the map.
        regions;
    }
}

roots! {
    TownshipQuery: domain::Township as "Township", TownshipFilter {
        /// A township; null if there is none.
        township;
        /// The townships on the map.
        townships;
    }
}

roots! {
    LearningAreaQuery: domain::LearningArea as "LearningArea", LearningAreaFilter {
        /// A learning area; null if there is none.
        learning_area;
        /// The learning areas on the map.
        learning_areas;
    }
}
