//! Partners: the organizations that work with schools.

use domain::Kind;
use persistence::{ALLIANCES_OF_PARTNER, EVENTS_AT_PARTNER, SCHOOLS_OF_PARTNER, SCHOOLS_REACHED_BY_PARTNER};

use crate::{
    definition::object_type::ObjectType,
    lists::{edge_condition::EdgeCondition, filter_type::FilterType},
    objects::{
        location::location_of,
        noun::{NounType, ViewedNoun},
        tie::{TieType, ViewedTie},
        word::Word,
    },
};

impl NounType for domain::Partner {
    const NAME: &'static str = "Partner";
    const ONE: (&'static str, &'static str) = ("partner", "A partner; null if there is none.");
    const MANY: (&'static str, &'static str) = ("partners", "The partners on record.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun(
            "An organization that works with schools: a university, a museum, a troupe.",
        )
        .codes()
        .categories()
        .leaf("kinds", "What it is; often more than one thing.", |it| -> Vec<Word<domain::PartnerKind>> {
            it.noun.kinds.iter().copied().map(Word).collect()
        })
        .optional_object("location", "Where it stands; null where no source says.", |it| {
            location_of(it.view, it.head(), it.noun.location)
        })
        .reading(&["latitude", "longitude", "location_precision", "location_confidence"])
        .relation(ALLIANCES_OF_PARTNER, "alliances", "Alliance", 3, "The alliances it is a member of.")
        .relation(SCHOOLS_REACHED_BY_PARTNER, "reach", "Reach", 100, "The schools that it reaches, once for each way: by an own tie, an agreement, an alliance of the school, of a group of it, or of its district.")
        .relation(SCHOOLS_OF_PARTNER, "schools", "School", 5, "The schools it is tied to outside any alliance.")
        .relation(EVENTS_AT_PARTNER, "hostedEvents", "HostedEvent", 1, "The events at its premises.")
        .agreements()
        .people()
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which partners.")
            .code()
            .words::<domain::PartnerKind>("kind", "It is, among other things, one of these on record.")
            .on("kinds")
            .noun::<domain::Alliance>("alliance", "It is on record as a member of this alliance, by id or slug.")
            .noun::<domain::School>(
                "school",
                "It is on record as tied to this school outside any alliance, by id or slug.",
            )
            .location([
                "On record it stands at most so far from this point; distances are along a sphere of 6,371,008.8 meters, exact to some centimeters. What no source places is not found: `withoutLocationCount` counts it.",
                "On record it stands between these parallels and meridians. What no source places is not found: `withoutLocationCount` counts it.",
                "Whether a source says where it is.",
            ])
    }
}

impl TieType for domain::SchoolPartner {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new(
            "SchoolPartnership",
            "A tie between a school and a partner, outside any alliance.",
        )
        .leaf("kind", "What they do together.", |it| Word(it.tie.kind))
        .date("since", "Since when; null where no source says.", |it| &it.tie.since)
        .date("until", "Until when; null where no source says, or it goes on.", |it| &it.tie.until)
        .existence(Kind::SchoolPartner, |tie| tie.id, |tie| [&tie.since, &tie.until])
        .sources("The sources that state the tie.", |it| (it.view, it.tie.id))
        .recorded_since(|it| it.tie.id)
    }

    fn conditions() -> Vec<EdgeCondition> {
        vec![EdgeCondition::words::<domain::SchoolPartnerKind>(
            "kind",
            "Only those whose edge is of one of these kinds.",
        )]
    }
}
