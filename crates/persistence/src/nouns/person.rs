//! Tables `people` and `offices`.

use domain::{Head, Kind, Office, Person, Shape, person};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    StoreError,
    breakdown::{ValuesOf, select_ends},
    filter::Wanted,
    noun::Table,
    row::Row,
    tie::{Tie, TieSource, TieTable},
    view::{AnyIden, Scope, col, is_tied, literal},
};

/// Table `offices`.
#[derive(Clone, Copy, DeriveIden)]
enum Offices {
    Table,
    PersonId,
    Role,
    OrganizationType,
    OrganizationId,
    Since,
    Until,
}

impl Table for Person {
    const SHAPE: &'static Shape = &person::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[];

    fn read(head: Head, _: &mut Row<'_>) -> Result<Self, StoreError> {
        Ok(Person { head })
    }

    fn condition(property: &str, wanted: &Wanted, scope: &Scope) -> Option<Expr> {
        use Offices::{OrganizationId, PersonId};
        (property == "authority").then(|| is_tied(scope, Offices::Table, &PersonId, &OrganizationId, wanted.value()))
    }

    fn values_of(property: &str, scope: &Scope) -> Option<ValuesOf> {
        use Offices::{OrganizationId, OrganizationType, PersonId};
        let mut offices = select_ends(scope, Offices::Table, PersonId, OrganizationId);
        offices.and_where(col("m", OrganizationType).eq(literal(Kind::Authority.name())));
        (property == "authority").then(|| ValuesOf::of_noun(offices))
    }
}

/// People and the organizations in which they hold an office, the person first.
pub(crate) static OFFICES: Tie<Office> = Tie {
    name: "offices",
    source: TieSource::Table(TieTable {
        to_kind: Some(&Offices::OrganizationType),
        ..TieTable::new(
            &Offices::Table,
            (Kind::Person, &Offices::PersonId),
            (Kind::Authority, &Offices::OrganizationId),
        )
    }),
    columns: &[&Offices::Role, &Offices::Since, &Offices::Until],
    read: |id, row| {
        let [role, since, until] = row.cells();
        Ok(Office { id, role: role.texts()?, since: since.date()?, until: until.date()? })
    },
};
