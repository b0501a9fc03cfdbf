//! Authorities: governments, commissions and committees.

use crate::{
    definition::object_type::ObjectType,
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun},
        word::Word,
    },
};

impl NounType for domain::Authority {
    const NAME: &'static str = "Authority";
    const ONE: (&'static str, &'static str) = ("authority", "An authority; null if there is none.");
    const MANY: (&'static str, &'static str) = ("authorities", "The authorities on record.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A government, commission or committee.")
            .codes()
            .categories()
            .leaf(
                "level",
                "The level it governs; `UNKNOWN` where no source says.",
                |it| -> Word<domain::AuthorityLevel> { Word(it.noun.level) },
            )
            .leaf("kind", "What it is; `UNKNOWN` where no source says.", |it| -> Word<domain::AuthorityKind> {
                Word(it.noun.kind)
            })
            .agreements()
            .people()
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which authorities.")
            .code()
            .words::<domain::AuthorityLevel>("level", "It governs one of these levels.")
            .words::<domain::AuthorityKind>("kind", "It is one of these.")
    }
}
