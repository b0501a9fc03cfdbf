//! Table `statements`.

use domain::{AnyId, Head, Kind, LanguageTag, Shape, Statement, Texts, statement};
use sea_orm::DeriveIden;

use crate::{StoreError, noun::Table, row::Row, tie::Tie, view::AnyIden};

/// Table `statements`.
#[derive(Clone, Copy, DeriveIden)]
enum Statements {
    PersonId,
    EventId,
    SubjectType,
    SubjectId,
    Excerpt,
    Language,
    SaidOn,
}

impl Table for Statement {
    const SHAPE: &'static Shape = &statement::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Statements::PersonId,
        &Statements::EventId,
        &Statements::SubjectType,
        &Statements::SubjectId,
        &Statements::Excerpt,
        &Statements::Language,
        &Statements::SaidOn,
    ];

    fn read(mut head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [person, event, subject_type, subject, excerpt, language, said_on] = row.cells();
        let excerpt = excerpt.text()?;
        let language = language.word(|tag| LanguageTag::parse(tag).ok())?;
        // A statement is called by its words.
        head.names = Texts::single(language.as_str(), excerpt.clone());
        Ok(Statement {
            head,
            person: person.maybe_id()?,
            event: event.maybe_id()?,
            subject: AnyId { kind: subject_type.word(Kind::named)?, raw: subject.number()? },
            excerpt,
            language,
            said_on: said_on.date()?,
        })
    }
}

/// The statements about a noun, read from the noun.
pub(crate) static STATEMENT_ABOUT: Tie<i64> = Tie::owner("statement_about", &Statements::SubjectId);
/// The statements of a person, read from the person.
pub(crate) static STATEMENT_OF_PERSON: Tie<i64> = Tie::owner("statement_of_person", &Statements::PersonId);
/// The statements at an event, read from the event.
pub(crate) static STATEMENT_AT_EVENT: Tie<i64> = Tie::owner("statement_at_event", &Statements::EventId);
