//! Points on the sphere, by which distances are compared without trigonometry, and indexes of latitudes.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

use crate::table::{big, index};

/// The tables of what stands somewhere.
const PLACED: [&str; 4] = ["schools", "campuses", "townships", "partners"];
/// The columns of a point.
const POINT: [&str; 3] = ["point_x", "point_y", "point_z"];
/// How many units the radius of the sphere has.
const RADIUS: f64 = 1e9;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for table in PLACED {
            for name in POINT {
                let mut column = big(backend, name);
                manager.alter_table(Table::alter().table(table).add_column(column.null()).to_owned()).await?;
            }
            manager.create_index(index(table, &["latitude", "longitude", "known_to"])).await?;
            add_points(manager, table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in PLACED {
            let index = format!("{table}_by_latitude_longitude_known_to");
            manager.drop_index(Index::drop().table(table).name(index).to_owned()).await?;
            for name in POINT {
                manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
            }
        }
        Ok(())
    }
}

/// Adds the points of what is recorded.
async fn add_points(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let (database, backend) = (manager.get_connection(), manager.get_database_backend());
    let places = format!("SELECT DISTINCT latitude, longitude FROM {table} WHERE latitude IS NOT NULL");
    for row in database.query_all_raw(Statement::from_string(backend, places)).await? {
        let (latitude, longitude): (i64, i64) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let [x, y, z] = point_on_sphere(latitude, longitude);
        let slots = match backend {
            DbBackend::Postgres => ["$1", "$2", "$3", "$4", "$5"],
            _ => ["?"; 5],
        };
        let update = format!(
            "UPDATE {table} SET point_x = {}, point_y = {}, point_z = {} WHERE latitude = {} AND longitude = {}",
            slots[0], slots[1], slots[2], slots[3], slots[4]
        );
        let values = [x, y, z, latitude, longitude].map(Into::into);
        database.execute_raw(Statement::from_sql_and_values(backend, update, values)).await?;
    }
    Ok(())
}

/// The point of degrees that are kept as a number whose last digit is not one of theirs: 10⁷ others are a degree.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "both are far below 2⁵³")]
fn point_on_sphere(latitude: i64, longitude: i64) -> [i64; 3] {
    let [latitude, longitude] = [latitude, longitude].map(|number| (number.div_euclid(10) as f64 / 1e7).to_radians());
    let point = [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()];
    point.map(|part| (part * RADIUS).round() as i64)
}
