//! Releases: views of the map that have a name.

use std::sync::Arc;

use async_graphql::Result;
use domain::{Known, View, suggest::did_you_mean};

use crate::{
    batching::loaders::{ALL_NOUNS, ReleasesLoader},
    definition::{
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType},
    },
    execution::{context::ContextExt, error_code::ErrorCode},
    objects::revision::ViewInfo,
    schema::Map,
};

/// A view with a name.
pub(crate) struct Release(domain::Release);

impl Described for Release {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Release", "A view of the map with a name: a day and a revision. It never changes.")
            .text("slug", "Its name; `map(release:)` takes it.", |it| &it.0.slug)
            .localized_text(
                ("title", "What it is called, in the best language on record for the reader."),
                ("localizedTitle", "What it is called, with the language, and whether it is the one that was asked for."),
                |it| &it.0.title,
            )
            .localized_text(
                ("notes", "What is said of it, in the best language on record for the reader; null where nothing is."),
                ("localizedNotes", "What is said of it, with the language, and whether it is the one that was asked for; null where nothing is."),
                |it| &it.0.notes,
            )
            .object("view", "The day and the revision that it names.", |it| ViewInfo::pinned(view_of(&it.0)))
            .recorded_since(|it| it.0.id)
    }
}

/// The view that a release names.
pub(crate) fn view_of(release: &domain::Release) -> View {
    View::new(release.as_of, Known::At(release.known_at))
}

/// The releases that a revision knows.
async fn load_releases(ctx: &FieldContext<'_>, known: Known) -> Result<Arc<Vec<domain::Release>>> {
    Ok(ctx.load(ReleasesLoader { known }, ALL_NOUNS).await?.unwrap_or_default())
}

/// How many releases an error names.
const MAX_NAMED: usize = 10;

/// The view of the release with this slug.
pub(crate) async fn find_release_view(ctx: &FieldContext<'_>, slug: &str) -> FieldResult<View> {
    let releases = load_releases(ctx, Known::Latest).await?;
    if let Some(release) = releases.iter().find(|release| release.slug == slug) {
        return Ok(view_of(release));
    }
    let slugs = || releases.iter().rev().map(|release| release.slug.as_str());
    let known: Vec<String> = slugs().take(MAX_NAMED).map(|slug| format!("`{slug}`")).collect();
    let hint = match (did_you_mean(slug, slugs()), known.is_empty()) {
        (Some(question), _) => format!("; {question}"),
        (None, true) => ": none is published yet".to_owned(),
        (None, false) => format!(": there are {}", known.join(", ")),
    };
    let slug: String = slug.chars().take(60).collect();
    Err(ErrorCode::UnknownRelease.with_message(format!("there is no release `{slug}`{hint}")).into())
}

impl ObjectType<Map> {
    /// Adds the releases.
    pub(crate) fn release_fields(self) -> Self {
        self.load_objects(
            "releases",
            "The releases that the view's revision knows, the latest day first; of one day the one that was published last.",
            |map, ctx| {
                let known = map.view(ctx).known;
                Loading::later(async move {
                    let releases = load_releases(ctx, known).await?;
                    Ok(releases.iter().rev().cloned().map(Release).collect())
                })
            },
        )
    }
}
