//! Ways through school: where can a child go on to, by what right, and what keeps it from getting there?

use async_graphql::{ID, Result};
use domain::{Kind, Place, School, Stage, Step, StepReason, Steps, View, WayObstacle, find_obstacle};
use futures::future::try_join_all;
use persistence::ColumnSet;

use crate::{
    batching::loaders::{NounLoader, StepsLoader},
    definition::{
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType},
    },
    execution::{context::ContextExt, error_code::ErrorCode},
    lists::{filter::resolve_noun, page::saturating_int},
    objects::{
        noun::{ViewedNoun, load_noun},
        word::Word,
    },
    schema::Map,
};

/// How many ways are listed unless asked otherwise, and at most.
const WAYS: [i32; 2] = [20, 100];

/// How many schools of one stage a way may lead through.
const MAX_SCHOOLS: usize = 5_000;

/// A stage at a school, as a view shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WayPlace {
    view: View,
    place: Place,
}

/// A step of a way.
pub(crate) struct WayStep {
    from: WayPlace,
    to: WayPlace,
    step: Step,
}

/// What allows a step.
pub(crate) struct WayReason {
    view: View,
    reason: StepReason,
}

/// A way from a school to the last stage.
pub(crate) struct Way {
    start: WayPlace,
    steps: Vec<Step>,
}

/// The ways from a school.
pub(crate) struct Ways {
    start: Option<WayPlace>,
    found: domain::Ways,
    dead_ends: Vec<WayPlace>,
}

/// Whether a way leads from a school to another, and what is missing if none does.
pub(crate) struct WhyNot {
    start: Option<WayPlace>,
    obstacle: Option<WayObstacle>,
    reached: Vec<WayPlace>,
}

/// The least level of ISCED at which a way of so many years begins.
fn first_level(years: Option<i32>) -> Result<u8> {
    match years.unwrap_or(12) {
        12 => Ok(1),
        15 => Ok(0),
        years => {
            let problem = format!(
                "`years` is {years}: ways are of 12 years, from primary school on, or of 15, with kindergarten"
            );
            Err(ErrorCode::InvalidArgument.with_message(problem))
        }
    }
}

/// The place at which ways from a school begin: its lowest stage of such a level; none where it teaches none below the last.
fn start_of(school: &School, first: u8) -> Option<Place> {
    let level = |stage: &Stage| stage.isced_level().filter(|level| (first..3).contains(level));
    let stage = school.stages.iter().filter(|stage| level(stage).is_some()).min_by_key(|stage| level(stage))?;
    Some(Place { school: school.head.id, stage: *stage })
}

/// Reads the steps of all schools that are reached, stage by stage.
async fn load_steps(ctx: &FieldContext<'_>, view: View, start: Place) -> Result<Steps> {
    let mut steps = Steps::default();
    let mut reached = vec![start];
    for level in start.stage.isced_level().unwrap_or(3)..3 {
        let loads = reached.iter().map(|place| ctx.load(StepsLoader { view, level }, place.school));
        let loaded = try_join_all(loads).await?;
        let mut next = Vec::new();
        for (from, step) in reached.iter().zip(loaded).flat_map(|(from, steps)| {
            steps.into_iter().flat_map(move |steps| (0..steps.len()).map(move |at| (*from, steps[at].clone())))
        }) {
            let to = Place { school: step.school, stage: step.stage };
            steps.add(from, to, &step.name, step.reason);
            next.push(to);
        }
        next.sort_unstable();
        next.dedup();
        if next.len() > MAX_SCHOOLS {
            let problem =
                format!("it leads to {} schools of one stage, and at most {MAX_SCHOOLS} are looked at", next.len());
            return Err(ErrorCode::InvalidArgument.with_message(problem));
        }
        reached = next;
    }
    steps.sort();
    Ok(steps)
}

async fn load_ways(ctx: &FieldContext<'_>, it: &ViewedNoun<School>) -> FieldResult<Ways> {
    let (years, to, first): (Option<i32>, Option<ID>, Option<i32>) =
        (ctx.arguments.get("years")?, ctx.arguments.get("to")?, ctx.arguments.get("first")?);
    let [expected, most] = WAYS;
    let limit = first.unwrap_or(expected);
    if !(0..=most).contains(&limit) {
        let problem = format!("`first` is {limit}, and 0 to {most} are given");
        return Err(ErrorCode::InvalidArgument.with_message(problem).into());
    }
    let first = first_level(years)?;
    let to = match to {
        Some(to) => Some(resolve_noun(ctx, it.view.scenario, "to", Kind::School, &to).await?.raw),
        None => None,
    };
    let Some(start) = start_of(&it.noun, first) else {
        return Ok(Ways { start: None, found: domain::Ways::default(), dead_ends: Vec::new() });
    };
    let steps = load_steps(ctx, it.view, start).await?;
    let found = steps.find_ways(start, to, usize::try_from(limit).unwrap_or_default());
    let viewed = |place| WayPlace { view: it.view, place };
    let dead_ends = found.dead_ends.iter().copied().map(viewed).collect();
    Ok(Ways { start: Some(viewed(start)), found, dead_ends })
}

async fn load_why_not(ctx: &FieldContext<'_>, view: View) -> FieldResult<WhyNot> {
    let (from, to): (ID, ID) = (ctx.arguments.get("from")?, ctx.arguments.get("to")?);
    let first = first_level(ctx.arguments.get("years")?)?;
    let ends = [
        resolve_noun(ctx, view.scenario, "from", Kind::School, &from).await?.raw,
        resolve_noun(ctx, view.scenario, "to", Kind::School, &to).await?.raw,
    ];
    let schools =
        try_join_all(ends.map(|id| ctx.load_columns(NounLoader::<School>::new(view), id, ColumnSet::ALL))).await?;
    let [Some(from), Some(to)] = &schools[..] else {
        return Ok(WhyNot { start: None, obstacle: Some(WayObstacle::NoLaterStage), reached: Vec::new() });
    };
    let Some(start) = start_of(from, first) else {
        return Ok(WhyNot { start: None, obstacle: Some(WayObstacle::NoLaterStage), reached: Vec::new() });
    };
    let steps = load_steps(ctx, view, start).await?;
    let viewed = |place| WayPlace { view, place };
    let (obstacle, reached) = match find_obstacle(&steps, start, to.head.id, &to.stages) {
        Some((obstacle, reached)) => (Some(obstacle), reached.into_iter().map(viewed).collect()),
        None => (None, Vec::new()),
    };
    Ok(WhyNot { start: Some(viewed(start)), obstacle, reached })
}

impl Described for WayPlace {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("WayPlace", "A stage at a school.")
            .load_optional_object("school", "The school.", |it, ctx| {
                load_noun(ctx, it.view, Some(domain::Id::<School>::from_raw(it.place.school)))
            })
            .leaf("stage", "The stage.", |it| Word(it.place.stage))
    }
}

impl Described for WayReason {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("WayReason", "What allows a step, as it is on record.")
            .leaf("basis", "What allows it.", |it| Word(it.reason.basis))
            .leaf("certainty", "Whether it is a stated right, or makes the step possible.", |it| {
                Word(it.reason.certainty)
            })
            .load_optional_object("group", "The group; null where the basis is another.", |it, ctx| {
                load_noun(ctx, it.view, it.reason.group)
            })
            .load_optional_object("alliance", "The alliance; null where the basis is another.", |it, ctx| {
                load_noun(ctx, it.view, it.reason.alliance)
            })
            .load_optional_object("agreement", "The agreement; null where the basis is another.", |it, ctx| {
                load_noun(ctx, it.view, it.reason.agreement)
            })
            .leaf("year", "The school year of the places, such as `2025`; null where the basis is another.", |it| {
                it.reason.year.map(|year| year.to_string())
            })
            .leaf("places", "How many places; null where the basis is another.", |it| it.reason.places.map(i64::from))
            .sources("The sources that state it of the school that is left.", |it| (it.view, it.reason.facts[0]))
            .citations("schoolSources", "The sources that state it of the school that is entered.", |it| {
                (it.view, it.reason.facts[1])
            })
    }
}

impl Described for WayStep {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("WayStep", "A step of a way, from one stage to the next.")
            .object("from", "What is left.", |it| it.from)
            .object("to", "What is entered.", |it| it.to)
            .leaf("certainty", "How sure it is: as its surest reason.", |it| Word(it.step.certainty()))
            .load_objects("reasons", "All that allows it, the surest first.", |it, _| {
                let reason = |reason: &StepReason| WayReason { view: it.from.view, reason: reason.clone() };
                Loading::Now(Ok(it.step.reasons.iter().map(reason).collect()))
            })
    }
}

impl Described for Way {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Way", "A way from a school to the last stage.")
            .load_objects("steps", "Its steps, from stage to stage.", |it, _| {
                let view = it.start.view;
                let mut from = it.start;
                let step = |step: &Step| {
                    let to = WayPlace { view, place: step.to };
                    WayStep { from: std::mem::replace(&mut from, to), to, step: step.clone() }
                };
                Loading::Now(Ok(it.steps.iter().map(step).collect()))
            })
            .leaf("certainty", "How sure it is: as its least sure step.", |it| {
                let least = it.steps.iter().map(Step::certainty).max();
                Word(least.unwrap_or(domain::StepCertainty::Possible))
            })
    }
}

impl Described for Ways {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new(
            "Ways",
            "The ways from a school through the stages that follow, by steps that something on record allows.",
        )
        .optional_object("start", "Where they begin; null where the school teaches no stage below the last.", |it| {
            it.start
        })
        .leaf("totalCount", "How many there are.", |it| saturating_int(it.found.total))
        .leaf("isTruncated", "Whether `ways` lists fewer than there are.", |it| {
            u64::try_from(it.found.ways.len()).unwrap_or(u64::MAX) < it.found.total
        })
        .load_objects("ways", "The first of them, the surest first.", |it, _| {
            let ways = it
                .start
                .into_iter()
                .flat_map(|start| it.found.ways.iter().map(move |steps| Way { start, steps: steps.clone() }));
            Loading::Now(Ok(ways.collect()))
        })
        .load_objects(
            "deadEnds",
            "Places that are reached before the last stage, from which no step leads on.",
            |it, _| Loading::Now(Ok(it.dead_ends.clone())),
        )
    }
}

impl Described for WhyNot {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("WhyNot", "Whether a way leads from a school to another, and what is missing if none does.")
            .leaf("isReachable", "Whether one does.", |it| it.obstacle.is_none())
            .leaf("obstacle", "What is missing; null where a way does.", |it| it.obstacle.map(Word))
            .optional_object("start", "Where ways begin; null where the school teaches no stage below the last.", |it| it.start)
            .load_objects("reached", "The places, at the last stage before the one that is missing, that are reached; none where a way leads there.", |it, _| {
                Loading::Now(Ok(it.reached.clone()))
            })
    }
}

impl ObjectType<ViewedNoun<School>> {
    /// Adds the ways from a school.
    pub(crate) fn ways(self) -> Self {
        self.load_object_or_null(
            "ways",
            "Where its pupils can go on to, stage by stage: within the school itself, within a group, an alliance for \\
             development or through training, an agreement, or to places that are kept for them. Nothing else is a step.",
            |it, ctx| Loading::later(load_ways(ctx, it)),
        )
        .reading(&["phases"])
        .argument::<Option<i32>>("years", "12, from primary school on, or 15, with kindergarten; 12 unless asked otherwise.")
        .argument::<Option<ID>>("to", "Only those that end at this school, by id or slug.")
        .argument::<Option<i32>>("first", "How many are listed, 0 to 100; 20 unless asked otherwise.")
    }
}

impl ObjectType<Map> {
    /// Adds the question what keeps a way from a school from reaching another.
    pub(crate) fn why_not_field(self) -> Self {
        self.load_object_or_null(
            "whyNot",
            "Whether a way leads from a school to another, and what is missing if none does.",
            |map: &Map, ctx| Loading::later(load_why_not(ctx, map.view(ctx))),
        )
        .argument::<ID>("from", "The school where the way begins, by id or slug.")
        .argument::<ID>("to", "The school to which it is to lead, by id or slug.")
        .argument::<Option<i32>>(
            "years",
            "12, from primary school on, or 15, with kindergarten; 12 unless asked otherwise.",
        )
    }
}
