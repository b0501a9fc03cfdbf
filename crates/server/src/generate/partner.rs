//! Partners.

use domain::{PartnerKind, partner};

use super::{
    District,
    dice::Dice,
    folder::{Folder, Value},
};

impl District {
    pub(super) fn partners(&self, dice: &mut Dice, out: &mut Folder) -> anyhow::Result<()> {
        for at in 0..self.n_partners {
            let n_kinds = dice.within(1..=2);
            let partner: &[Value<'_>] = &[
                ("partner_id", &self.named('p', at)),
                ("name_zh", &format!("合成{}区{}号伙伴", self.number, at + 1)),
                ("name_en", &format!("Synthetic {}-{} Partner", self.number, at + 1)),
                ("kinds", &dice.some(PartnerKind::WORDS, n_kinds).join(";")),
            ];
            out.row(&partner::SHAPE, partner)?;
        }
        Ok(())
    }
}
