//! Ways through school: from a place at a school, stage by stage, to the last stage, by steps that something on record allows.
//!
//! A step goes from one stage to the next above, so no way runs in a circle.

use std::collections::{BTreeSet, HashMap};

use crate::{
    agreement::Agreement, alliance::Alliance, group::Group, id::Id, school::Stage, text::vocabulary,
    values::school_year::SchoolYear,
};

vocabulary! {
    /// What allows a step from one stage to the next.
    StepBasis {
        /// One school teaches both stages.
        School = "school",
        /// The senior school keeps places for the pupils of the junior school in a school year.
        Places = "places",
        /// Both schools are in one education group.
        Group = "group",
        /// Both schools are members of one alliance for development or for training through all stages.
        Alliance = "alliance",
        /// One agreement is about both schools, or has them as parties.
        Agreement = "agreement",
    }
}

vocabulary! {
    /// How sure a step is.
    StepCertainty {
        /// A stated right: a school for nine or twelve years takes its own pupils from primary to junior stage.
        Guaranteed = "guaranteed",
        /// Something on record makes it possible, and no right to it is stated.
        Possible = "possible",
    }
}

/// A stage at a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The identity of the school.
    pub school: i64,
    /// The stage.
    pub stage: Stage,
}

/// What allows a step, and the facts that state it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReason {
    /// What allows it.
    pub basis: StepBasis,
    /// How sure it makes the step.
    pub certainty: StepCertainty,
    /// The facts that state it: of the school that is left, and of the one that is entered.
    pub facts: [i64; 2],
    /// The group.
    pub group: Option<Id<Group>>,
    /// The alliance.
    pub alliance: Option<Id<Alliance>>,
    /// The agreement.
    pub agreement: Option<Id<Agreement>>,
    /// The school year of the places.
    pub year: Option<SchoolYear>,
    /// How many places.
    pub places: Option<u32>,
}

/// A step to a place, with all that allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Where it leads to.
    pub to: Place,
    /// What the school is called, by which steps are ordered.
    pub name: String,
    /// What allows it, the surest first.
    pub reasons: Vec<StepReason>,
}

impl Step {
    /// How sure it is: as its surest reason.
    #[must_use]
    pub fn certainty(&self) -> StepCertainty {
        let sure = self.reasons.iter().any(|reason| reason.certainty == StepCertainty::Guaranteed);
        if sure { StepCertainty::Guaranteed } else { StepCertainty::Possible }
    }
}

/// The steps from each place.
#[derive(Debug, Clone, Default)]
pub struct Steps(HashMap<Place, Vec<Step>>);

/// The ways that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ways {
    /// The first of them: the surest first, then by name.
    pub ways: Vec<Vec<Step>>,
    /// How many there are in all.
    pub total: u64,
    /// Places that are reached, before the last stage, from which no step leads on.
    pub dead_ends: Vec<Place>,
}

/// The greatest level of ISCED to which ways lead.
pub const LAST_LEVEL: u8 = 3;

/// The stages of a level of ISCED.
#[must_use]
pub const fn stages_of_level(level: u8) -> &'static [Stage] {
    match level {
        0 => &[Stage::Kindergarten],
        1 => &[Stage::Primary],
        2 => &[Stage::Junior],
        LAST_LEVEL => &[Stage::Senior, Stage::VocationalSecondary],
        _ => &[],
    }
}

impl Steps {
    /// Adds that something allows a step.
    pub fn add(&mut self, from: Place, to: Place, name: &str, reason: StepReason) {
        let steps = self.0.entry(from).or_default();
        match steps.iter_mut().find(|step| step.to == to) {
            Some(step) => step.reasons.push(reason),
            None => steps.push(Step { to, name: name.to_owned(), reasons: vec![reason] }),
        }
    }

    /// Puts all in the order in which ways are told.
    pub fn sort(&mut self) {
        for steps in self.0.values_mut() {
            for step in &mut *steps {
                let key = |reason: &StepReason| (reason.certainty, reason.basis, reason.facts);
                step.reasons.sort_by_key(key);
            }
            let key = |step: &Step| (step.certainty(), step.reasons[0].basis, step.to.stage, step.to.school);
            steps.sort_by(|a, b| key(a).0.cmp(&key(b).0).then_with(|| (&a.name, key(a)).cmp(&(&b.name, key(b)))));
        }
    }

    /// The steps from a place.
    #[must_use]
    pub fn from(&self, place: Place) -> &[Step] {
        self.0.get(&place).map_or(&[], Vec::as_slice)
    }

    /// The ways from a place to the last stage, of which at most as many are listed; to one school if it is named.
    #[must_use]
    pub fn find_ways(&self, start: Place, to: Option<i64>, limit: usize) -> Ways {
        let mut counts = HashMap::new();
        let total = self.count(start, to, &mut counts);
        let mut ways = Vec::new();
        self.list(start, limit, &counts, &mut Vec::new(), &mut ways);
        let dead_ends = self.reached(start).into_iter().filter(|place| self.is_dead_end(*place)).collect();
        Ways { ways, total, dead_ends }
    }

    /// All places that are reached, the start among them.
    #[must_use]
    pub fn reached(&self, start: Place) -> BTreeSet<Place> {
        let (mut reached, mut next) = (BTreeSet::from([start]), vec![start]);
        while let Some(place) = next.pop() {
            next.extend(self.from(place).iter().map(|step| step.to).filter(|to| reached.insert(*to)));
        }
        reached
    }

    fn is_dead_end(&self, place: Place) -> bool {
        place.stage.isced_level() != Some(LAST_LEVEL) && self.from(place).is_empty()
    }

    /// How many ways lead on from a place; at the last stage the one that ends there.
    fn count(&self, place: Place, to: Option<i64>, counts: &mut HashMap<Place, u64>) -> u64 {
        if let Some(count) = counts.get(&place) {
            return *count;
        }
        let count = match place.stage.isced_level() {
            Some(LAST_LEVEL) => u64::from(to.is_none_or(|school| school == place.school)),
            _ => {
                let ways = self.from(place).iter().map(|step| self.count(step.to, to, counts));
                ways.fold(0, u64::saturating_add)
            }
        };
        counts.insert(place, count);
        count
    }

    fn list(
        &self,
        place: Place,
        limit: usize,
        counts: &HashMap<Place, u64>,
        taken: &mut Vec<Step>,
        ways: &mut Vec<Vec<Step>>,
    ) {
        if ways.len() >= limit {
            return;
        }
        if place.stage.isced_level() == Some(LAST_LEVEL) && !taken.is_empty() {
            ways.push(taken.clone());
            return;
        }
        for step in self.from(place) {
            if counts.get(&step.to).is_some_and(|count| *count > 0) {
                taken.push(step.clone());
                self.list(step.to, limit, counts, taken, ways);
                taken.pop();
            }
        }
    }
}

vocabulary! {
    /// Why no way leads from one school to another.
    WayObstacle {
        /// The other school teaches no stage above the one at which the way begins.
        NoLaterStage = "no_later_stage",
        /// The way ends before: no step leads on from any of the schools that are reached.
        DeadEnd = "dead_end",
        /// Schools of the stage before are reached, and nothing on record ties any of them to the other school.
        NoStep = "no_step",
    }
}

/// What keeps a way from a place from reaching another school; nothing if one does.
#[must_use]
pub fn find_obstacle(steps: &Steps, start: Place, to: i64, stages: &[Stage]) -> Option<(WayObstacle, Vec<Place>)> {
    let reached = steps.reached(start);
    if reached.iter().any(|place| place.school == to && *place != start) {
        return None;
    }
    let level = |stage: &Stage| stage.isced_level();
    let begins = level(&start.stage);
    let goals: BTreeSet<u8> = stages.iter().filter_map(level).filter(|goal| Some(*goal) > begins).collect();
    let Some(first_goal) = goals.first() else { return Some((WayObstacle::NoLaterStage, Vec::new())) };
    let last_reached = reached.iter().filter_map(|place| level(&place.stage)).max().unwrap_or_default();
    let at = |wanted: u8| reached.iter().filter(|place| level(&place.stage) == Some(wanted)).copied().collect();
    match last_reached + 1 < *first_goal {
        true => Some((WayObstacle::DeadEnd, at(last_reached))),
        false => Some((WayObstacle::NoStep, at(first_goal - 1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAGES: [Stage; 4] = [Stage::Kindergarten, Stage::Primary, Stage::Junior, Stage::Senior];

    fn place(school: i64, level: usize) -> Place {
        Place { school, stage: STAGES[level] }
    }

    fn reason(basis: StepBasis) -> StepReason {
        let certainty = if basis == StepBasis::School { StepCertainty::Guaranteed } else { StepCertainty::Possible };
        StepReason {
            basis,
            certainty,
            facts: [0, 0],
            group: None,
            alliance: None,
            agreement: None,
            year: None,
            places: None,
        }
    }

    fn steps(of: &[(i64, usize, i64)]) -> Steps {
        let mut steps = Steps::default();
        for (from, level, to) in of {
            let basis = if from == to { StepBasis::School } else { StepBasis::Group };
            steps.add(place(*from, *level), place(*to, level + 1), &format!("school {to}"), reason(basis));
        }
        steps.sort();
        steps
    }

    fn schools(way: &[Step]) -> Vec<i64> {
        way.iter().map(|step| step.to.school).collect()
    }

    #[test]
    fn the_surest_way_is_told_first_and_dead_ends_are_named() {
        let steps = steps(&[(1, 1, 2), (1, 1, 1), (1, 1, 3), (1, 2, 4), (2, 2, 4), (2, 2, 5)]);
        let ways = steps.find_ways(place(1, 1), None, 10);
        let told: Vec<_> = ways.ways.iter().map(|way| schools(way)).collect();
        assert_eq!(told, [[1, 4], [2, 4], [2, 5]]);
        assert_eq!((ways.total, ways.dead_ends), (3, vec![place(3, 2)]));
        let to_five = steps.find_ways(place(1, 1), Some(5), 10);
        assert_eq!(to_five.ways.iter().map(|way| schools(way)).collect::<Vec<_>>(), [[2, 5]]);
        let cut = steps.find_ways(place(1, 1), None, 2);
        assert_eq!((cut.ways.len(), cut.total), (2, 3));
    }

    #[test]
    fn a_step_has_all_its_reasons() {
        let mut steps = Steps::default();
        for basis in [StepBasis::Group, StepBasis::Places] {
            steps.add(place(1, 2), place(2, 3), "two", reason(basis));
        }
        steps.sort();
        let ways = steps.find_ways(place(1, 2), None, 10);
        let bases: Vec<StepBasis> = ways.ways[0][0].reasons.iter().map(|reason| reason.basis).collect();
        assert_eq!((ways.total, bases), (1, vec![StepBasis::Places, StepBasis::Group]));
    }

    #[test]
    fn what_is_missing_is_named() {
        let some = steps(&[(1, 1, 2), (2, 2, 4)]);
        let obstacle = |to, stages: &[Stage]| find_obstacle(&some, place(1, 1), to, stages);
        assert_eq!(obstacle(4, &[Stage::Senior]), None);
        assert_eq!(obstacle(5, &[Stage::Senior]), Some((WayObstacle::NoStep, vec![place(2, 2)])));
        assert_eq!(obstacle(6, &[Stage::Kindergarten]), Some((WayObstacle::NoLaterStage, vec![])));
        let short = steps(&[]);
        let dead = find_obstacle(&short, place(1, 1), 5, &[Stage::Senior]);
        assert_eq!(dead, Some((WayObstacle::DeadEnd, vec![place(1, 1)])));
    }

    /// A generator of test cases: small, seeded, the same everywhere.
    fn next(state: &mut u64, below: u64) -> u64 {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 33) % below
    }

    /// All ways by trying each sequence of schools.
    fn brute_force(edges: &[(i64, usize, i64)], start: i64, level: usize, schools: i64) -> BTreeSet<Vec<i64>> {
        let mut ways = BTreeSet::from([vec![start]]);
        for level in level..3 {
            let longer = ways.iter().flat_map(|way| (0..schools).map(|next| [&way[..], &[next]].concat()));
            let is_step = |way: &Vec<i64>| {
                let [.., from, to] = way[..] else { return false };
                edges.contains(&(from, level, to))
            };
            ways = longer.filter(is_step).collect();
        }
        ways.into_iter().map(|way| way[1..].to_vec()).filter(|way| !way.is_empty()).collect()
    }

    #[test]
    fn ways_of_a_thousand_random_maps_are_those_that_trying_all_finds() {
        let mut state = 7;
        for _ in 0..1_000 {
            let schools = 2 + next(&mut state, 4) as i64;
            let mut edges = Vec::new();
            for _ in 0..next(&mut state, 16) {
                let mut school = || next(&mut state, schools.unsigned_abs()) as i64;
                let (from, to) = (school(), school());
                let edge = (from, next(&mut state, 3) as usize, to);
                if !edges.contains(&edge) {
                    edges.push(edge);
                }
            }
            let steps = steps(&edges);
            let (start, level) = (next(&mut state, schools.unsigned_abs()) as i64, next(&mut state, 3) as usize);
            let found = steps.find_ways(place(start, level), None, usize::MAX);
            let told: BTreeSet<Vec<i64>> = found.ways.iter().map(|way| self::schools(way)).collect();
            let tried = brute_force(&edges, start, level, schools);
            assert_eq!(told, tried, "{edges:?} from {start} at {level}");
            assert_eq!(found.total, tried.len() as u64);
            assert_eq!(found.ways.len() as u64, found.total, "each once");
        }
    }
}
