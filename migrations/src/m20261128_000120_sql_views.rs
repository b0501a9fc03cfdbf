//! Views for programs that read SQL, such as Superset and Metabase: the map of today, as it is known now.
//!
//! They are a contract (docs/sql-views.md): a step that changes what they read drops them and makes them again.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for View { name, columns, from } in Words(manager.get_database_backend()).views() {
            let sql = format!("CREATE VIEW {name} AS SELECT {} FROM {from}", columns.join(", "));
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for View { name, .. } in Words(manager.get_database_backend()).views() {
            manager.get_connection().execute_unprepared(&format!("DROP VIEW {name}")).await?;
        }
        Ok(())
    }
}

/// A view: its columns, each with its name, and what it reads.
struct View {
    name: &'static str,
    columns: Vec<String>,
    from: String,
}

/// What both databases say in words of their own.
struct Words(DbBackend);

impl Words {
    fn choose(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        if self.0 == DbBackend::Sqlite { sqlite } else { postgres }
    }

    /// The day, in UTC.
    fn today(&self) -> &'static str {
        self.choose("date('now')", "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')")
    }

    /// That a row of a table is known now and holds today.
    fn is_current(&self, alias: &str) -> String {
        let today = self.today();
        format!("{alias}.known_to IS NULL AND {alias}.valid_from <= {today} AND {alias}.valid_to > {today}")
    }

    /// That a noun is known now, and is seen today by this period of it, whether it is on the map or not.
    fn is_shown(&self, alias: &str) -> String {
        let today = self.today();
        let began = format!("({alias}.shown_from IS NULL OR {alias}.shown_from <= {today})");
        format!("{alias}.known_to IS NULL AND {began} AND ({alias}.shown_to IS NULL OR {alias}.shown_to > {today})")
    }

    /// The rows of a table of nouns that are on the map.
    fn nouns(&self, table: &str) -> String {
        format!("{table} AS n WHERE {}", self.is_current("n"))
    }

    /// The rows of a table of ties, each with the two nouns that it ties, if both are on the map.
    fn ties(&self, table: &str, [one, other]: [(&str, &str); 2]) -> String {
        let join = |alias: &str, (table, column): (&str, &str)| {
            format!("JOIN {table} AS {alias} ON {alias}.id = t.{column} AND {}", self.is_current(alias))
        };
        format!("{table} AS t {} {} WHERE {}", join("a", one), join("b", other), self.is_current("t"))
    }

    /// The first name: that in the map's own language, if there is one.
    fn name(&self) -> String {
        let first = self.choose(
            "SELECT value ->> 1 FROM json_each(n.name) WHERE value ->> 1 <> '' ORDER BY key LIMIT 1",
            "SELECT t ->> 1 FROM jsonb_array_elements(n.name::jsonb) WITH ORDINALITY AS e (t, i) WHERE t ->> 1 <> '' ORDER BY i LIMIT 1",
        );
        format!("({first}) AS name")
    }

    /// The slug of a noun that is referred to, which may be on the map of another day.
    fn slug(&self, table: &str, column: &str, name: &str) -> String {
        format!("(SELECT r.slug FROM {table} AS r WHERE r.id = n.{column} AND {}) AS {name}", self.is_shown("r"))
    }

    /// Degrees, whose last digit in storage says how many digits there are after the point.
    fn degrees(&self, column: &str) -> String {
        let tens = format!("(n.{column} - ((n.{column} % 10) + 10) % 10) / 10");
        let number = self.choose("CAST(? AS REAL)", "CAST(? AS double precision)").replace('?', &tens);
        format!("{number} / 10000000 AS {column}")
    }

    fn views(&self) -> Vec<View> {
        let (name, latitude, longitude) = (self.name(), self.degrees("latitude"), self.degrees("longitude"));
        let place = [latitude, longitude];
        let slug = "n.slug".to_owned();
        let view = |view: &'static str, table: &str, columns: &[String]| View {
            name: view,
            columns: [&[slug.clone(), name.clone()], columns].concat(),
            from: self.nouns(table),
        };
        let tie = |name: &'static str, columns: &[&str], from: String| View {
            name,
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            from,
        };
        let district = self.slug("districts", "district_id", "district_slug");
        let township = self.slug("townships", "township_id", "township_slug");
        let region = self.slug("regions", "region_id", "region_slug");
        let school = self.slug("schools", "school_id", "school_slug");
        vec![
            view("current_districts", "districts", &[plain("time_zone")]),
            view("current_regions", "regions", std::slice::from_ref(&district)),
            view(
                "current_townships",
                "townships",
                &[&[plain("code"), word_or_unknown("kind"), region.clone(), district.clone()], &place[..]].concat(),
            ),
            view(
                "current_schools",
                "schools",
                &[
                    &[
                        status_of_schools(),
                        word_or_unknown("ownership"),
                        word_or_unknown("school_type"),
                        list("phases", "stages"),
                        township.clone(),
                        district.clone(),
                        plain("opened_on"),
                    ],
                    &place[..],
                ]
                .concat(),
            ),
            view("current_campuses", "campuses", &[&[school.clone(), township.clone()], &place[..]].concat()),
            view(
                "current_groups",
                "groups",
                &[
                    status(["planned", "operating", "dissolved"]),
                    self.slug("schools", "lead_school_id", "lead_school_slug"),
                    district.clone(),
                    plain("reported_member_schools"),
                ],
            ),
            view(
                "current_alliances",
                "alliances",
                &[status(["proposed", "established", "dissolved"]), word("kind"), word("scope"), district],
            ),
            view("current_partners", "partners", &[&[list("kinds", "kinds")], &place[..]].concat()),
            view(
                "current_projects",
                "projects",
                &[
                    word_or_unknown("status"),
                    school,
                    self.slug("campuses", "campus_id", "campus_slug"),
                    township,
                    region,
                    plain("due_on"),
                    plain("opened_on"),
                    plain("places"),
                    plain("classes"),
                ],
            ),
            tie(
                "current_memberships",
                &[
                    "a.slug AS group_slug",
                    "b.slug AS school_slug",
                    "upper(t.role) AS role",
                    "t.joined_on AS joined_on",
                    "t.left_on AS left_on",
                ],
                self.ties("memberships", [("groups", "group_id"), ("schools", "school_id")]),
            ),
            tie(
                "current_school_partners",
                &[
                    "a.slug AS school_slug",
                    "b.slug AS partner_slug",
                    "upper(t.kind) AS kind",
                    "t.since AS since",
                    "t.until AS until",
                ],
                self.ties("school_partners", [("schools", "school_id"), ("partners", "partner_id")]),
            ),
            tie(
                "current_alliance_partners",
                &["a.slug AS alliance_slug", "b.slug AS partner_slug", "upper(t.role) AS role"],
                self.ties("alliance_members", [("alliances", "alliance_id"), ("partners", "member_id")]),
            ),
            tie(
                "current_school_designations",
                &["a.slug AS school_slug", "b.slug AS designation_slug", "t.awarded_on AS awarded_on"],
                self.ties("school_designations", [("schools", "school_id"), ("designations", "designation_id")]),
            ),
        ]
    }
}

/// A column as it is.
fn plain(column: &str) -> String {
    format!("n.{column} AS {column}")
}

/// A word, as the API writes it.
fn word(column: &str) -> String {
    format!("upper(n.{column}) AS {column}")
}

/// A word that is `UNKNOWN` in the API where nothing is stated.
fn word_or_unknown(column: &str) -> String {
    format!("coalesce(upper(n.{column}), 'UNKNOWN') AS {column}")
}

/// Words that are one field of a file, with a semicolon between.
fn list(column: &str, name: &str) -> String {
    format!("replace(upper(n.{column}), ';', '; ') AS {name}")
}

/// That the beginning of a noun is dated by more than a month and a day.
const IS_BEGIN_DATED: &str = "n.stated_from IS NOT NULL AND n.stated_from NOT LIKE '__-%'";

/// The status of what is on the map today, whose words are those before it begins, while it lasts and after its end.
fn status([before, during, after]: [&str; 3]) -> String {
    let begun = format!("n.status = '{before}' AND {IS_BEGIN_DATED}");
    let ends_later = format!("n.status = '{after}' AND n.valid_to <> '9999-12-31'");
    format!("upper(CASE WHEN {begun} OR {ends_later} THEN '{during}' ELSE n.status END) AS status")
}

/// The status of schools: one that is planned, and whose beginning is dated and past, is open, and so is one that ends later.
fn status_of_schools() -> String {
    let ends_later = "n.status IN ('closed', 'merged', 'renamed') AND n.valid_to <> '9999-12-31'";
    let begun = format!("coalesce(n.status, 'planned') = 'planned' AND {IS_BEGIN_DATED}");
    format!("upper(CASE WHEN {ends_later} OR {begun} THEN 'open' ELSE coalesce(n.status, 'unknown') END) AS status")
}
