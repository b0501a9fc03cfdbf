//! Table `codes`.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use domain::{RegisterCode, View, code::scheme_of, values};
use sea_orm::{
    DeriveIden,
    sea_query::{CaseStatement, Expr, ExprTrait, Order, Query, SelectStatement, UnionType},
};

use crate::{
    Noun, Store, StoreError,
    columns::ColumnSet,
    dialect,
    filter::{FilterForm, Wanted},
    noun::{Table, exprs, read},
    parts::List,
    row::Row,
    statement::{Parameter, Prepared, Question, Values},
    view::{Scope, Sees, col, literal},
};

/// Table `codes`.
#[derive(Clone, Copy, DeriveIden)]
enum Codes {
    Table,
    Id,
    EntityId,
    Scheme,
    Value,
}

impl List for RegisterCode {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        let mut select = scope.select_from(Codes::Table, "k", Sees::Holding);
        for column in [Codes::EntityId, Codes::Scheme, Codes::Value, Codes::Id] {
            select.order_by_expr(col("k", column), Order::Asc);
        }
        (select, col("k", Codes::EntityId))
    }

    fn columns() -> Vec<Expr> {
        [Codes::Id, Codes::Scheme, Codes::Value].map(|column| col("k", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, scheme, value] = row.cells();
        Ok(RegisterCode { id: id.number()?, scheme: scheme.text()?, value: value.text()? })
    }
}

/// The nouns that the register that is named, or any, knows by this code: in `codes`, or in a column of their own.
pub(crate) fn select_coded<N: Table>(scope: &Scope, wanted: &Wanted) -> Vec<SelectStatement> {
    let coded = coded_rows::<N>(scope).into_iter().map(|CodedRows { mut select, noun, code, scheme }| {
        select.expr(noun).and_where(code.eq(wanted.value()));
        if let Some(wanted) = wanted.scheme() {
            select.and_where(scheme.eq(wanted));
        }
        select
    });
    coded.collect()
}

impl Store {
    /// The nouns that the register that is named, or any, knows by these codes, in one statement; codes that it does not know are
    /// left out. Of several with one code it is one that is on the map of the view's day, and of these the first by slug.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn by_codes<N: Noun>(
        &self,
        view: View,
        scheme: Option<&str>,
        codes: &[String],
        columns: ColumnSet,
    ) -> Result<HashMap<String, Arc<N>>, StoreError> {
        // PostgreSQL plans a list anew each time, since it does not know how many are in it.
        let (question, code) = match codes {
            [code] => (Question::ByCode(N::SHAPE.table), code.as_str().into()),
            _ => (Question::ByCodes(N::SHAPE.table), dialect::text_list(self.backend, codes)),
        };
        let form = self.form(question, view, FilterForm::of_codes(scheme), None, columns);
        let statement = self.statements.get(&form, || {
            let (scope, columns) = (Scope::new(self.backend, view), columns.with_required::<N>());
            let is_one = matches!(question, Question::ByCode(_));
            Prepared::of_columns(
                self.backend,
                &select_by_codes::<N>(&scope, is_one, scheme.is_some(), columns),
                columns,
            )
        });
        let filter = [code, scheme.into()];
        let values = Values { view, ids: &[], request: None, filter: &filter };
        let mut found = HashMap::new();
        for mut row in self.rows_of(&statement, &values).await?.iter() {
            let code = row.next().text()?;
            if let Entry::Vacant(first) = found.entry(code) {
                first.insert(Arc::new(read::<N>(&mut row, statement.columns)?));
            }
        }
        Ok(found)
    }
}

/// The codes that are asked about, each with the nouns that have it, the best first.
fn select_by_codes<N: Table>(scope: &Scope, is_one: bool, has_scheme: bool, columns: ColumnSet) -> SelectStatement {
    let asked = || Parameter::Filter(0).expr();
    let mut coded = coded_rows::<N>(scope).into_iter().map(|CodedRows { mut select, noun, code, scheme }| {
        select.expr_as(noun, "noun").expr_as(code.clone(), "code");
        select.and_where(match is_one {
            true => code.eq(asked()),
            false => dialect::is_one_of_list(scope.backend, code, asked()),
        });
        if has_scheme {
            select.and_where(scheme.eq(Parameter::Filter(1).expr()));
        }
        select
    });
    let mut all = coded.next().unwrap_or_default();
    for select in coded {
        all.union(UnionType::All, select);
    }
    let of = |name: &'static str| col("coded", name);
    let mut select = Query::select();
    select.expr(of("code")).exprs(exprs::<N>("c", columns)).from_subquery(all, "coded");
    scope.join(&mut select, N::SHAPE.table, "c", col("c", "id").eq(of("noun")), Sees::Shown);
    let is_on_map = CaseStatement::new().case(scope.holds("c"), Expr::Constant(0.into()));
    let keys: [Expr; 3] = [of("code"), is_on_map.finally(Expr::Constant(1.into())).into(), col("c", "slug")];
    for key in keys {
        select.order_by_expr(key, Order::Asc);
    }
    select
}

/// Rows that say by which code a register knows a noun.
struct CodedRows {
    select: SelectStatement,
    noun: Expr,
    code: Expr,
    scheme: Expr,
}

/// All rows that say so of nouns of a kind, and those of `codes` of any kind.
fn coded_rows<N: Table>(scope: &Scope) -> Vec<CodedRows> {
    let mut rows = vec![CodedRows {
        select: scope.select_from(Codes::Table, "k", Sees::Holding),
        noun: col("k", Codes::EntityId),
        code: col("k", Codes::Value),
        scheme: col("k", Codes::Scheme),
    }];
    let codes = N::SHAPE.columns.iter().filter(|column| column.column_type.is_value(&values::code::KIND));
    rows.extend(codes.filter(|column| column.name != SCHEME).map(|column| CodedRows {
        select: scope.select_from(N::SHAPE.table, "k", Sees::Shown),
        noun: col("k", "id"),
        code: col("k", column.name),
        scheme: scheme_of_own::<N>(column.name),
    }));
    rows
}

/// The column in which a noun says of which register its own code is.
const SCHEME: &str = "scheme";

/// The register of the code that the noun that `k` names has in this column.
fn scheme_of_own<N: Table>(column: &'static str) -> Expr {
    match N::SHAPE.index(SCHEME) {
        Some(_) => col("k", SCHEME),
        None => literal(scheme_of(column)),
    }
}
