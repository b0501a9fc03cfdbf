//! Where sources disagree, and which lists are known to be open.

use std::sync::Arc;

use async_graphql::{ID, InputObject};
use domain::{Condition, ConditionValue, FieldEvidence, Filter, Kind, View, shape_of};
use persistence::{ALL_CONTRADICTIONS, CITED_SOURCE, NODE_KIND};

use crate::{
    batching::loaders::{ALL_NOUNS, WrittenRowLoader},
    definition::{
        field::{FieldContext, FieldResult, Loading, load_parts},
        object_type::{Described, ObjectType},
    },
    execution::context::ContextExt,
    lists::{
        any_connection::RelatedOfAnyKind,
        edge_breakdown::EdgeDimension,
        filter::{check_no_nul, resolve_noun},
    },
    nouns::source::{Citation, load_citations},
    objects::{
        noun::{NounType, ViewedNoun},
        noun_kind::NounKind,
        tie::{TieType, ViewedTie},
        word::Word,
    },
    schema::Map,
};

/// That a source contradicts what is recorded: the fields of the object and of the edge.
impl TieType for FieldEvidence {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("Contradiction", "That a source contradicts what is recorded. Nothing is overwritten: both stand here with their words.")
            .optional_text("field", "The field of the noun, by its column in the data set, such as `township_id`, or a relation, such as `groups`; null where the source contradicts the whole.", |it| it.tie.field.as_deref())
            .load_leaf("recorded", "What is recorded in that field, as the data set writes it: of another noun its slug. Null where nothing is, and where the field is a relation.", |it, ctx| Loading::later(load_recorded_field(it, ctx)))
            .optional_text("stated", "What the other source says; null where the record has only its words.", |it| it.tie.value.as_deref())
            .load_objects("recordedBy", "The sources that state what is recorded: those of that field, or else those of the whole.", |it, ctx| Loading::later(load_supporting(it, ctx)))
            .load_objects("sources", "The source that contradicts it.", |it, ctx| {
                load_citations(ctx, it.view, it.tie.id)
                    .map(|citations| citations.into_iter().map(Citation::contradicting).collect())
            })
            .recorded_since(|it| it.tie.id)
    }

    fn dimensions() -> Vec<EdgeDimension> {
        vec![EdgeDimension::texts("field")]
    }
}

async fn load_recorded_field(it: &ViewedTie<FieldEvidence>, ctx: &FieldContext<'_>) -> FieldResult<Option<String>> {
    let FieldEvidence { subject, field, .. } = &*it.tie;
    let Some(field) = field else { return Ok(None) };
    let loader = WrittenRowLoader { kind: subject.kind, known: it.view.known, scenario: it.view.scenario };
    let row = ctx.load(loader, subject.raw).await?;
    Ok(row.and_then(|row| shape_of(subject.kind).written_field(&row, field)))
}

async fn load_supporting(it: &ViewedTie<FieldEvidence>, ctx: &FieldContext<'_>) -> FieldResult<Vec<Citation>> {
    let field = it.tie.field.as_deref().unwrap_or_default();
    let mut citations = load_citations(ctx, it.view, it.tie.subject.raw).get().await?;
    citations.retain(|citation| citation.states(field));
    let of_field = citations.iter().any(|citation| citation.names(field));
    citations.retain(|citation| !of_field || citation.names(field));
    Ok(citations)
}

/// Whether a list of a noun is known to be complete.
pub(crate) struct ListCompleteness {
    view: View,
    it: domain::ListCompleteness,
}

impl Described for ListCompleteness {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("ListCompleteness", "Whether a list of a noun is known to be complete.")
            .leaf("list", "The list.", |it| Word(it.it.list))
            .leaf("isComplete", "Whether it has all. `false` says that there are more, of which no source that was read tells.", |it| it.it.is_complete)
            .localized_text(("note", "What is missing, in the best language on record for the reader; null where no source says."), ("localizedNote", "What is missing, with the language, and whether it is the one that was asked for. Null where no source says."), |it| &it.it.note)
            .sources("The sources whose words say so.", |it| (it.view, it.it.id))
            .recorded_since(|it| it.it.id)
    }
}

impl<N: NounType> ObjectType<ViewedNoun<N>> {
    /// Adds where sources disagree on it, and which of its lists are known to be open.
    pub(crate) fn evidence(self) -> Self {
        self.load_objects(
            "contradictions",
            "Where a source contradicts what is recorded of it, by field.",
            |it, ctx| {
                load_parts::<domain::Contradiction, _>(ctx, it.view, it.head().id, |view, domain::Contradiction(it)| {
                    ViewedTie { view, tie: Arc::new(it.clone()) }
                })
            },
        )
        .reading(&[])
        .load_objects(
            "listCompleteness",
            "Of which of its lists a source says whether they are complete; of all others nobody says.",
            |it, ctx| {
                load_parts::<domain::ListCompleteness, _>(ctx, it.view, it.head().id, |view, it| ListCompleteness {
                    view,
                    it: it.clone(),
                })
            },
        )
        .reading(&[])
    }
}

impl Described for ViewedTie<FieldEvidence> {
    fn describe() -> ObjectType<Self> {
        FieldEvidence::describe()
    }
}

/// Which contradictions.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct ContradictionFilter {
    /// They are of nouns of one of these kinds.
    kind: Option<Vec<NounKind>>,
    /// They are of this field, as `Contradiction.field` names it.
    field: Option<String>,
    /// This source contradicts what is recorded, by id or slug.
    source: Option<ID>,
}

async fn resolve_contradiction_filter(ctx: &FieldContext<'_>) -> FieldResult<Filter> {
    let Some(given) = ctx.arguments.get::<Option<ContradictionFilter>>("filter")? else { return Ok(Filter::default()) };
    let mut filter = Filter::default();
    let mut add = |property, value| filter.tie.push(Condition { property, value });
    if let Some(kinds) = given.kind {
        add(NODE_KIND, ConditionValue::Words(kinds.into_iter().map(|kind| kind.kind().name()).collect()));
    }
    if let Some(field) = given.field {
        add("field", ConditionValue::Text(check_no_nul(field)?));
    }
    if let Some(source) = given.source {
        add(CITED_SOURCE, ConditionValue::Noun(resolve_noun(ctx, None, "source", Kind::Source, &source).await?));
    }
    Ok(filter)
}

impl ObjectType<Map> {
    /// Adds the list of all contradictions.
    pub(crate) fn contradiction_fields(self) -> Self {
        self.any_list_at(
            "contradictions",
            "Contradiction",
            10,
            "Where sources disagree, with the noun of which they do: by field, then by kind and slug of the noun.",
            |map, ctx| (map.view(ctx), None),
            |_, ctx| {
                Loading::later(async move {
                    let all = RelatedOfAnyKind::new(ALL_CONTRADICTIONS, ALL_NOUNS);
                    Ok(all.filtered(resolve_contradiction_filter(ctx).await?))
                })
            },
        )
        .argument::<Option<ContradictionFilter>>("filter", "Which contradictions; all unless asked otherwise.")
    }
}
