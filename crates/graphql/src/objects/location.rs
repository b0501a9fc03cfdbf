//! Places on earth.

use domain::{Head, View};

use crate::{
    definition::object_type::{Described, ObjectType},
    nouns::source::load_citations,
    objects::word::Word,
};

/// Where something stands.
pub(crate) struct Location {
    view: View,
    /// The fact that states it.
    fact: i64,
    it: domain::Location,
}

impl Described for Location {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Location", "A point on WGS 84, as a source states it.")
            .leaf("latitude", "Degrees north of the equator, from -90 to 90.", |it| it.it.latitude.to_f64())
            .leaf("longitude", "Degrees east of the prime meridian, from -180 to 180.", |it| -> f64 {
                it.it.longitude.to_f64()
            })
            .leaf(
                "precision",
                "What the point is one of, so how precise it is; null where no source says.",
                |it| -> Option<Word<domain::LocationPrecision>> { it.it.precision.map(Word) },
            )
            .load_objects(
                "sources",
                "The sources of the point: those that are named for it or, where none is, those of the whole record.",
                |it, ctx| {
                    load_citations(ctx, it.view, it.fact).map(|mut sources| {
                        let is_named = sources.iter().any(|citation| citation.names("location"));
                        sources.retain(|citation| match is_named {
                            true => citation.names("location"),
                            false => citation.states("location"),
                        });
                        sources
                    })
                },
            )
    }
}

/// The place that a noun's own record states.
pub(crate) fn location_of(view: View, head: &Head, it: Option<domain::Location>) -> Option<Location> {
    it.map(|it| Location { view, fact: head.fact, it })
}
