//! Campuses.

use domain::{AddressConfidence, campus};

use super::{
    District, N_TOWNSHIPS,
    dice::Dice,
    folder::{Folder, Value},
    school::School,
};

impl District {
    /// One campus or more, of which the first stands where the school does.
    pub(super) fn campuses(
        &self,
        dice: &mut Dice,
        school: &School,
        home: String,
        out: &mut Folder,
    ) -> anyhow::Result<()> {
        let n_campuses = match dice.below(100) {
            0..3 => 3,
            3..27 => 2,
            _ => 1,
        };
        let mut township = home;
        for nth in 1..=n_campuses {
            let address = format!("合成{}区{}路{}号", self.number, dice.within(1..=99), dice.within(1..=999));
            let confidence = dice.one(AddressConfidence::WORDS);
            let (address, confidence) = if dice.chance(80) { (&*address, confidence) } else { ("", "") };
            let campus: &[Value<'_>] = &[
                ("campus_id", &format!("{}-c{nth}", school.slug)),
                ("school_id", &school.slug),
                ("name_zh", &format!("{}{nth}号校区", school.name_zh)),
                ("name_en", &format!("{}, Campus {nth}", school.name_en)),
                ("address_zh", &address),
                ("address_confidence", &confidence),
                ("township_id", &township),
            ];
            out.row(&campus::SHAPE, campus)?;
            township = self.named('t', dice.below(N_TOWNSHIPS));
        }
        Ok(())
    }
}
