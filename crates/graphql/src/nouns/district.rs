//! Districts: the owners of maps.

use persistence::{
    ADVISORY_BODIES_OF_DISTRICT, AGREEMENTS_OF_DISTRICT, ALLIANCES_OF_DISTRICT, CAMPUSES_OF_DISTRICT,
    EVENTS_OF_DISTRICT, GROUPS_OF_DISTRICT, INITIATIVES_OF_DISTRICT, LEARNING_AREAS_OF_DISTRICT, PROJECTS_OF_DISTRICT,
    REGIONS_OF_DISTRICT, SCHOOLS_OF_DISTRICT, SCHOOLS_WITH_CAMPUS_IN_DISTRICT, TOWNSHIPS_OF_DISTRICT,
};

use crate::{
    definition::object_type::ObjectType,
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun},
        outline::outline_of,
    },
};

impl NounType for domain::District {
    const NAME: &'static str = "District";
    const ONE: (&'static str, &'static str) = ("district", "A district; null if there is none.");
    const MANY: (&'static str, &'static str) = ("districts", "The districts on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A school district, the owner of a map.")
            .codes()
            .categories()
            .optional_text("timeZone", "The time zone in which its days begin, by its IANA name, such as `Europe/London`; null where the record does not say.", |it| it.noun.time_zone.map(|zone| zone.name()))
            .optional_object("outline", "Its outline; null where no source gives one.", |it| outline_of(it.view, it.head(), it.noun.outline.clone())).reading(&["outline", "outline_basis", "outline_confidence"])
            .relation(REGIONS_OF_DISTRICT, "regions", "Region", 4, "The regions of its strategy.")
            .relation(TOWNSHIPS_OF_DISTRICT, "townships", "Township", 25, "Its townships.")
            .relation(LEARNING_AREAS_OF_DISTRICT, "learningAreas", "LearningArea", 15, "Its learning areas.")
            .relation(SCHOOLS_OF_DISTRICT, "schools", "School", 100, "The schools whose own record says that they belong to it: `schools(filter: { district })` finds the same.")
            .relation(SCHOOLS_WITH_CAMPUS_IN_DISTRICT, "schoolsWithCampus", "SchoolWithCampus", 100, "The schools of which a campus stands in one of its townships: `schools(filter: { campusDistrict })` finds the same.")
            .relation(CAMPUSES_OF_DISTRICT, "campuses", "Campus", 150, "The campuses that stand in one of its townships: `campuses(filter: { district })` finds the same.")
            .relation(GROUPS_OF_DISTRICT, "groups", "Group", 25, "Its education groups.")
            .relation(ALLIANCES_OF_DISTRICT, "alliances", "Alliance", 12, "Its alliances.")
            .relation(ADVISORY_BODIES_OF_DISTRICT, "advisoryBodies", "AdvisoryBody", 2, "The bodies that counsel it.")
            .relation(PROJECTS_OF_DISTRICT, "projects", "Project", 20, "The construction projects in it.")
            .relation(AGREEMENTS_OF_DISTRICT, "agreements", "Agreement", 20, "The agreements that serve it.")
            .relation(INITIATIVES_OF_DISTRICT, "initiatives", "Initiative", 10, "Its maps, strategies, policies and programs.")
            .relation(EVENTS_OF_DISTRICT, "events", "Event", 20, "What took place and was about it.")
            .people()
            .pathways()
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which districts.").code()
    }
}
