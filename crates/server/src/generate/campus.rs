//! Campuses.

use domain::{AddressConfidence, campus};

use super::{
    District, N_TOWNSHIPS,
    folder_writer::{FolderWriter, Value},
    random::Random,
    school::School,
};

impl District {
    /// One campus or more, of which the first stands where the school does.
    pub(super) fn write_campuses(
        &self,
        random: &mut Random,
        school: &School,
        home: String,
        out: &mut FolderWriter,
    ) -> anyhow::Result<()> {
        let n_campuses = match random.number_below(100) {
            0..3 => 3,
            3..27 => 2,
            _ => 1,
        };
        let mut township = home;
        for nth in 1..=n_campuses {
            let address =
                format!("{} Synthetic {}-{} Road", random.number_in(1..=999), self.number, random.number_in(1..=99));
            let confidence = random.pick(AddressConfidence::WORDS);
            let (address, confidence) = if random.chance(80) { (&*address, confidence) } else { ("", "") };
            // The first has one: no export has a column that is blank in every row.
            let is_first = nth == 1 && self.schools.first().is_some_and(|first| first.slug == school.slug);
            let [latitude, longitude, precision] = random.place(if is_first { 100 } else { 60 });
            let campus: &[Value<'_>] = &[
                ("campus_id", &format!("{}-c{nth}", school.slug)),
                ("school_id", &school.slug),
                ("name_en", &format!("{}, Campus {nth}", school.name_en)),
                ("name_es", &format!("{}, Sede {nth}", school.name_es)),
                ("address_en", &address),
                ("address_confidence", &confidence),
                ("township_id", &township),
                ("latitude", &latitude),
                ("longitude", &longitude),
                ("location_precision", &precision),
            ];
            out.write_row(&campus::SHAPE, campus)?;
            township = self.slug_of('t', random.number_below(N_TOWNSHIPS));
        }
        Ok(())
    }
}
