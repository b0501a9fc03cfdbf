//! The index of a data set's nouns: which there are, and when each holds. A record that refers to nouns gets its time here.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    iter,
    sync::Arc,
};

use chrono::NaiveDate;
use domain::{
    Cell, ColumnType, Entrance, Evidence, FieldError, ImpreciseDate, ImpreciseDays, Kind, Openings, Record, SHAPES,
    Shape, Span, SuccessionDates, Successions, Turn, Validity,
    fact::day_text,
    id::{identity, is_slug, later_identity},
    record::clip_to_nouns,
    shape_of,
};

use super::{
    affected_rows::AffectedRows,
    checked_map::{CheckedMap, Links},
    digest::{RowDigest, digest, digest_turn},
    file_rows::FileRows,
    folder::Folder,
    periods::{Period, Periods},
};

/// The nouns read so far. Shapes are read in an order that has every noun here before a row refers to it.
#[derive(Default)]
pub(super) struct NounIndex {
    by_id: HashMap<i64, IndexedNoun>,
    /// The periods of nouns beside their first, in the order of the file.
    later: HashMap<i64, Vec<IndexedNoun>>,
    /// The nouns of these periods, by the fact that records each.
    nouns_of_facts: HashMap<i64, i64>,
    /// The facts that are parts of others.
    parts: HashSet<i64>,
    periods: Periods,
    evidence: HashMap<i64, Evidence>,
    successions: Successions,
    openings: Openings,
    turns: HashMap<i64, Turn>,
    unreadable: HashSet<Kind>,
    /// Which rows speak of each noun, if that is kept.
    links: Option<Links>,
    /// What is known of the rows that are not read, if only a few are.
    unread: Option<UnreadRows>,
}

/// The rows of a map that was checked, but for those that changes affect.
struct UnreadRows {
    map: Arc<CheckedMap>,
    affected: Arc<AffectedRows>,
}

/// What a noun means for the records that cannot hold without it.
struct IndexedNoun {
    validity: Validity,
    /// What its sources state of that; nothing is the most common.
    stated: Option<Box<Span>>,
    /// Whether it is planned, and nobody states from when on it is there.
    is_planned: bool,
}

impl IndexedNoun {
    /// What is certain of its days, and what is possible.
    fn days(&self) -> ImpreciseDays {
        match &self.stated {
            Some(stated) => ImpreciseDays::within(self.validity, stated),
            None => ImpreciseDays::exact(self.validity),
        }
    }
}

/// When a record holds: on the days of a fact of it. It has several facts if the nouns it needs have several periods.
pub(super) struct RecordTime {
    /// The identity of the fact.
    pub(super) fact: i64,
    /// The record's first fact, if this is another.
    pub(super) part_of: Option<i64>,
    /// The days on which a noun is seen by the fact.
    pub(super) shown: Validity,
    /// The days, but for those that are the turn of another.
    pub(super) validity: Validity,
    /// What is certain of the days, and what is possible.
    pub(super) days: ImpreciseDays,
    /// Its turn, if it shares possible days with others of which one holds at a time.
    pub(super) turn: Option<Turn>,
    /// What sources state of them.
    pub(super) stated: Span,
    /// Whether the row itself does not state so, but rows of other files.
    pub(super) is_stated_by_other_rows: bool,
    /// How a noun comes onto the map.
    pub(super) entrance: Entrance,
    /// Whether rows of other files say that it is planned.
    pub(super) is_planned_by_other_rows: bool,
}

impl RecordTime {
    /// What is kept of a row with this text.
    pub(super) fn row_digest(&self, text: String) -> RowDigest {
        RowDigest {
            id: self.fact,
            digest: self.digest(text),
            first_known_day: self.entrance.first_known_day(self.validity),
        }
    }

    /// The digest of a row with this text: it changes with what the row says and with when it holds.
    ///
    /// What the row itself states is part of its text.
    fn digest(&self, mut text: String) -> i64 {
        if self.is_stated_by_other_rows {
            let Span { since, until } = &self.stated;
            let date = |date: &Option<ImpreciseDate>| date.as_ref().map(ToString::to_string).unwrap_or_default();
            text.extend([date(since), "/".to_owned(), date(until), "\n".to_owned()]);
        }
        if self.is_planned_by_other_rows {
            text.push_str("planned\n");
        }
        if self.shown != Validity::ALWAYS {
            let [from, to] = [self.shown.from, self.shown.to].map(day_text);
            text.extend(["shown ", &from, "/", &to, "\n"]);
        }
        let of_row = digest(text, self.days.possible);
        self.turn.as_ref().map_or(of_row, |turn| digest_turn(of_row, turn))
    }
}

/// What is wrong with a row.
pub(super) struct RowError {
    /// What is wrong, and where.
    pub(super) error: FieldError,
    /// The noun that it refers to and that is not there.
    pub(super) missing: Option<(Kind, String)>,
}

impl From<FieldError> for RowError {
    fn from(error: FieldError) -> Self {
        RowError { error, missing: None }
    }
}

impl NounIndex {
    /// An index that keeps which rows speak of each noun.
    pub(super) fn with_links() -> Self {
        NounIndex { links: Some(Links::default()), ..NounIndex::default() }
    }

    /// An index of the rows that changes affect, beside all others of a map.
    pub(super) fn of_affected(map: Arc<CheckedMap>, affected: Arc<AffectedRows>) -> Self {
        NounIndex { unread: Some(UnreadRows { map, affected }), ..NounIndex::default() }
    }

    /// Takes which rows speak of each noun.
    pub(super) fn take_links(&mut self) -> Links {
        self.links.take().unwrap_or_default()
    }

    /// Reads what dates the nouns of files before: successions, and openings of what is built. Mistakes in those files are
    /// found later.
    pub(super) fn read_dates(&mut self, folder: &Folder) -> anyhow::Result<()> {
        let mut dating: Vec<_> = SHAPES.iter().flat_map(|shape| shape.dated_by()).collect();
        dating.sort_by_key(|shape| shape.file);
        dating.dedup_by_key(|shape| shape.file);
        for shape in dating {
            let mut ignored = Vec::new();
            let Some(input) = folder.open(shape)? else { continue };
            let Some(mut rows) = FileRows::open(shape, input, &mut ignored)? else { continue };
            while let Some(row) = rows.next_row(&mut ignored)? {
                if let Ok(record) = shape.parse_row(&row.fields) {
                    self.successions.add(shape, &record);
                    self.openings.add(shape, &record);
                }
            }
        }
        Ok(())
    }

    /// A noun: its first period, and the others in the order of the file.
    fn noun(&self, id: i64) -> Option<(&IndexedNoun, &[IndexedNoun])> {
        if let Some(first) = self.by_id.get(&id) {
            return Some((first, self.later.get(&id).map_or(&[], Vec::as_slice)));
        }
        let unread = self.unread.as_ref().filter(|unread| !unread.affected.has_noun(id))?;
        unread.map.nouns().noun(id)
    }

    /// The index of the rows that date a noun: this one, or that of all others.
    fn dates_of(&self, noun: i64) -> &NounIndex {
        match &self.unread {
            Some(unread) if !unread.affected.is_dated_anew(noun) => unread.map.nouns(),
            _ => self,
        }
    }

    /// Looks among the rows of a file for several periods of one thing, before the rows are checked.
    pub(super) fn add_periods(&mut self, shape: &'static Shape, folder: &Folder) -> anyhow::Result<()> {
        let mut periods = std::mem::take(&mut self.periods);
        let added = periods.add_file(shape, folder, &|noun| self.dates_of(noun).successions.dates(noun));
        self.periods = periods;
        added
    }

    /// The period that a row states; `None` if it is the only one of its thing.
    ///
    /// # Errors
    /// It holds at the same time as another row of the thing.
    pub(super) fn period(&self, shape: &Shape, line: u64) -> Result<Option<&Period>, FieldError> {
        self.periods.of_row(shape, line).map_err(Clone::clone)
    }

    /// Adds the turns of facts of a file.
    pub(super) fn add_turns(&mut self, turns: HashMap<i64, Turn>) {
        self.turns.extend(turns);
    }

    /// The noun of which a fact records a period, the fact's own identity if it has but one.
    pub(super) fn noun_of(&self, fact: i64) -> i64 {
        self.nouns_of_facts.get(&fact).copied().unwrap_or(fact)
    }

    /// Whether a fact is a part of the one before it: both are recorded from one row.
    pub(super) fn is_part(&self, fact: i64) -> bool {
        self.parts.contains(&fact)
    }

    /// Marks a kind whose file cannot be read: references to its nouns are not checked.
    pub(super) fn mark_unreadable(&mut self, kind: Kind) {
        self.unreadable.insert(kind);
    }

    /// Adds a noun and its time, and the days on which a record on a line shows its noun, and those it refers to, to be
    /// known.
    pub(super) fn insert(&mut self, shape: &Shape, record: &Record, time: &RecordTime, line: u64) {
        let RecordTime { fact, part_of, validity, stated, entrance, .. } = time;
        self.parts.extend(part_of.map(|_| *fact));
        if shape.is_noun() {
            let is_planned = entrance.is_planned && !stated.is_begin_dated();
            let stated = (*stated != Span::default()).then(|| Box::new(stated.clone()));
            let noun = IndexedNoun { validity: *validity, stated, is_planned };
            if *fact == record.id {
                self.by_id.insert(record.id, noun);
            } else {
                self.later.entry(record.id).or_default().push(noun);
                self.nouns_of_facts.insert(*fact, record.id);
            }
        }
        for (noun, day) in self.shown_days(shape, record, time) {
            if day.is_some() {
                self.evidence.entry(noun).or_default().add_day(day);
            }
            if let Some(links) = &mut self.links {
                links.add(noun, shape.kind, line, shape.is_noun() && noun == record.id, day);
            }
        }
    }

    /// The days on which a record shows its noun, and those it refers to, to be known; none of some of them.
    fn shown_days(&self, shape: &Shape, record: &Record, time: &RecordTime) -> Vec<(i64, Option<NaiveDate>)> {
        let columns = shape.columns;
        let dates = [time.stated.since.as_ref(), time.stated.until.as_ref(), shape.as_of(&record.cells)];
        // A date that a noun outside cuts off dates nothing before that noun.
        let days = dates.into_iter().flatten().filter_map(ImpreciseDate::first_day);
        let dated = days.map(|day| day.max(time.validity.from)).min();
        let sources = columns.iter().zip(&record.cells).filter_map(|(column, cell)| match (column.column_type, cell) {
            (ColumnType::CitedSource(_), Cell::Ref(kind, slug)) => self.noun(identity(*kind, slug)),
            _ => None,
        });
        let published = sources.filter_map(|(source, _)| source.validity.since()).min();
        let day = |dated: Option<NaiveDate>| [dated, published].into_iter().flatten().min();
        let mut shown = Vec::with_capacity(4);
        if shape.is_noun() {
            shown.push((record.id, day(dated)));
        }
        for (column, kind, slug) in shape.references_of(record) {
            // The dates of a noun are its own, and those of whatever it cannot be without; what is listed holds on some day.
            let is_tied = !shape.is_noun() && !matches!(column.column_type, ColumnType::Refs(_));
            let is_dated = is_tied || column.limits_validity();
            shown.push((identity(kind, slug), day(dated.filter(|_| is_dated))));
        }
        shown
    }

    /// What the records show of a noun's earliest known day.
    pub(super) fn evidence(&self, id: i64) -> Evidence {
        let mut evidence = self.evidence.get(&id).copied().unwrap_or_default();
        if let Some(UnreadRows { map, affected }) = &self.unread {
            let links = map.links_of(id).iter().filter(|link| !affected.has_row(link.kind, link.at));
            links.for_each(|link| evidence.add_day(link.day));
        }
        evidence
    }

    /// Adds a noun whose row is wrong, so that references to it are no findings.
    pub(super) fn insert_invalid(&mut self, shape: &Shape, key: &str) {
        if shape.is_noun() && is_slug(key) {
            self.by_id.entry(identity(shape.kind, key)).or_insert(IndexedNoun {
                validity: Validity::ALWAYS,
                stated: None,
                is_planned: false,
            });
        }
    }

    /// Checks that all nouns a record refers to are there; says when it holds, given their periods: the time of each of its
    /// facts, the earliest first.
    pub(super) fn record_times(
        &self,
        shape: &Shape,
        record: &Record,
        line: u64,
    ) -> Result<Vec<RecordTime>, Vec<RowError>> {
        let (mut needs, mut listed, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        let columns = shape.columns;
        let cells = record.cells.iter().zip(columns);
        let references = cells.flat_map(|(cell, column)| cell.references().map(move |noun| (column, noun)));
        for (column, (kind, slug)) in references {
            let (is_listed, name) = (matches!(column.column_type, ColumnType::Refs(_)), column.name);
            let id = identity(kind, slug);
            match self.noun(id) {
                Some((first, later)) if is_listed || column.limits_validity() => {
                    let noun = NeededNoun { column: name, slug, first, later };
                    if is_listed { &mut listed } else { &mut needs }.push(noun);
                }
                Some(_) => {}
                None if self.unreadable.contains(&kind) => {}
                None if kind == shape.kind => errors.push(not_above(name, kind, slug).into()),
                None => errors.push(unknown_reference(name, kind, slug)),
            }
        }
        let period = self.period(shape, line).map_err(|error| vec![error.into()])?;
        let shown = period.map_or(Validity::ALWAYS, |period| period.shown);
        let dates = self.succession_dates(record, period);
        // Of several periods each row dates its own.
        let opening = self.dates_of(record.id).openings.of(record.id).filter(|_| period.is_none());
        let is_planned = shape.is_planned(&record.cells, opening);
        let own = shape.own_span(&record.cells, dates.as_deref()).and_then(|own| {
            let own = match opening.filter(|_| is_planned) {
                Some(opening) => opening.date(own),
                None => own,
            };
            let days = own.validity().meet(shown);
            let all = clip_to_needed(days, &needs)?;
            listed.iter().try_for_each(|noun| noun.check_meets(&all))?;
            Ok((all, days, own))
        });
        match own {
            Ok((all, days, own)) if errors.is_empty() => {
                let is_takeover = dates.is_some_and(|dates| dates.took_over().is_some());
                let entrance = Entrance { is_planned, is_takeover };
                let fact = period.map_or(record.id, |period| period.fact);
                let whole = WholeTime { fact, days, own, shown, entrance };
                let bounds: Vec<&IndexedNoun> = needs.iter().flat_map(NeededNoun::periods).collect();
                return Ok(self.split(shape, record, &whole, &all, &bounds));
            }
            Ok(_) => {}
            Err(error) => errors.push(RowError::from(error)),
        }
        Err(errors)
    }

    /// The time of each fact of a record, given the days of each.
    fn split(
        &self,
        shape: &Shape,
        record: &Record,
        whole: &WholeTime,
        all: &[Validity],
        bounds: &[&IndexedNoun],
    ) -> Vec<RecordTime> {
        let part = |(at, validity): (usize, &Validity)| {
            let meeting: Vec<&IndexedNoun> =
                bounds.iter().filter(|bound| !bound.validity.meet(*validity).is_empty()).copied().collect();
            let from = if at == 0 { whole.shown.from } else { validity.from };
            let to = all.get(at + 1).map_or(whole.shown.to, |next| next.from);
            let fact = match at {
                0 => whole.fact,
                _ => later_identity(shape.kind, whole.fact, &format!("part {}", day_text(validity.from))),
            };
            let part_of = (at > 0).then_some(whole.fact);
            let time = combine(shape, record, whole, *validity, &meeting);
            let turn = self.turns.get(&fact).copied();
            let validity = turn.map_or(time.validity, |turn| turn.validity);
            RecordTime { fact, part_of, shown: Validity { from, to }, validity, turn, ..time }
        };
        all.iter().enumerate().map(part).collect()
    }

    /// What the successions say about a record's noun in a period of it; nothing if such nouns have none.
    fn succession_dates(&self, record: &Record, period: Option<&Period>) -> Option<Cow<'_, SuccessionDates>> {
        let dates = self.dates_of(record.id).successions.dates(record.id)?;
        Some(period.map_or(Cow::Borrowed(dates), |period| Cow::Owned(dates.within(period.stated))))
    }
}

/// A noun without which a record cannot hold, or which it names in a list.
struct NeededNoun<'a> {
    /// The column that names it.
    column: &'static str,
    slug: &'a str,
    first: &'a IndexedNoun,
    /// Its other periods, in the order of the file.
    later: &'a [IndexedNoun],
}

impl<'a> NeededNoun<'a> {
    /// Its periods, the earliest first.
    fn periods(&self) -> Vec<&'a IndexedNoun> {
        let mut all: Vec<&IndexedNoun> = iter::once(self.first).chain(self.later).collect();
        all.sort_by_key(|period| period.validity.from);
        all
    }

    /// Checks that it holds on some day of a record that names it in a list.
    fn check_meets(&self, days: &[Validity]) -> Result<(), FieldError> {
        let mut clipped = days.iter().map(|days| clip_to_needed(*days, std::slice::from_ref(self)));
        let first = clipped.next().transpose();
        if clipped.any(|days| days.is_ok()) { Ok(()) } else { first.map(|_| ()) }
    }
}

/// The days that a record shares with the nouns it needs ([`clip_to_nouns`]); most of these have but one period.
fn clip_to_needed(days: Validity, needs: &[NeededNoun<'_>]) -> Result<Vec<Validity>, FieldError> {
    let shared = needs.iter().fold(days, |days, noun| days.meet(noun.first.validity));
    if needs.iter().all(|noun| noun.later.is_empty()) && !shared.is_empty() {
        return Ok(vec![shared]);
    }
    let periods = |noun: &NeededNoun<'_>| noun.periods().iter().map(|period| period.validity).collect();
    let needs: Vec<_> = needs.iter().map(|noun| (noun.column, noun.slug, periods(noun))).collect();
    clip_to_nouns(days, &needs)
}

/// The time of a record before the nouns it needs split it.
struct WholeTime {
    /// The identity of its first fact.
    fact: i64,
    /// The days that its row leaves to it.
    days: Validity,
    /// What it states of them.
    own: Span,
    /// The days on which a noun is seen by it.
    shown: Validity,
    entrance: Entrance,
}

/// Puts together what is stated of the time of a fact, given its record's own and the periods of nouns that bound it.
fn combine(
    shape: &Shape,
    record: &Record,
    whole: &WholeTime,
    validity: Validity,
    bounds: &[&IndexedNoun],
) -> RecordTime {
    let WholeTime { fact, days: of_row, own, shown, entrance } = whole;
    let of_bound = |is: fn(&IndexedNoun, Validity) -> bool| {
        let bound = bounds.iter().find(|bound| is(bound, validity));
        bound.and_then(|bound| bound.stated.as_deref())
    };
    // A stated beginning before that of the noun outside counts from there; an unstated one stays unstated.
    let since = match own.since {
        Some(_) if validity.from > of_row.from => {
            of_bound(|bound, all| bound.validity.from == all.from).and_then(|stated| stated.since.clone())
        }
        _ => own.since.clone(),
    };
    let until = match validity.to < of_row.to {
        true => of_bound(|bound, all| bound.validity.to == all.to).and_then(|stated| stated.until.clone()),
        false => own.until.clone(),
    };
    let stated = Span { since, until };
    let of_bounds = bounds.iter().map(|bound| bound.days());
    let days = of_bounds.fold(ImpreciseDays::of(own), ImpreciseDays::meet).meet(ImpreciseDays::exact(validity));
    let is_planned = entrance.is_planned || (shape.is_noun() && bounds.iter().any(|bound| bound.is_planned));
    // Before a later period the noun was itself, if it was.
    let is_takeover = entrance.is_takeover && shown.from == Validity::OPEN_START;
    let is_stated_by_other_rows = shape.is_noun() && stated != shape.span(&record.cells);
    let is_planned_by_other_rows = is_planned && !shape.is_planned(&record.cells, None);
    RecordTime {
        fact: *fact,
        part_of: None,
        shown: *shown,
        validity,
        days,
        turn: None,
        stated,
        is_stated_by_other_rows,
        entrance: Entrance { is_planned, is_takeover },
        is_planned_by_other_rows,
    }
}

/// What is wrong with a reference to a noun of the row's own file that is not there, or not yet.
fn not_above(column: &'static str, kind: Kind, slug: &str) -> FieldError {
    let (noun, file) = (kind.name().replace('_', " "), shape_of(kind).file_name());
    let problem = format!("no {noun} `{slug}` above this row in {file}");
    FieldError { column: column.into(), kind: "unknown_reference", problem }
}

fn unknown_reference(column: &'static str, kind: Kind, slug: &str) -> RowError {
    let noun = kind.name().replace('_', " ");
    let problem = format!("no {noun} `{slug}` in {}", shape_of(kind).file_name());
    RowError {
        error: FieldError { column: column.into(), kind: "unknown_reference", problem },
        missing: Some((kind, slug.to_owned())),
    }
}
