//! What on record counts the same as a reported figure: a rule for each metric.

use std::sync::{Arc, LazyLock};

use async_graphql::Result;
use domain::{
    AnyId, Condition, ConditionValue, Filter, GroupStatus, Kind, Metric, Order, Ownership, Page, PageRequest, Project,
    ReportedFigure, View,
};
use futures::{FutureExt, future::BoxFuture};
use persistence::{
    AnyPage, CAMPUSES_OF_SCHOOL, EXPERT_GROUPS_OF_BODY, GROUPS_OF_DISTRICT, LEARNING_AREAS_OF_DISTRICT, Relation,
    SCHOOLS_OF_ALLIANCE, SCHOOLS_OF_DISTRICT, SCHOOLS_OF_GROUP, TOWNSHIPS_OF_DISTRICT, TieCount, TieDimensions,
};

use crate::{
    batching::loaders::{NounLoader, RelationCountLoader, RelationPageLoader},
    definition::field::FieldContext,
    execution::context::ContextExt,
    lists::{
        any_connection::{AnyList, to_any_page},
        edge_breakdown::count_kinds,
    },
    objects::{noun::NounType, tie::TieType},
};

/// How something is counted on record.
pub(crate) struct MetricRule {
    metric: Metric,
    /// Of what kind of noun it is counted.
    subject: Kind,
    count: Count,
}

enum Count {
    /// The nouns to which a relation leads from the subject.
    Nouns(Box<dyn CountedNouns>),
    /// Of the second ones the first, in percent.
    Share([Box<dyn CountedNouns>; 2]),
    /// A number in the record of the project.
    OfProject(fn(&Project) -> Option<u32>),
}

static RULES: LazyLock<Vec<MetricRule>> = LazyLock::new(|| {
    let rule = |metric, subject, count| MetricRule { metric, subject, count };
    let of_project = |metric, get| rule(metric, Kind::Project, Count::OfProject(get));
    vec![
        rule(Metric::AllianceSchools, Kind::Alliance, Count::of(SCHOOLS_OF_ALLIANCE, |_| Vec::new())),
        rule(
            Metric::DesignationHolders,
            Kind::District,
            Count::of(SCHOOLS_OF_DISTRICT, |figure| {
                let designation = figure.designation.map_or(0, |designation| designation.raw);
                let value = ConditionValue::Noun(AnyId { kind: Kind::Designation, raw: designation });
                vec![Condition { property: "designation", value }]
            }),
        ),
        rule(Metric::ExpertGroups, Kind::AdvisoryBody, Count::of(EXPERT_GROUPS_OF_BODY, |_| Vec::new())),
        rule(Metric::GroupSchools, Kind::Group, Count::of(SCHOOLS_OF_GROUP, |_| Vec::new())),
        rule(
            Metric::Groups,
            Kind::District,
            Count::of(GROUPS_OF_DISTRICT, |_| vec![is_word("status", GroupStatus::Operating.word())]),
        ),
        rule(Metric::LearningAreas, Kind::District, Count::of(LEARNING_AREAS_OF_DISTRICT, |_| Vec::new())),
        of_project(Metric::ProjectClasses, |project| project.classes),
        of_project(Metric::ProjectFloorArea, |project| project.floor_area_m2),
        of_project(Metric::ProjectJuniorClasses, |project| project.classes_junior),
        of_project(Metric::ProjectPlaces, |project| project.places),
        of_project(Metric::ProjectSeniorClasses, |project| project.classes_senior),
        rule(
            Metric::PublicSchoolsInGroups,
            Kind::District,
            Count::Share([
                counted(SCHOOLS_OF_DISTRICT, |_| {
                    let has_group = Condition { property: "has_group", value: ConditionValue::Flag(true) };
                    vec![is_word("ownership", Ownership::Public.word()), has_group]
                }),
                counted(SCHOOLS_OF_DISTRICT, |_| vec![is_word("ownership", Ownership::Public.word())]),
            ]),
        ),
        rule(Metric::SchoolSites, Kind::School, Count::of(CAMPUSES_OF_SCHOOL, |_| Vec::new())),
        rule(Metric::Townships, Kind::District, Count::of(TOWNSHIPS_OF_DISTRICT, |_| Vec::new())),
    ]
});

fn is_word(property: &'static str, word: &'static str) -> Condition {
    Condition { property, value: ConditionValue::Words(vec![word]) }
}

/// How many are on record beside a figure, or why nothing on record compares with it, in a sentence.
pub(crate) type Recorded = std::result::Result<f64, &'static str>;

/// Counts on record what a figure counts.
pub(crate) async fn load_recorded(ctx: &FieldContext<'_>, view: View, figure: &ReportedFigure) -> Result<Recorded> {
    let (rule, subject) = match find_rule(figure) {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    Ok(match &rule.count {
        Count::Nouns(nouns) => Ok(to_f64(nouns.load_count(ctx, view, subject, figure).await?)),
        Count::Share([some, all]) => {
            let [some, all] = [some.load_count(ctx, view, subject, figure), all.load_count(ctx, view, subject, figure)];
            match futures::future::try_join(some, all).await? {
                (_, 0) => Err("there is none on record of which it could be a share"),
                (some, all) => Ok((to_f64(some) / to_f64(all) * 10_000.0).round() / 100.0),
            }
        }
        Count::OfProject(get) => {
            let project: Option<Arc<Project>> =
                ctx.load_columns(NounLoader::new(view), subject, persistence::ColumnSet::ALL).await?;
            match project.and_then(|project| get(&project)) {
                Some(number) => Ok(number.into()),
                None => Err("the record of the project does not say"),
            }
        }
    })
}

/// The rule for a figure and the identity of what it is of, or why there is none.
fn find_rule(figure: &ReportedFigure) -> Result<(&'static MetricRule, i64), &'static str> {
    let metric = figure.metric.ok_or("nothing on record counts the same")?;
    let rule = RULES.iter().find(|rule| rule.metric == metric).ok_or("no rule says how it is counted on record")?;
    let subject = figure.subject.filter(|subject| subject.kind == rule.subject);
    Ok((rule, subject.ok_or("what it is a figure of is not what the metric counts for")?.raw))
}

#[expect(clippy::cast_precision_loss, reason = "counts of nouns are far below 2^52")]
fn to_f64(count: u64) -> f64 {
    count as f64
}

/// Nouns that are counted.
trait CountedNouns: Send + Sync {
    fn kind(&self) -> Kind;

    fn load_count<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        subject: i64,
        figure: &ReportedFigure,
    ) -> BoxFuture<'a, Result<u64>>;

    fn load_page<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        subject: i64,
        figure: &ReportedFigure,
        request: Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<()>>>>;
}

/// The nouns to which a relation leads, as far as the conditions for a figure let them through.
struct RelatedNouns<N, T: 'static> {
    relation: Relation<N, T>,
    conditions: Conditions,
}

type Conditions = fn(&ReportedFigure) -> Vec<Condition>;

impl Count {
    fn of<N: NounType, T: TieType>(relation: Relation<N, T>, conditions: Conditions) -> Self {
        Count::Nouns(counted(relation, conditions))
    }
}

fn counted<N: NounType, T: TieType>(relation: Relation<N, T>, conditions: Conditions) -> Box<dyn CountedNouns> {
    Box::new(RelatedNouns { relation, conditions })
}

impl<N, T> RelatedNouns<N, T> {
    fn filter(&self, figure: &ReportedFigure) -> Arc<Filter> {
        Arc::new(Filter { conditions: (self.conditions)(figure), ..Filter::default() })
    }
}

impl<N: NounType, T: TieType> CountedNouns for RelatedNouns<N, T> {
    fn kind(&self) -> Kind {
        N::KIND
    }

    fn load_count<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        subject: i64,
        figure: &ReportedFigure,
    ) -> BoxFuture<'a, Result<u64>> {
        let loader = RelationCountLoader::new(self.relation, view, self.filter(figure));
        async move { Ok(ctx.load(loader, subject).await?.unwrap_or_default().total) }.boxed()
    }

    fn load_page<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        subject: i64,
        figure: &ReportedFigure,
        request: Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<()>>>> {
        let loader = RelationPageLoader::new(self.relation, view, self.filter(figure), Order::default(), request);
        async move {
            let columns = persistence::ColumnSet::POSITION;
            let Some(page) = ctx.load_columns(loader, subject, columns).await? else {
                return Ok(Arc::new(Page::empty()));
            };
            Ok(Arc::new(to_any_page(&page, |item| item.node.head().id, N::KIND)))
        }
        .boxed()
    }
}

/// What is counted on record beside a figure, as a list.
#[derive(Clone)]
pub(crate) struct RecordedItems(pub(crate) Arc<ReportedFigure>);

impl RecordedItems {
    /// The nouns that are counted, and the identity of what they are counted for.
    fn nouns(&self) -> Option<(&'static dyn CountedNouns, i64)> {
        let (rule, subject) = find_rule(&self.0).ok()?;
        match &rule.count {
            Count::Nouns(nouns) | Count::Share([nouns, _]) => Some((nouns.as_ref(), subject)),
            Count::OfProject(_) => None,
        }
    }
}

impl AnyList for RecordedItems {
    type Tie = ();

    fn load_page<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        request: &'a Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<()>>>> {
        match self.nouns() {
            Some((nouns, subject)) => nouns.load_page(ctx, view, subject, &self.0, request.clone()),
            None => async { Ok(Arc::new(Page::empty())) }.boxed(),
        }
    }

    fn load_count<'a>(&'a self, ctx: &'a FieldContext<'a>, view: View) -> BoxFuture<'a, Result<u64>> {
        match self.nouns() {
            Some((nouns, subject)) => nouns.load_count(ctx, view, subject, &self.0),
            None => async { Ok(0) }.boxed(),
        }
    }

    fn load_breakdown<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        by: TieDimensions,
    ) -> BoxFuture<'a, Result<Vec<TieCount>>> {
        async move {
            let kind = self.nouns().map(|(nouns, _)| nouns.kind());
            Ok(count_kinds(by, [(kind, self.load_count(ctx, view).await?)]))
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use domain::{Metric, Vocabulary};

    use super::RULES;

    #[test]
    fn a_rule_says_what_each_metric_counts() {
        for metric in Metric::VALUES {
            let rules = RULES.iter().filter(|rule| rule.metric == metric.value).count();
            assert_eq!(rules, 1, "`{}`", metric.word);
        }
    }
}
