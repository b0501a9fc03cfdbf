//! Tables `districts`, `regions`, `townships`, `learning_areas`, and the ties between them.

use domain::{
    District, DistrictConditions, Head, LearningArea, LearningAreaConditions, Region, RegionConditions, Shape,
    Township, TownshipConditions, TownshipKind, View, district, learning_area, region, township,
};

use crate::{StoreError, noun::Table, relation::Ties, row::Row, sql::Sql};

impl Table for District {
    const SHAPE: &'static Shape = &district::SHAPE;
    type Conditions = DistrictConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        let time_zone = row.maybe_word("time_zone", |name| name.parse().ok())?;
        Ok(District { head, time_zone })
    }

    fn narrow(is: &DistrictConditions, _: View, _: &mut Sql) {
        let DistrictConditions {} = is;
    }
}

impl Table for Region {
    const SHAPE: &'static Shape = &region::SHAPE;
    type Conditions = RegionConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Region {
            head,
            district: row.maybe_id("district_id")?,
            strategy_zh: row.stated("strategy_zh")?,
            strategy_en: row.stated("strategy_en")?,
        })
    }

    fn narrow(is: &RegionConditions, _: View, sql: &mut Sql) {
        let RegionConditions { district } = is;
        if let Some(district) = district {
            sql.put(" AND c.district_id = ").bind(district.raw);
        }
    }
}

impl Table for Township {
    const SHAPE: &'static Shape = &township::SHAPE;
    type Conditions = TownshipConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Township {
            head,
            code: row.stated("code")?,
            kind: row.word("kind", TownshipKind::parse)?,
            region: row.maybe_id("region_id")?,
            district: row.maybe_id("district_id")?,
        })
    }

    fn narrow(is: &TownshipConditions, _: View, sql: &mut Sql) {
        let TownshipConditions { kind, region, district } = is;
        if let Some(kinds) = kind {
            sql.put(" AND ").one_of("c.kind", kinds.iter().map(|kind| kind.word()));
        }
        if let Some(region) = region {
            sql.put(" AND c.region_id = ").bind(region.raw);
        }
        if let Some(district) = district {
            sql.put(" AND c.district_id = ").bind(district.raw);
        }
    }
}

impl Table for LearningArea {
    const SHAPE: &'static Shape = &learning_area::SHAPE;
    type Conditions = LearningAreaConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(LearningArea { head, as_of: row.date("as_of")?, district: row.maybe_id("district_id")? })
    }

    fn narrow(is: &LearningAreaConditions, _: View, sql: &mut Sql) {
        let LearningAreaConditions { district } = is;
        if let Some(district) = district {
            sql.put(" AND c.district_id = ").bind(district.raw);
        }
    }
}

/// Declares the nouns that name their owner in a column of their own: the tie is the noun's own row.
macro_rules! owned {
    ($($(#[$doc:meta])* $relation:ident: $node:ty, $table:literal.$column:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $relation;

        impl Ties for $relation {
            type Node = $node;
            type Tie = i64;
            const IS_OWN_ROW: bool = true;

            fn ties(view: View, parents: &[i64], sql: &mut Sql) {
                crate::place::own_rows(view, parents, $table, $column, sql);
            }

            fn tie(row: &Row<'_>) -> Result<i64, StoreError> {
                row.get("t_fact")
            }
        }
    )+};
}
pub(crate) use owned;

owned! {
    /// The regions of a district.
    RegionsOfDistrict: Region, "regions"."district_id";
    /// The townships of a district.
    TownshipsOfDistrict: Township, "townships"."district_id";
    /// The learning areas of a district.
    LearningAreasOfDistrict: LearningArea, "learning_areas"."district_id";
    /// The townships of a region.
    TownshipsOfRegion: Township, "townships"."region_id";
}

/// Declares the nouns that stand in a township of a region or district: the tie is the noun's own row.
macro_rules! within {
    ($($(#[$doc:meta])* $relation:ident: $node:ty, $table:literal by $column:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $relation;

        impl Ties for $relation {
            type Node = $node;
            type Tie = i64;
            const IS_OWN_ROW: bool = true;

            fn ties(view: View, parents: &[i64], sql: &mut Sql) {
                sql.put(concat!("SELECT w.", $column, " AS parent, o.id AS child, o.id AS fact, '' AS natural_key, o.valid_from AS since "));
                sql.put(concat!("FROM townships w JOIN ", $table, " o ON o.township_id = w.id WHERE ")).among(concat!("w.", $column), parents);
                sql.put(" AND ").holds("w", view).put(" AND ").known("o", view);
            }

            fn tie(row: &Row<'_>) -> Result<i64, StoreError> {
                row.get("t_fact")
            }
        }
    )+};
}
pub(crate) use within;

/// Adds "the township in `column` lies in this place", as [`within!`] has it; `of` is the township's column for the place.
pub(crate) fn stands(sql: &mut Sql, column: &str, of: &str, place: i64, view: View) {
    sql.put(&format!("{column} IN (SELECT w.id FROM townships w WHERE w.{of} = ")).bind(place);
    sql.put(" AND ").holds("w", view).put(")");
}

/// Writes the ties of [`owned!`].
pub(crate) fn own_rows(view: View, parents: &[i64], table: &str, column: &str, sql: &mut Sql) {
    sql.put(&format!(
        "SELECT o.{column} AS parent, o.id AS child, o.id AS fact, '' AS natural_key, o.valid_from AS since FROM {table} o WHERE "
    ));
    sql.among(&format!("o.{column}"), parents).put(" AND ").known("o", view);
}
