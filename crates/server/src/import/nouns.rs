//! The nouns of a data set: which there are, and when each holds.

use std::collections::{HashMap, HashSet};

use domain::{
    Cell, ImpreciseDate, Kind, Record, SchoolStatus, SuccessionKind, Validity, Wrong,
    id::{identity, is_slug},
    record::within_nouns,
    school::{self, Turns, existence},
};

use super::{folder::Folder, form::Form, rows::Rows};

/// The nouns read so far. Shapes are read in an order that has every noun here before a row refers to it.
#[derive(Default)]
pub(super) struct Nouns {
    held: HashMap<i64, Validity>,
    turns: HashMap<i64, Turns>,
    unread: HashSet<Kind>,
}

/// What keeps a record from being settled.
pub(super) struct Flaw {
    /// What is wrong, and where.
    pub(super) wrong: Wrong,
    /// The noun that it refers to and that is not there.
    pub(super) missing: Option<(Kind, String)>,
}

impl Nouns {
    /// Begins with what the successions say about the time of each school; their own mistakes are found later.
    pub(super) fn with_turns(folder: &Folder) -> anyhow::Result<Self> {
        let form = Form::of(&school::SUCCESSIONS);
        let mut nouns = Nouns::default();
        let mut unheard = Vec::new();
        let Some(input) = folder.open(form.shape)? else { return Ok(nouns) };
        let Some(mut rows) = Rows::open(form.shape, input, &mut unheard)? else { return Ok(nouns) };
        while let Some(row) = rows.next(&mut unheard)? {
            if let Ok(record) = form.read(&row.fields) {
                nouns.succeed(&record);
            }
        }
        Ok(nouns)
    }

    fn succeed(&mut self, succession: &Record) {
        let [Cell::Ref(_, before), Cell::Ref(_, after), Cell::Text(kind), date, ..] = &succession.cells[..] else {
            return;
        };
        let Some(kind) = SuccessionKind::parse(kind) else { return };
        let date: Option<&ImpreciseDate> = if let Cell::Date(date) = date { Some(date) } else { None };
        let when = Validity::between(date, date);
        self.turns.entry(identity(Kind::School, before)).or_default().precede(kind, when);
        self.turns.entry(identity(Kind::School, after)).or_default().follow(kind, when);
    }

    /// Takes note that the rows of a noun's file cannot be read: whether one of them is missing cannot be told.
    pub(super) fn leave_unread(&mut self, kind: Kind) {
        self.unread.insert(kind);
    }

    /// Takes note of a noun and its time.
    pub(super) fn hold(&mut self, form: &Form, id: i64, validity: Validity) {
        if form.shape.is_noun() {
            self.held.insert(id, validity);
        }
    }

    /// Takes note of a noun whose row is wrong, so that rows that refer to it are not called wrong for that.
    pub(super) fn hold_wrong(&mut self, form: &Form, key: &str) {
        if form.shape.is_noun() && is_slug(key) {
            self.held.entry(identity(form.shape.kind, key)).or_insert(Validity::ALWAYS);
        }
    }

    /// Checks that all nouns a record refers to are there; says when it holds, given theirs.
    pub(super) fn settle(&self, form: &Form, record: &Record) -> Result<Validity, Vec<Flaw>> {
        let mut needs = Vec::with_capacity(form.bounds.len());
        let mut flaws = Vec::new();
        for (at, cell) in record.cells.iter().enumerate() {
            let Cell::Ref(kind, slug) = cell else { continue };
            let column = form.shape.columns[at].name;
            match self.held.get(&identity(*kind, slug)) {
                Some(noun) if form.bounds.contains(&at) => needs.push((column, slug.as_str(), *noun)),
                Some(_) => {}
                None if self.unread.contains(kind) => {}
                None => flaws.push(missing(column, *kind, slug)),
            }
        }
        let own = self.own_time(form, record);
        match own.and_then(|own| within_nouns(own, &needs)) {
            Ok(validity) if flaws.is_empty() => return Ok(validity),
            Ok(_) => {}
            Err(wrong) => flaws.push(Flaw { wrong, missing: None }),
        }
        Err(flaws)
    }

    /// When a record holds by itself: as its row says or, for a school, as its successions allow.
    fn own_time(&self, form: &Form, record: &Record) -> Result<Validity, Wrong> {
        let Some(turns) = self.turns.get(&record.id).filter(|_| form.shape.kind == Kind::School) else {
            return Ok(record.validity);
        };
        let status = form.shape.index("status").map(|at| record.cells[at].as_text());
        let status = status.and_then(|word| SchoolStatus::parse(&word)).unwrap_or(SchoolStatus::Unknown);
        let validity = existence(record.validity, status, *turns);
        if validity.is_empty() {
            let problem = "it would hold on no day: by school_successions.csv it gave way before it began".to_owned();
            return Err(Wrong { column: form.shape.dated.0, kind: "gave_way_before_it_began", problem });
        }
        Ok(validity)
    }
}

fn missing(column: &'static str, kind: Kind, slug: &str) -> Flaw {
    let noun = kind.name().replace('_', " ");
    let problem = match super::shape_of(kind) {
        Some(shape) => format!("no {noun} `{slug}` in {}.csv", shape.file),
        None => format!("no {noun} `{slug}`"),
    };
    Flaw { wrong: Wrong { column, kind: "unknown_reference", problem }, missing: Some((kind, slug.to_owned())) }
}
