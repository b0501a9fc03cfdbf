//! Regions: the parts of a district in its strategy.

use persistence::{
    CAMPUSES_OF_REGION, PROJECTS_OF_REGION, SCHOOLS_OF_REGION, SCHOOLS_WITH_CAMPUS_IN_REGION, TOWNSHIPS_OF_REGION,
};

use crate::{
    definition::object_type::ObjectType,
    lists::filter_type::FilterType,
    objects::noun::{NounType, ViewedNoun},
};

impl NounType for domain::Region {
    const NAME: &'static str = "Region";
    const ONE: (&'static str, &'static str) = ("region", "A region; null if there is none.");
    const MANY: (&'static str, &'static str) = ("regions", "The regions on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A part of a district in its strategy, such as \"rising in the south\".")
            .codes()
            .categories()
            .localized_text(("strategy", "Its slogan, in the best language on record for the reader; `localizedStrategy` says which one that is. Null where no source gives one."), ("localizedStrategy", "Its slogan with its language, and whether it is the one that was asked for. Null where no source gives one."), |it| &it.noun.strategy)
            .noun_of_record("district", "The district it is part of; null where the record does not say.", |noun| noun.district)
            .relation(TOWNSHIPS_OF_REGION, "townships", "Township", 8, "The townships that a source places in it; most townships are placed by none.")
            .relation(SCHOOLS_OF_REGION, "schools", "School", 50, "The schools whose own record places them in one of its townships: `schools(filter: { region })` finds the same.")
            .relation(SCHOOLS_WITH_CAMPUS_IN_REGION, "schoolsWithCampus", "SchoolWithCampus", 50, "The schools of which a campus stands in one of its townships: `schools(filter: { campusRegion })` finds the same.")
            .relation(CAMPUSES_OF_REGION, "campuses", "Campus", 70, "The campuses that stand in one of its townships: `campuses(filter: { region })` finds the same.")
            .relation(PROJECTS_OF_REGION, "projects", "Project", 5, "The construction projects in it.")
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which regions.")
            .code()
            .noun::<domain::District>("district", "Part of this district, by id or slug.")
    }
}
