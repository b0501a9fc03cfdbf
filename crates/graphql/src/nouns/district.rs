//! Districts: the owners of maps.

use async_graphql::{Context, ID, Object, Result};
use domain::Noun;
use persistence::{
    AlliancesOfDistrict, CampusesOfDistrict, GroupsOfDistrict, LearningAreasOfDistrict, RegionsOfDistrict,
    SchoolsOfDistrict, SchoolsWithCampusInDistrict, TownshipsOfDistrict,
};

use crate::{
    batching::field_columns::FieldColumns,
    execution::context::ContextExt,
    lists::{
        connection::{relation_types, relations},
        filter::filter,
        own_record::OwnRecord,
    },
    nouns::{
        alliance::AllianceFilter,
        campus::CampusFilter,
        category::{Categorisation, load_categorisations},
        group::GroupFilter,
        learning_area::LearningAreaFilter,
        region::RegionFilter,
        school::SchoolFilter,
        township::TownshipFilter,
    },
    objects::{
        noun::{CommonFields, ViewedNoun},
        register_code::{CodeInput, RegisterCode, load_codes},
    },
    schema::root_fields::root_fields,
};

/// A school district, the owner of a map.
#[Object(name = "District")]
impl ViewedNoun<domain::District> {
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

relation_types! {
    RegionsOfDistrict: "DistrictRegion" => OwnRecord;
    TownshipsOfDistrict: "DistrictTownship" => OwnRecord;
    LearningAreasOfDistrict: "DistrictLearningArea" => OwnRecord;
    SchoolsOfDistrict: "DistrictSchool" => OwnRecord;
    GroupsOfDistrict: "DistrictGroup" => OwnRecord;
    AlliancesOfDistrict: "DistrictAlliance" => OwnRecord;
    CampusesOfDistrict: "DistrictCampus" => OwnRecord;
    SchoolsWithCampusInDistrict: "DistrictSchoolWithCampus" => OwnRecord;
}

filter! {
    /// Which districts.
    DistrictFilter {
        /// It has this code on record.
        code: CodeInput => code,
    }
}

root_fields! {
    DistrictQuery: domain::District as "District", DistrictFilter {
        /// A district; null if there is none.
        district;
        /// The districts on the map.
        districts;
    }
}
