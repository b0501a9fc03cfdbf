//! Partners.

use domain::{PartnerKind, partner};

use super::{
    District,
    folder_writer::{FolderWriter, Value},
    random::Random,
};

impl District {
    pub(super) fn write_partners(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for at in 0..self.n_partners {
            let n_kinds = random.number_in(1..=2);
            let partner: &[Value<'_>] = &[
                ("partner_id", &self.slug_of('p', at)),
                ("name_en", &format!("Synthetic {}-{} Partner", self.number, at + 1)),
                ("name_es", &format!("Socio Sintético {}-{}", self.number, at + 1)),
                ("kinds", &random.pick_several(PartnerKind::WORDS, n_kinds).join(";")),
            ];
            out.write_row(&partner::SHAPE, partner)?;
        }
        Ok(())
    }
}
