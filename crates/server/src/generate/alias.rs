//! Aliases of schools.

use domain::alias;

use super::{
    District, FIRST_SUCCESSION_YEARS, OPENING_YEARS,
    folder_writer::{FolderWriter, Value},
    random::Random,
};

impl District {
    /// Other names, for one school in fifty. The first of a district is a former name with both dates:
    /// an export leaves out a column that may be left out and is blank throughout.
    pub(super) fn write_aliases(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for (nth, school) in self.schools.iter().filter(|_| random.chance(2)).collect::<Vec<_>>().iter().enumerate() {
            let (alias, lang, kind, until) = match nth % 3 {
                0 => (format!("{} (former)", school.name_en), "en", "former", random.date(FIRST_SUCCESSION_YEARS)),
                1 => (school.name_en.replacen("Synthetic", "Syn.", 1), "en", "short", String::new()),
                _ => (format!("{} School", school.name_en), "en", "official_english", String::new()),
            };
            let row: &[Value<'_>] = &[
                ("entity_type", &"school"),
                ("entity_id", &school.slug),
                ("alias", &alias),
                ("lang", &lang),
                ("kind", &kind),
                ("basis", &"source"),
                ("since", &random.date(OPENING_YEARS)),
                ("until", &until),
            ];
            out.write_row(&alias::SHAPE, row)?;
        }
        Ok(())
    }
}
