//! The index of a data set's nouns: which there are, and when each holds. A record that refers to nouns gets its time here.

use std::collections::{HashMap, HashSet};

use domain::{
    Cell, ColumnType, Entrance, Evidence, FieldError, ImpreciseDate, Kind, Record, SHAPES, Shape, Span,
    SuccessionDates, Successions, Validity,
    id::{identity, is_slug},
    record::clip_to_nouns,
    shape_of,
};

use super::{csv_rows::CsvRows, digest::digest, folder::Folder};

/// The nouns read so far. Shapes are read in an order that has every noun here before a row refers to it.
#[derive(Default)]
pub(super) struct NounIndex {
    by_id: HashMap<i64, IndexedNoun>,
    evidence: HashMap<i64, Evidence>,
    successions: Successions,
    unreadable: HashSet<Kind>,
}

/// What a noun means for the records that cannot hold without it.
struct IndexedNoun {
    validity: Validity,
    /// What its sources state of that; nothing is the most common.
    stated: Option<Box<Span>>,
    /// Whether it is planned, and nobody states from when on it is there.
    is_planned: bool,
}

/// When a record holds.
pub(super) struct RecordTime {
    /// The days.
    pub(super) validity: Validity,
    /// What sources state of them.
    pub(super) stated: Span,
    /// Whether the row itself does not state so, but rows of other files.
    pub(super) is_stated_by_other_rows: bool,
    /// How a noun comes onto the map.
    pub(super) entrance: Entrance,
}

impl RecordTime {
    /// The digest of a row with this text: it changes with what the row says and with when it holds.
    ///
    /// What the row itself states is part of its text.
    pub(super) fn digest(&self, mut text: String) -> i64 {
        if self.is_stated_by_other_rows {
            let Span { since, until } = &self.stated;
            let date = |date: &Option<ImpreciseDate>| date.as_ref().map(ToString::to_string).unwrap_or_default();
            text.extend([date(since), "/".to_owned(), date(until), "\n".to_owned()]);
        }
        digest(text, self.validity)
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
    /// Begins with the successions, which date the nouns of files before theirs; their own mistakes are found later.
    pub(super) fn with_successions(folder: &Folder) -> anyhow::Result<Self> {
        let mut nouns = NounIndex::default();
        for shape in SHAPES.iter().filter_map(|shape| shape.successions()) {
            let mut ignored = Vec::new();
            let Some(input) = folder.open(shape)? else { continue };
            let Some(mut rows) = CsvRows::open(shape, input, &mut ignored)? else { continue };
            while let Some(row) = rows.next_row(&mut ignored)? {
                if let Ok(record) = shape.parse_row(&row.fields) {
                    nouns.successions.add(shape, &record);
                }
            }
        }
        Ok(nouns)
    }

    /// Marks a kind whose file cannot be read: references to its nouns are not checked.
    pub(super) fn mark_unreadable(&mut self, kind: Kind) {
        self.unreadable.insert(kind);
    }

    /// Adds a noun and its time, and the days on which a record shows its noun, and those it refers to, to be known.
    pub(super) fn insert(&mut self, shape: &Shape, record: &Record, time: &RecordTime) {
        let RecordTime { validity, stated, entrance, .. } = time;
        if shape.is_noun() {
            let is_planned = entrance.is_planned && !stated.is_begin_dated();
            let stated = (*stated != Span::default()).then(|| Box::new(stated.clone()));
            self.by_id.insert(record.id, IndexedNoun { validity: *validity, stated, is_planned });
        }
        self.add_evidence(shape, record, time);
    }

    /// Adds the days on which a record shows its noun, and those it refers to, to be known.
    fn add_evidence(&mut self, shape: &Shape, record: &Record, time: &RecordTime) {
        let columns = shape.columns;
        let dates = [time.stated.since.as_ref(), time.stated.until.as_ref(), shape.as_of(&record.cells)];
        // A date that a noun outside cuts off dates nothing before that noun.
        let days = dates.into_iter().flatten().filter_map(ImpreciseDate::first_day);
        let dated = days.map(|day| day.max(time.validity.from)).min();
        let sources = columns.iter().zip(&record.cells).filter_map(|(column, cell)| match (column.column_type, cell) {
            (ColumnType::CitedSource(_), Cell::Ref(kind, slug)) => self.by_id.get(&identity(*kind, slug)),
            _ => None,
        });
        let published = sources.filter_map(|source| source.validity.since()).min();
        let mut add_day = |id: i64, day: [Option<chrono::NaiveDate>; 2]| {
            if let Some(day) = day.into_iter().flatten().min() {
                self.evidence.entry(id).or_default().add_day(Some(day));
            }
        };
        if shape.is_noun() {
            add_day(record.id, [dated, published]);
        }
        for (at, cell) in record.cells.iter().enumerate() {
            let Cell::Ref(kind, slug) = cell else { continue };
            if matches!(columns[at].column_type, ColumnType::CitedSource(_)) {
                continue;
            }
            // The dates of a noun are its own, and those of whatever it cannot be without.
            let is_dated = !shape.is_noun() || columns[at].limits_validity();
            add_day(identity(*kind, slug), [dated.filter(|_| is_dated), published]);
        }
    }

    /// What the records show of a noun's earliest known day.
    pub(super) fn evidence(&self, id: i64) -> Evidence {
        self.evidence.get(&id).copied().unwrap_or_default()
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

    /// Checks that all nouns a record refers to are there; says when it holds, given theirs.
    pub(super) fn record_time(&self, shape: &Shape, record: &Record) -> Result<RecordTime, Vec<RowError>> {
        let (mut needs, mut bounds, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        let columns = shape.columns;
        for (at, cell) in record.cells.iter().enumerate() {
            let Cell::Ref(kind, slug) = cell else { continue };
            let column = columns[at].name;
            match self.by_id.get(&identity(*kind, slug)) {
                Some(noun) if columns[at].limits_validity() => {
                    needs.push((column, slug.as_str(), noun.validity));
                    bounds.push(noun);
                }
                Some(_) => {}
                None if self.unreadable.contains(kind) => {}
                None => errors.push(unknown_reference(column, *kind, slug)),
            }
        }
        let own = shape
            .own_span(&record.cells, self.succession_dates(shape, record))
            .and_then(|own| Ok((clip_to_nouns(own.validity(), &needs)?, own)));
        match own {
            Ok((validity, own)) if errors.is_empty() => return Ok(self.combine(shape, record, validity, own, &bounds)),
            Ok(_) => {}
            Err(error) => errors.push(RowError::from(error)),
        }
        Err(errors)
    }

    /// Puts together what is stated of the time of a record, given its own and the nouns that bound it.
    fn combine(
        &self,
        shape: &Shape,
        record: &Record,
        validity: Validity,
        own: Span,
        bounds: &[&IndexedNoun],
    ) -> RecordTime {
        let itself = own.validity();
        let of_bound = |is: fn(&IndexedNoun, Validity) -> bool| {
            let bound = bounds.iter().find(|bound| is(bound, validity));
            bound.and_then(|bound| bound.stated.as_deref()).cloned().unwrap_or_default()
        };
        // A stated beginning before that of the noun outside counts from there; an unstated one stays unstated.
        let since = match own.since {
            Some(_) if validity.from > itself.from => of_bound(|bound, all| bound.validity.from == all.from).since,
            since => since,
        };
        let until = match validity.to < itself.to {
            true => of_bound(|bound, all| bound.validity.to == all.to).until,
            false => own.until,
        };
        let stated = Span { since, until };
        let entrance = Entrance {
            is_planned: shape.is_planned(&record.cells)
                || (shape.is_noun() && bounds.iter().any(|bound| bound.is_planned)),
            is_takeover: self.succession_dates(shape, record).is_some_and(|dates| dates.took_over.is_some()),
        };
        let is_stated_by_other_rows = shape.is_noun() && stated != shape.span(&record.cells);
        RecordTime { validity, stated, is_stated_by_other_rows, entrance }
    }

    /// What the successions say about a record's noun; nothing if such nouns have none.
    fn succession_dates(&self, shape: &Shape, record: &Record) -> Option<&SuccessionDates> {
        shape.successions().and_then(|_| self.successions.dates(record.id))
    }
}

fn unknown_reference(column: &'static str, kind: Kind, slug: &str) -> RowError {
    let noun = kind.name().replace('_', " ");
    let problem = format!("no {noun} `{slug}` in {}", shape_of(kind).file_name());
    RowError {
        error: FieldError { column, kind: "unknown_reference", problem },
        missing: Some((kind, slug.to_owned())),
    }
}
