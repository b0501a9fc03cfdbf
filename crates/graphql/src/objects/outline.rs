//! Outlines of areas, and the scalar in which they are given.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value,
    parser::types::Field,
    registry::{MetaType, MetaTypeId, Registry},
};
use domain::{Geometry, GeometryPosition, Head, View};

use crate::{
    definition::{
        leaf::{IntoLeaf, Leaf},
        object_type::{Described, ObjectType},
    },
    nouns::source::load_citations_of,
    objects::word::Word,
};

/// The outline of an area.
pub(crate) struct Outline {
    view: View,
    /// The fact that states it.
    fact: i64,
    it: domain::Outline,
}

impl Described for Outline {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Outline", "The outline of an area, as a source states it.")
            .leaf(
                "geometry",
                "Its lines, a `Polygon` or a `MultiPolygon`. It is expected as 100 fields in the cost of an answer.",
                |it| GeoJson(it.it.geometry.clone()),
            )
            .leaf(
                "basis",
                "What the lines are based on: those that are `APPROXIMATE` are no boundary, and a picture of them says so.",
                |it| -> Word<domain::OutlineBasis> { Word(it.it.basis) },
            )
            .leaf(
                "confidence",
                "How sure it is that the area lies within; null where the record does not say.",
                |it| -> Option<Word<domain::OutlineConfidence>> { it.it.confidence.map(Word) },
            )
            .load_objects(
                "sources",
                "The sources of the outline: those that are named for it or, where none is, those of the whole record.",
                |it, ctx| load_citations_of(ctx, it.view, it.fact, "outline"),
            )
    }
}

/// The outline that a noun's own record states.
pub(crate) fn outline_of(view: View, head: &Head, it: Option<domain::Outline>) -> Option<Outline> {
    it.map(|it| Outline { view, fact: head.fact, it })
}

/// A geometry of `GeoJSON`.
struct GeoJson(Geometry);

impl IntoLeaf<'_> for GeoJson {
    fn into_leaf(self) -> Leaf<'static> {
        let Geometry { is_multi, polygons } = self.0;
        let position = |position: &GeometryPosition| position.degrees().to_vec().into_leaf();
        let ring = |ring: &Vec<GeometryPosition>| Leaf::List(ring.iter().map(position).collect());
        let mut polygons: Vec<_> = polygons.iter().map(|rings| Leaf::List(rings.iter().map(ring).collect())).collect();
        let (name, coordinates) = match is_multi {
            true => ("MultiPolygon", Leaf::List(polygons)),
            false => ("Polygon", polygons.pop().unwrap_or(Leaf::Null)),
        };
        Leaf::Object(vec![("type", Leaf::Text(Cow::Borrowed(name))), ("coordinates", coordinates)])
    }
}

impl OutputType for GeoJson {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("GeoJSON")
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Scalar, |_| MetaType::Scalar {
            name: "GeoJSON".to_owned(),
            description: Some(
                "A geometry of GeoJSON, such as `{ \"type\": \"Polygon\", \"coordinates\": [[[2, 48], [3, 48], [3, 49], [2, 48]]] }`: an object, not a text. Positions are longitude and latitude in degrees, on WGS 84. Rings may turn either way.".to_owned(),
            ),
            is_valid: None,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            specified_by_url: Some("https://www.rfc-editor.org/rfc/rfc7946#section-3.1".to_owned()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(GeoJson(self.0.clone()).into_leaf().into_value())
    }
}
