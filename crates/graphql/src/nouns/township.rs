//! Townships, areas and subdistricts.

use persistence::{CAMPUSES_OF_TOWNSHIP, PROJECTS_OF_TOWNSHIP, SCHOOLS_OF_TOWNSHIP, SCHOOLS_WITH_CAMPUS_IN_TOWNSHIP};

use crate::{
    definition::object_type::ObjectType,
    lists::filter_type::FilterType,
    objects::{
        location::location_of,
        noun::{NounType, ViewedNoun},
        outline::outline_of,
        register_code::RegisterCode,
        word::Word,
    },
};

impl NounType for domain::Township {
    const NAME: &'static str = "Township";
    const ONE: (&'static str, &'static str) = ("township", "A township; null if there is none.");
    const MANY: (&'static str, &'static str) = ("townships", "The townships on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A township, area or subdistrict.")
            .codes_with("Its codes in official registers.", &["code"], |it| {
                let code = it.noun.code.iter();
                let scheme = domain::code::scheme_of("code");
                code.map(|code| RegisterCode::of_column(it.view, it.head().fact, "code", scheme, code)).collect()
            })
            .reading(&["code"])
            .categories()
            .leaf("kind", "What it is; `UNKNOWN` where no source says.", |it| -> Word<domain::TownshipKind> {
                Word(it.noun.kind)
            })
            .noun_of_record("region", "The region it lies in; null where no source says.", |noun| noun.region)
            .noun_of_record("district", "The district it is part of; null where the record does not say.", |noun| {
                noun.district
            })
            .optional_object(
                "location",
                "A point in it, such as its office, and no boundary; null where no source says.",
                |it| location_of(it.view, it.head(), it.noun.location),
            )
            .reading(&["latitude", "longitude", "location_precision", "location_confidence"])
            .optional_object("outline", "Its outline; null where no source gives one.", |it| {
                outline_of(it.view, it.head(), it.noun.outline.clone())
            })
            .reading(&["outline", "outline_basis", "outline_confidence"])
            .relation(
                SCHOOLS_OF_TOWNSHIP,
                "schools",
                "School",
                20,
                "The schools whose own record places them in it: `schools(filter: { township })` finds the same.",
            )
            .relation(
                SCHOOLS_WITH_CAMPUS_IN_TOWNSHIP,
                "schoolsWithCampus",
                "SchoolWithCampus",
                20,
                "The schools of which a campus stands in it: `schools(filter: { campusTownship })` finds the same.",
            )
            .relation(
                CAMPUSES_OF_TOWNSHIP,
                "campuses",
                "Campus",
                20,
                "The campuses that stand in it: `campuses(filter: { township })` finds the same.",
            )
            .relation(PROJECTS_OF_TOWNSHIP, "projects", "Project", 2, "The construction projects in it.")
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which townships.")
            .code()
            .words::<domain::TownshipKind>("kind", "It is one of these.")
            .words::<domain::Stage>(
                "stage",
                "A school that stands in it, by the school's own record, teaches one of these stages.",
            )
            .noun::<domain::Region>("region", "It lies in this region, by id or slug.")
            .noun::<domain::District>("district", "Part of this district, by id or slug.")
            .location([
                "The point in it that is on record is at most so far from this point; distances are along a sphere of 6,371,008.8 meters, exact to some centimeters. What no source places is not found: `withoutLocationCount` counts it.",
                "The point in it that is on record is between these parallels and meridians. What no source places is not found: `withoutLocationCount` counts it.",
                "Whether a point in it is on record.",
            ])
    }
}
