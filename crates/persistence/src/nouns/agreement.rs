//! Tables `agreements`, `agreement_parties`, `agreement_outcomes`.

use domain::{
    Agreement, AgreementKind, AgreementStatus, AgreementTie, AgreementTieBasis, Head, JointRunning, Kind, Shape,
    agreement,
};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait, Keyword, SelectStatement, UnionType},
};

use crate::{
    StoreError,
    breakdown::{ValuesOf, select_ends},
    filter::Wanted,
    noun::Table,
    row::{Cell, Row},
    tie::{End, Tie, TieSource, TieTable},
    view::{AnyIden, Scope, Sees, col, is_tied, literal, named},
};

/// Table `agreements`.
#[derive(Clone, Copy, DeriveIden)]
enum Agreements {
    Kind,
    SignedOn,
    IsReportDate,
    Status,
    DistrictId,
}

/// Table `agreement_parties`.
#[derive(Clone, Copy, DeriveIden)]
pub(super) enum AgreementParties {
    Table,
    Id,
    ValidFrom,
    AgreementId,
    PartyType,
    PartyId,
    Role,
    Note,
}

/// Table `agreement_outcomes`.
#[derive(Clone, Copy, DeriveIden)]
pub(super) enum AgreementOutcomes {
    Table,
    Id,
    ValidFrom,
    AgreementId,
    OutcomeType,
    OutcomeId,
    Kind,
}

impl Table for Agreement {
    const SHAPE: &'static Shape = &agreement::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Agreements::Kind,
        &Agreements::SignedOn,
        &Agreements::IsReportDate,
        &Agreements::Status,
        &Agreements::DistrictId,
    ];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [kind, signed_on, is_report_date, status, district] = row.cells();
        Ok(Agreement {
            head,
            kind: kind.word(AgreementKind::parse)?,
            signed_on: signed_on.date()?,
            is_report_date: is_report_date.value()?.unwrap_or_default(),
            status: status.word(AgreementStatus::parse)?,
            district: district.maybe_id()?,
        })
    }

    fn condition(property: &str, wanted: &Wanted, scope: &Scope) -> Option<Expr> {
        use AgreementOutcomes::OutcomeId;
        use AgreementParties::PartyId;
        let has = |table: AnyIden, agreement: AnyIden, end: AnyIden| {
            is_tied(scope, named(table), agreement, end, wanted.value())
        };
        let has_party = || has(&AgreementParties::Table, &AgreementParties::AgreementId, &PartyId);
        Some(match property {
            "partner" | "authority" => has_party(),
            "school" => has_party().or(has(&AgreementOutcomes::Table, &AgreementOutcomes::AgreementId, &OutcomeId)),
            _ => return None,
        })
    }

    fn values_of(property: &str, scope: &Scope) -> Option<ValuesOf> {
        let parties = |kind: Kind| {
            let agreement = &AgreementParties::AgreementId;
            let mut parties =
                select_ends(scope, AgreementParties::Table, named(agreement), named(&AgreementParties::PartyId));
            parties.and_where(col("m", AgreementParties::PartyType).eq(literal(kind.name())));
            parties
        };
        let parties = match property {
            "partner" => parties(Kind::Partner),
            "authority" => parties(Kind::Authority),
            "school" => {
                let agreement = &AgreementOutcomes::AgreementId;
                let outcome = &AgreementOutcomes::OutcomeId;
                let mut schools = select_ends(scope, AgreementOutcomes::Table, named(agreement), named(outcome));
                schools.and_where(col("m", AgreementOutcomes::OutcomeType).eq(literal(Kind::School.name())));
                schools.union(UnionType::All, parties(Kind::School)).take()
            }
            _ => return None,
        };
        Some(ValuesOf::of_noun(parties))
    }
}

/// Agreements and those who agreed, the agreement first.
pub(crate) static AGREEMENT_PARTIES: Tie<AgreementTie> = Tie {
    name: "agreement_parties",
    source: TieSource::Table(TieTable {
        to_kind: Some(&AgreementParties::PartyType),
        asked_as: Some((&AgreementParties::Role, "basis")),
        ..TieTable::new(
            &AgreementParties::Table,
            (Kind::Agreement, &AgreementParties::AgreementId),
            (Kind::Partner, &AgreementParties::PartyId),
        )
    }),
    columns: &[&AgreementParties::Role, &AgreementParties::Note],
    read: |id, row| {
        let [role, note] = row.cells();
        read_tie(id, role, note)
    },
};

/// Agreements and what came of them, the agreement first.
pub(crate) static AGREEMENT_OUTCOMES: Tie<AgreementTie> = Tie {
    name: "agreement_outcomes",
    source: TieSource::Table(TieTable {
        to_kind: Some(&AgreementOutcomes::OutcomeType),
        asked_as: Some((&AgreementOutcomes::Kind, "basis")),
        ..TieTable::new(
            &AgreementOutcomes::Table,
            (Kind::Agreement, &AgreementOutcomes::AgreementId),
            (Kind::School, &AgreementOutcomes::OutcomeId),
        )
    }),
    columns: &[&AgreementOutcomes::Kind],
    read: |id, row| {
        let [basis] = row.cells();
        Ok(AgreementTie { id, basis: basis.word(AgreementTieBasis::parse)?, note: None })
    },
};

/// Nouns and the agreements to which they are a party, or which are about them; the agreement first.
pub(crate) static AGREEMENT_TIES: Tie<AgreementTie> = Tie {
    name: "agreement_ties",
    source: TieSource::Rows(|scope, _: End| {
        let mut select = select_parties(scope);
        select.union(UnionType::All, select_outcomes(scope));
        select
    }),
    columns: &[&"basis", &"note"],
    read: |id, row| {
        let [basis, note] = row.cells();
        read_tie(id, basis, note)
    },
};

/// Those with whom a noun is run or was established by an agreement, the noun first.
pub(crate) static JOINTLY_RUN_BY: Tie<JointRunning> = Tie {
    name: "jointly_run_by",
    source: TieSource::Rows(|scope, _: End| {
        let outcome = |column: AgreementOutcomes| col("o", column);
        let party = |column: AgreementParties| col("m", column);
        let mut select = scope.select_from(AgreementOutcomes::Table, "o", Sees::Holding);
        let is_same = party(AgreementParties::AgreementId).eq(outcome(AgreementOutcomes::AgreementId));
        scope.join(&mut select, AgreementParties::Table, "m", is_same, Sees::Holding);
        let runs = [AgreementTieBasis::Establishes, AgreementTieBasis::Runs].map(|basis| literal(basis.word()));
        select.and_where(outcome(AgreementOutcomes::Kind).is_in(runs));
        select.and_where(party(AgreementParties::PartyId).ne(outcome(AgreementOutcomes::OutcomeId)));
        select.and_where(scope.is_asked(outcome(AgreementOutcomes::OutcomeId)));
        select.expr_as(outcome(AgreementOutcomes::OutcomeId), "parent");
        select.expr_as(party(AgreementParties::PartyId), "child").expr_as(party(AgreementParties::PartyType), "kind");
        select.expr_as(party(AgreementParties::Id), "fact").expr_as(literal(""), "rank");
        select.expr_as(party(AgreementParties::AgreementId), "agreement_id");
        select
    }),
    columns: &[&"agreement_id"],
    read: |id, row| Ok(JointRunning { id, agreement: row.next().id()? }),
};

fn read_tie(id: i64, basis: Cell<'_>, note: Cell<'_>) -> Result<AgreementTie, StoreError> {
    Ok(AgreementTie { id, basis: basis.word(AgreementTieBasis::parse)?, note: note.maybe_text()? })
}

fn select_parties(scope: &Scope) -> SelectStatement {
    use AgreementParties::{AgreementId, Id, Note, PartyId, Role, ValidFrom};
    let mut select = scope.select_from(AgreementParties::Table, "m", Sees::Holding);
    select.expr_as(col("m", PartyId), "parent").expr_as(col("m", AgreementId), "child").expr_as(col("m", Id), "fact");
    select.expr_as(literal("1"), "rank").expr_as(col("m", ValidFrom), "since");
    select.expr_as(col("m", Role), "basis").expr_as(col("m", Note), "note");
    select.and_where(scope.is_asked(col("m", PartyId)));
    select
}

fn select_outcomes(scope: &Scope) -> SelectStatement {
    use AgreementOutcomes::{AgreementId, Id, OutcomeId, ValidFrom};
    let mut select = scope.select_from(AgreementOutcomes::Table, "m", Sees::Holding);
    select.expr_as(col("m", OutcomeId), "parent").expr_as(col("m", AgreementId), "child").expr_as(col("m", Id), "fact");
    select.expr_as(literal("0"), "rank").expr_as(col("m", ValidFrom), "since");
    select.expr_as(col("m", AgreementOutcomes::Kind), "basis").expr_as(Expr::Keyword(Keyword::Null), "note");
    select.and_where(scope.is_asked(col("m", OutcomeId)));
    select
}
