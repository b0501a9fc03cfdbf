//! Definitions: what a word of the map means, in a source's own terms.

use domain::View;

use crate::{
    definition::{
        field::Loading,
        object_type::{Described, ObjectType},
    },
    execution::context::mask_store_error,
    schema::Map,
};

/// What a word of the map means.
pub(crate) struct Definition {
    view: View,
    it: domain::Definition,
}

impl Described for Definition {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Definition", "What a word of the map means, in a source's own terms.")
            .text("term", "The word.", |it| &it.it.term)
            .localized_text(("definition", "What it means, in the best language on record for the reader; `localizedDefinition` says which one that is. Null where no source gives one."), ("localizedDefinition", "What it means with its language, and whether it is the one that was asked for. Null where no source gives one."), |it| &it.it.definition)
            .sources("The sources that state it.", |it| (it.view, it.it.id))
            .recorded_since(|it| it.it.id)
    }
}

impl ObjectType<Map> {
    /// Adds the words of the map.
    pub(crate) fn definition_fields(self) -> Self {
        self.load_objects("definitions", "What the words of the map mean, in a source's own terms.", |map, ctx| {
            Loading::later(async move {
                let view = map.view(ctx);
                let definitions = ctx.request.store.definitions(view).await.map_err(mask_store_error)?;
                Ok(definitions.into_iter().map(|it| Definition { view, it }).collect())
            })
        })
    }
}
