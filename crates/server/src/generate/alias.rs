//! Aliases of schools.

use domain::alias;

use super::{
    CHAINED, District, OPENED,
    dice::Dice,
    folder::{Folder, Value},
};

impl District {
    /// Other names, for one school in fifty. The first of a district is a former name with both dates:
    /// an export leaves out a column that may be left out and is blank throughout.
    pub(super) fn aliases(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for (nth, school) in self.schools.iter().filter(|_| dice.chance(2)).collect::<Vec<_>>().iter().enumerate() {
            let (alias, lang, kind, until) = match nth % 3 {
                0 => (format!("{}(旧名)", school.name_zh), "zh", "former", dice.date(CHAINED)),
                1 => (school.name_zh.replacen("合成", "合", 1), "zh", "short", String::new()),
                _ => (format!("{} School", school.name_en), "en", "official_english", String::new()),
            };
            let row: &[Value<'_>] = &[
                ("entity_type", &"school"),
                ("entity_id", &school.slug),
                ("alias", &alias),
                ("lang", &lang),
                ("kind", &kind),
                ("basis", &"source"),
                ("since", &dice.date(OPENED)),
                ("until", &until),
            ];
            out.row(&alias::SHAPE, row)?;
        }
        Ok(())
    }
}
