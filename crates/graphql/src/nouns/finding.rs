//! Findings: what rules find doubtful on the map, and the rules.

use domain::{Condition, ConditionValue, Filter, Finding, FindingRule, FindingSeverity, View, Vocabulary};
use persistence::{ALL_FINDINGS, NODE_KIND};

use crate::{
    batching::loaders::{ALL_NOUNS, FindingCountsLoader},
    definition::{
        abstract_type::{AbstractType, NounRef},
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType},
    },
    execution::context::ContextExt,
    lists::{
        any_connection::RelatedOfAnyKind, edge_breakdown::EdgeDimension, filter::check_no_nul, page::saturating_int,
    },
    objects::{
        noun_kind::NounKind,
        tie::{TieType, ViewedTie},
        word::Word,
    },
    schema::Map,
};

/// What a rule has found: the fields of the edge beside the noun.
impl TieType for Finding {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("Finding", "That something on the map is doubtful.")
            .leaf(
                "rule",
                "The rule that has found it; `findingRules` says why it matters, and how it is mended.",
                |it| Word(it.tie.rule),
            )
            .leaf("severity", "How much it matters.", |it| Word(it.tie.rule.severity()))
            .leaf(
                "message",
                "What is found at the noun, in English, as the end of a sentence that begins with its name.",
                |it| it.tie.rule.message(it.tie.value.as_deref()),
            )
            .optional_text(
                "field",
                "The field in question, by its column in the data set; null where it is the whole.",
                |it| it.tie.field.as_deref(),
            )
            .optional_text(
                "value",
                "What the rule tells of it, such as the two dates that cross; null where there is nothing to tell.",
                |it| it.tie.value.as_deref(),
            )
            .load_abstract(
                "other",
                "The other noun that has a part in it, such as the second group; null where none has.",
                AbstractType::Noun,
                |it, _| Loading::Now(Ok(it.tie.other.map(|id| NounRef { view: it.view, id }))),
            )
            .sources("The sources that state what is doubtful.", |it| (it.view, it.tie.fact))
            .optional_text("waiver", "Why it is left as it is, as the data set says; null where it is not.", |it| {
                it.tie.waiver.as_deref()
            })
    }

    fn dimensions() -> Vec<EdgeDimension> {
        vec![
            EdgeDimension::words::<FindingRule>("rule"),
            EdgeDimension::words::<FindingSeverity>("severity"),
            EdgeDimension::texts("field"),
        ]
    }
}

/// A rule by which something on the map is doubtful.
#[derive(Debug, Clone, Copy)]
struct Rule {
    view: View,
    rule: FindingRule,
}

impl Described for Rule {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("FindingRuleDescription", "A rule by which something on the map is doubtful.")
            .leaf("rule", "The rule.", |it| Word(it.rule))
            .leaf("severity", "How much it matters.", |it| Word(it.rule.severity()))
            .leaf("description", "What it finds.", |it| {
                let value = FindingRule::VALUES.iter().find(|value| value.value == it.rule);
                value.map(|value| value.description.to_owned()).unwrap_or_default()
            })
            .leaf("reason", "Why it matters.", |it| it.rule.reason().to_owned())
            .leaf("remedy", "How it is mended.", |it| it.rule.remedy().to_owned())
            .load_leaf("count", "How many findings it has that are not waived.", |it, ctx| {
                Loading::later(async move {
                    let counts = ctx.load(FindingCountsLoader { view: it.view }, ALL_NOUNS).await?;
                    Ok(saturating_int(counts.and_then(|counts| counts.get(&it.rule).copied()).unwrap_or_default()))
                })
            })
    }
}

impl ObjectType<Map> {
    /// Adds what rules find doubtful, and the rules.
    pub(crate) fn finding_fields(self) -> Self {
        self.any_list_at(
            "findings",
            "Finding",
            20,
            "What rules find doubtful under this view, with the noun at which they find it: by severity, then by rule, then by \
             kind and slug of the noun.",
            |map, ctx| (map.view(ctx), None),
            |_, ctx| Loading::Now(parse_findings(ctx)),
        )
        .argument::<Option<Vec<Word<FindingSeverity>>>>("severity", "Only those of these severities; all unless asked otherwise.")
        .argument::<Option<Vec<Word<FindingRule>>>>("rules", "Only those of these rules; of all unless asked otherwise.")
        .argument::<Option<Vec<NounKind>>>("kinds", "Only those at nouns of these kinds; of all unless asked otherwise.")
        .argument::<Option<String>>("field", "Only those of this field, as edges name it; of all unless asked otherwise.")
        .argument::<Option<bool>>("includeWaived", "Those, too, that the data set says are left as they are; they are left out unless asked otherwise.")
        .load_objects_or_null(
            "findingRules",
            "The rules of `findings`, in alphabetical order.",
            |map: &Map, ctx| {
                let view = map.view(ctx);
                Loading::Now(Ok(FindingRule::VALUES.iter().map(|value| Rule { view, rule: value.value }).collect()))
            },
        )
    }
}

fn parse_findings(ctx: &FieldContext<'_>) -> FieldResult<RelatedOfAnyKind<Finding>> {
    let severities: Option<Vec<Word<FindingSeverity>>> = ctx.arguments.get("severity")?;
    let rules: Option<Vec<Word<FindingRule>>> = ctx.arguments.get("rules")?;
    let kinds: Option<Vec<NounKind>> = ctx.arguments.get("kinds")?;
    let field: Option<String> = ctx.arguments.get("field")?;
    let field = field.map(check_no_nul).transpose()?;
    let field = field.map(|field| Condition { property: "field", value: ConditionValue::Text(field) });
    let with_waived = ctx.arguments.get::<Option<bool>>("includeWaived")?.unwrap_or_default();
    let words = |property, mut words: Vec<&'static str>| {
        words.sort_unstable();
        words.dedup();
        Condition { property, value: ConditionValue::Words(words) }
    };
    let rules = rules.map(|rules| words("rule", rules.into_iter().map(|Word(rule)| rule.word()).collect()));
    let severities = severities
        .map(|severities| words("severity", severities.into_iter().map(|Word(severity)| severity.word()).collect()));
    let kinds = kinds.map(|kinds| words(NODE_KIND, kinds.into_iter().map(|kind| kind.kind().name()).collect()));
    let unwaived = (!with_waived).then(|| words("is_waived", vec!["no"]));
    let tie = [rules, severities, kinds, field, unwaived].into_iter().flatten().collect();
    Ok(RelatedOfAnyKind::new(ALL_FINDINGS, ALL_NOUNS).filtered(Filter { tie, ..Filter::default() }))
}
