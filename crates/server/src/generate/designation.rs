//! Designations, and the working schools that were given them.

use domain::{DesignationLevel, designation};

use super::{
    District, N_DESIGNATIONS, TIE_YEARS,
    folder_writer::{FolderWriter, Value},
    random::Random,
};

impl District {
    pub(super) fn write_designations(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for at in 0..N_DESIGNATIONS {
            let designation: &[Value<'_>] = &[
                ("designation_id", &self.slug_of('e', at)),
                ("name_en", &format!("Synthetic {}-{} Demonstration School", self.number, at + 1)),
                ("name_es", &format!("Escuela Modelo Sintética {}-{}", self.number, at + 1)),
                ("level", &DesignationLevel::WORDS.get(at as usize).copied().unwrap_or_default()),
            ];
            out.write_row(&designation::SHAPE, designation)?;
        }
        for at in &self.working {
            let n_given = random.number_below(3);
            for designation in random.pick_indexes(N_DESIGNATIONS, n_given) {
                let tie: &[Value<'_>] = &[
                    ("school_id", &self.schools[*at].slug),
                    ("designation_id", &self.slug_of('e', designation)),
                    ("awarded_on", &random.date_or_blank(TIE_YEARS)),
                ];
                out.write_row(&designation::SCHOOL_DESIGNATIONS, tie)?;
            }
        }
        Ok(())
    }
}
