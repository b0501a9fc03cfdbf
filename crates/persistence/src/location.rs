//! Where nouns stand: reading it, what is written for it, and conditions and distances as expressions.
//!
//! Beside a latitude and a longitude a table has the point on the sphere, as three whole numbers. A condition compares the
//! latitudes and longitudes of a rectangle, by an index, and then squares of straight lines between points, which are whole
//! numbers, too: so both databases find the same and order it alike.

use domain::{
    Cell, Circle, Location, LocationConfidence, LocationPrecision, OrderField, Rectangle, Shape, location,
    noun::{HAS_LOCATION, NEAR, WITHIN},
};
use sea_orm::{
    Value,
    sea_query::{Expr, ExprTrait, Func, SelectStatement, UnionType},
};

use crate::{
    StoreError, dialect,
    filter::{FilterForm, Wanted},
    noun::Table,
    row::Cell as RowCell,
    statement::{PageForm, Parameter},
    view::{AnyIden, Scope, Sees, col, named},
};

/// The columns of the point on the sphere.
pub(crate) const POINT: [&str; 3] = ["point_x", "point_y", "point_z"];

/// The point that the columns of a latitude, a longitude, a precision and a confidence state.
pub(crate) fn read_location(
    [latitude, longitude, precision, confidence]: [RowCell<'_>; 4],
) -> Result<Option<Location>, StoreError> {
    let (Some(latitude), Some(longitude)) = (latitude.value()?, longitude.value()?) else { return Ok(None) };
    Ok(Some(Location {
        latitude,
        longitude,
        precision: precision.maybe_word(LocationPrecision::parse)?,
        confidence: confidence.maybe_word(LocationConfidence::parse)?,
    }))
}

/// The values of [`POINT`] of a record.
pub(crate) fn point_of(shape: &Shape, cells: &[Cell]) -> [Option<i64>; 3] {
    let number = |name: &str| match shape.index(name).map(|at| &cells[at]) {
        Some(Cell::Number(number)) => Some(*number),
        _ => None,
    };
    let point = number("latitude").zip(number("longitude"));
    let point = point.and_then(|(latitude, longitude)| location::point_of_numbers(latitude, longitude));
    point.map_or([None; 3], |point| point.map(Some))
}

/// An area without the values it brings, which are in consecutive slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Area {
    /// The slot of the first: the least latitude, the greatest, where longitudes begin and where they end. Those of a circle
    /// are followed by its center on the sphere and the square of the straight line from there to its edge.
    first: u32,
    is_circle: bool,
    /// Whether its longitudes are those above where they begin and those below where they end.
    is_across: bool,
}

/// How many slots a rectangle has.
const RECTANGLE: u32 = 4;

impl Area {
    /// A rectangle; its values go where `slot` says.
    pub(crate) fn of_rectangle(rectangle: &Rectangle, slot: &mut impl FnMut(Value) -> u32) -> Self {
        let bounds = rectangle.kept_bounds();
        let (south, north) = bounds.latitude.into_inner();
        let [first, ..] = [south, north, bounds.west, bounds.east].map(|number| slot(number.into()));
        Area { first, is_circle: false, is_across: bounds.west > bounds.east }
    }

    /// A circle; its values go where `slot` says.
    pub(crate) fn of_circle(circle: &Circle, slot: &mut impl FnMut(Value) -> u32) -> Self {
        let area = Area::of_rectangle(&circle.bounds(), slot);
        let (center, square) = circle.on_sphere();
        for number in center.into_iter().chain([square]) {
            slot(number.into());
        }
        Area { is_circle: true, ..area }
    }

    fn value(self, at: u32) -> Expr {
        Parameter::Filter(self.first + at).expr()
    }

    /// That the row that an alias names states a place in it.
    fn has(self, alias: &'static str) -> Expr {
        let [latitude, longitude] = ["latitude", "longitude"].map(|name| move || col(alias, name));
        let is_between = latitude().gte(self.value(0)).and(latitude().lte(self.value(1)));
        let (is_east, is_west) = (longitude().gte(self.value(2)), longitude().lte(self.value(3)));
        let is_beside = if self.is_across { is_east.or(is_west) } else { is_east.and(is_west) };
        let is_in = is_between.and(is_beside);
        match self.is_circle {
            true => is_in.and(self.square_to(alias).lte(self.value(RECTANGLE + 3))),
            false => is_in,
        }
    }

    /// The square of the straight line from the center of a circle to where a row stands.
    fn square_to(self, alias: &'static str) -> Expr {
        let squares = POINT.iter().zip(RECTANGLE..).map(|(name, at)| {
            let part = || col(alias, *name).sub(self.value(at));
            part().mul(part())
        });
        squares.reduce(ExprTrait::add).expect("a point has three parts")
    }
}

/// The condition on where a noun stands, if a property is one: by its own record or, if that does not say, by those of its
/// sites that are on the map.
pub(crate) fn stands<N: Table>(scope: &Scope, property: &str, wanted: &Wanted) -> Option<Expr> {
    match (property, wanted) {
        (NEAR | WITHIN, Wanted::Area(area)) => Some(stands_in::<N>(scope, *area)),
        (HAS_LOCATION, wanted) => {
            let has_location = has_location::<N>(scope);
            Some(if wanted.is_true() { has_location } else { has_location.not() })
        }
        _ => None,
    }
}

/// That it is known where the noun that `c` names stands.
pub(crate) fn has_location<N: Table>(scope: &Scope) -> Expr {
    is_of_place::<N>(scope, is_placed)
}

/// That the noun that `c` names stands in an area. Of all nouns of a kind an index finds those that do; the few that ties lead
/// to are read anyway.
fn stands_in<N: Table>(scope: &Scope, area: Area) -> Expr {
    if scope.is_tied {
        return is_of_place::<N>(scope, |alias| area.has(alias));
    }
    let mut found = scope.select_from(N::SHAPE.table, "p", Sees::Known);
    found.expr(col("p", "fact_id")).and_where(area.has("p"));
    if let Some(sites) = N::SITES {
        let (mut by_site, owner) = select_sites(scope, sites);
        by_site.and_where(area.has("k"));
        scope.join_in_order(&mut by_site, N::SHAPE.table, "s", col("s", "id").eq(owner), Sees::Known);
        by_site.expr(col("s", "fact_id")).and_where(is_placed("s").not());
        found.union(UnionType::All, by_site);
    }
    col("c", "fact_id").in_subquery(found)
}

/// That a row says where it stands.
fn is_placed(alias: &'static str) -> Expr {
    col(alias, "latitude").is_not_null()
}

/// A read of the sites that are on the map, as `k`; and the noun that each is of.
fn select_sites(scope: &Scope, (table, owner): (AnyIden, AnyIden)) -> (SelectStatement, Expr) {
    (scope.select_from(named(table), "k", Sees::Holding), col("k", named(owner)))
}

/// A condition on where the noun that `c` names stands: on its own record or, where that does not say, on that of one of its
/// sites.
fn is_of_place<N: Table>(scope: &Scope, is: impl Fn(&'static str) -> Expr) -> Expr {
    let own = is("c");
    let Some(sites) = N::SITES else { return own };
    let (mut select, owner) = select_sites(scope, sites);
    select.and_where(is("k"));
    let has_site = if scope.is_tied {
        select.expr(Expr::Constant(1.into())).and_where(owner.eq(col("c", "id")));
        Expr::exists(select)
    } else {
        select.expr(owner);
        col("c", "id").in_subquery(select)
    };
    own.or(is_placed("c").not().and(has_site))
}

/// What keys of a list are with the distance from the point of its filter's `near`, if it has one: first if it is what the list
/// is ordered by, else last, where it only tells how far the noun is.
pub(crate) fn with_distance<N: Table>(
    scope: &Scope,
    filter: &FilterForm,
    page: PageForm,
    mut keys: Vec<Expr>,
    noun: &'static str,
) -> Vec<Expr> {
    let Some(area) = filter.near() else { return keys };
    let own = area.square_to(noun);
    let square = match N::SITES {
        Some(sites) => {
            let (mut nearest, owner) = select_sites(scope, sites);
            nearest.expr(Func::min(area.square_to("k"))).and_where(owner.eq(col(noun, "id")));
            Func::coalesce([own, Expr::SubQuery(None, Box::new(nearest.into()))]).into()
        }
        None => own,
    };
    let at = if page.order.field == OrderField::Distance { 0 } else { keys.len() };
    // As many digits in each: so they sort by their bytes.
    keys.insert(at, dialect::as_text(square.add(Expr::Constant(location::KEY_OFFSET.into()))));
    keys
}
