//! What a run did, for those who ask how an operation is answered: the levels of its plan and the statements that they took.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_graphql::{Name, Value};
use persistence::{StatementLog, StatementRun};

/// The number of a level within a trace.
pub(crate) type LevelNumber = usize;

/// The levels and statements of one run.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    levels: Mutex<Vec<TracedLevel>>,
    pub(crate) statements: StatementLog,
}

/// A field for which something was loaded, for all objects that have it.
#[derive(Debug)]
struct TracedLevel {
    above: Option<LevelNumber>,
    /// The name under which it is answered.
    key: String,
    /// For how many objects it was loaded.
    parents: usize,
    began: Instant,
    loaded: Option<Duration>,
    /// The type to which it leads, and to how many different objects; `None` if it leads to none.
    objects: Option<(String, usize)>,
}

impl Trace {
    /// Begins a level below another, or below none at the root.
    pub(crate) fn begin_level(&self, above: Option<LevelNumber>, key: &str, parents: usize) -> LevelNumber {
        let mut levels = self.levels();
        let (key, began) = (key.to_owned(), Instant::now());
        levels.push(TracedLevel { above, key, parents, began, loaded: None, objects: None });
        levels.len() - 1
    }

    /// All of a level is loaded; `objects` are of this type, and so many.
    pub(crate) fn end_level(&self, number: LevelNumber, objects: Option<(&str, usize)>) {
        let mut levels = self.levels();
        let level = &mut levels[number];
        level.loaded = Some(level.began.elapsed());
        level.objects = objects.map(|(ty, count)| (ty.to_owned(), count));
    }

    /// Forgets the levels, since the plan did not get through; what it has read the resolvers are given.
    pub(crate) fn forget_levels(&self) {
        self.levels().clear();
    }

    /// The trace as an extension of the answer.
    pub(crate) fn to_extension(&self, is_planned: bool) -> Value {
        let (levels, statements) = (self.levels(), self.statements.lock().unwrap_or_else(PoisonError::into_inner));
        let by = if is_planned { "plan" } else { "resolvers" };
        let levels = levels_below(&levels, &statements, None);
        let statements = statements.iter().map(|run| {
            object([("sql", run.sql.as_str().into()), ("rows", run.rows.into()), ("micros", micros(run.took))])
        });
        object([("by", by.into()), ("levels", levels), ("statements", Value::List(statements.collect()))])
    }

    fn levels(&self) -> MutexGuard<'_, Vec<TracedLevel>> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn levels_below(levels: &[TracedLevel], statements: &[StatementRun], above: Option<LevelNumber>) -> Value {
    let below = levels.iter().enumerate().filter(|(_, level)| level.above == above);
    let levels = below.filter_map(|(number, level)| {
        let asked = statements.iter().enumerate().filter(|(_, run)| run.asked_by.contains(&number));
        let asked: Vec<Value> = asked.map(|(at, _)| at.into()).collect();
        // Such as a name, which depends on the languages of the request and on no statement.
        if level.objects.is_none() && asked.is_empty() {
            return None;
        }
        let mut members = vec![
            ("field", level.key.as_str().into()),
            ("parents", level.parents.into()),
            ("micros", level.loaded.map_or(Value::Null, micros)),
            ("statements", Value::List(asked)),
        ];
        if let Some((ty, count)) = &level.objects {
            members.extend([("type", ty.as_str().into()), ("objects", (*count).into())]);
            members.push(("levels", levels_below(levels, statements, Some(number))));
        }
        Some(object(members))
    });
    Value::List(levels.collect())
}

fn object(members: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (Name::new(name), value)).collect())
}

fn micros(took: Duration) -> Value {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX).into()
}
