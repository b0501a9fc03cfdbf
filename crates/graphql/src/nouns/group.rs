//! Education groups.

use persistence::{ALLIANCES_OF_GROUP, SCHOOLS_OF_GROUP};

use crate::{
    definition::object_type::{Described, ObjectType},
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun},
        word::Word,
    },
};

impl NounType for domain::Group {
    const NAME: &'static str = "Group";
    const ONE: (&'static str, &'static str) = ("group", "An education group; null if there is none.");
    const MANY: (&'static str, &'static str) = ("groups", "The education groups on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("An education group: one body of a lead school and its members.")
            .codes()
            .categories()
            .noun_of_record("leadSchool", "The school that leads it, as last recorded; null where no source says. Which one led it on the view's day is the first of `schools`, with the role `LEAD`.", |noun| noun.lead_school)
            .leaf("status", "Whether it worked on the view's day. Where dates are stated it follows from them: `PLANNED` before it was established, `OPERATING` from then on, `DISSOLVED` after its end; where none are, it is as recorded.", |it| Word(it.noun.status_on(it.view.day))).reading(&["status", "time"])
            .date("establishedOn", "When it was established; null where no source says.", |it| &it.noun.established_on)
            .date("dissolvedOn", "When it was dissolved; null where no source says, or it was not.", |it| &it.noun.dissolved_on)
            .object("reported", "What sources report of its size. Members on record are counted by `schools { totalCount }`: the two may differ.", |it| ReportedSize::of(&it.noun)).reading(&["reported_branches", "reported_sites", "reported_member_schools"])
            .noun_of_record("district", "The district it belongs to; null where the record does not say.", |noun| noun.district)
            .relation(SCHOOLS_OF_GROUP, "schools", "School", 15, "The schools on record as its members, the lead school first. A source that names some members rarely names all.")
            .relation(ALLIANCES_OF_GROUP, "alliances", "Alliance", 4, "The alliances it is a member of, then those that serve its district.")
            .agreements()
            .people()
            .pathways()
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which groups.")
            .code()
            .words::<domain::GroupStatus>("status", "It had one of these statuses on the view's day. `PLANNED` finds those, too, that are known on that day and are established later, and that lists do not hold otherwise.")
            .noun::<domain::District>("district", "It belongs to this district, by id or slug.")
            .noun::<domain::School>("school", "This school is on record as a member, in whatever role; by id or slug.")
            .noun::<domain::Alliance>("alliance", "It is on record as a member of this alliance, or the alliance serves its district; by id or slug.")
    }
}

/// What sources report of a group's size.
struct ReportedSize {
    branches: Option<i32>,
    sites: Option<i32>,
    member_schools: Option<i32>,
}

impl ReportedSize {
    fn of(group: &domain::Group) -> Self {
        let count = |number: Option<u32>| number.and_then(|number| i32::try_from(number).ok());
        ReportedSize {
            branches: count(group.reported_branches),
            sites: count(group.reported_sites),
            member_schools: count(group.reported_member_schools),
        }
    }
}

impl Described for ReportedSize {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("ReportedSize", "What sources report of a group's size; null where none does.")
            .leaf("branches", "How many branches a source counts; null where none does.", |it| it.branches)
            .leaf("sites", "How many sites a source counts; null where none does.", |it| it.sites)
            .leaf("memberSchools", "How many member schools a source counts; null where none does.", |it| {
                it.member_schools
            })
    }
}
