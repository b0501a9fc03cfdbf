//! What the objects of ties share.

use std::sync::Arc;

use domain::{Evidence, ImpreciseDate, Kind, Turn, View};

use crate::{
    batching::loaders::KnownDayLoader,
    definition::{
        field::{FieldContext, FieldResult, Loading},
        object_type::ObjectType,
    },
    execution::context::ContextExt,
    lists::{edge_breakdown::EdgeDimension, edge_condition::EdgeCondition},
    objects::word::Word,
};

/// A tie, as a view shows it.
pub(crate) struct ViewedTie<T> {
    pub(crate) view: View,
    pub(crate) tie: Arc<T>,
}

/// What a tie says, as edges show it.
pub(crate) trait TieType: Sized + Send + Sync + 'static {
    /// The fields of an edge beside its noun.
    fn describe() -> ObjectType<ViewedTie<Self>>;

    /// What narrows lists by what an edge says itself.
    fn conditions() -> Vec<EdgeCondition> {
        Vec::new()
    }

    /// By what lists of nouns of any kind are counted, of what an edge says itself.
    fn dimensions() -> Vec<EdgeDimension> {
        Self::conditions().iter().map(|condition| condition.dimension).collect()
    }
}

/// A tie that is stated in the noun's own record: the record's fact.
impl TieType for i64 {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("OwnRecord", "A tie that is stated in the noun's own record.")
            .sources("The sources that state the record.", |it| (it.view, *it.tie))
            .recorded_since(|it| *it.tie)
    }
}

/// A tie of which nothing is said.
impl TieType for () {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("Item", "An item of a list.")
    }
}

impl<T: Send + Sync + 'static> ObjectType<ViewedTie<T>> {
    /// Adds whether a tie of a kind is known to have held, by the dates that it states.
    pub(crate) fn existence<const N: usize>(
        self,
        kind: Kind,
        id: fn(&T) -> i64,
        dates: fn(&T) -> [&Option<ImpreciseDate>; N],
    ) -> Self {
        self.load_leaf(
            "existence",
            "Whether it is known to have held on the view's day, or only assumed since nothing speaks of it before a later one.",
            move |it, ctx| Loading::later(load_existence(ctx, it.view, (kind, id(&it.tie)), dates(&it.tie))),
        )
    }
}

/// Whether a tie that is on the map of the view's day is known to have held then: by a date that it states, the time for
/// which a source states it, the publication of a source, or the day on which it was recorded.
pub(crate) async fn load_existence<'a>(
    ctx: &FieldContext<'_>,
    view: View,
    (kind, tie): (Kind, i64),
    dates: impl IntoIterator<Item = &'a Option<ImpreciseDate>>,
) -> FieldResult<Word<domain::Existence>> {
    let mut evidence = Evidence::default().with_dates(dates.into_iter().map(Option::as_ref));
    if evidence.existence_on(view.day) == domain::Existence::Assumed {
        evidence.add_day(ctx.load(KnownDayLoader { kind, view }, tie).await?);
    }
    Ok(Word(evidence.existence_on(view.day)))
}

/// What a row says of when a tie holds.
#[derive(Debug, Clone)]
pub(crate) struct TieRow {
    pub(crate) view: View,
    /// What kind of row it is, and which.
    pub(crate) tie: (Kind, i64),
    pub(crate) since: Option<ImpreciseDate>,
    pub(crate) until: Option<ImpreciseDate>,
    /// The time for which its source states it.
    pub(crate) as_of: Option<ImpreciseDate>,
    /// Its turn, where one holds at a time.
    pub(crate) turn: Option<Turn>,
}

impl TieRow {
    /// Whether the tie is known to have held on the view's day.
    pub(crate) async fn load_existence(&self, ctx: &FieldContext<'_>) -> FieldResult<Word<domain::Existence>> {
        if self.turn.is_some_and(|turn| turn.existence_on(self.view.day) == domain::Existence::Assumed) {
            return Ok(Word(domain::Existence::Assumed));
        }
        load_existence(ctx, self.view, self.tie, [&self.since, &self.until, &self.as_of]).await
    }
}
