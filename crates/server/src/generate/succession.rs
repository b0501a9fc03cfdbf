//! Successions: schools that took the place of others.

use domain::{SchoolStatus, SuccessionKind, school};

use super::{
    District, FIRST_SUCCESSION_YEARS, SUCCESSION_YEARS,
    folder_writer::{FolderWriter, Value},
    random::Random,
    school::School,
};

pub(super) struct Succession {
    pub(super) predecessor: usize,
    pub(super) successor: usize,
    pub(super) kind: SuccessionKind,
    pub(super) effective_on: String,
}

/// Gives each former school a successor: one that works or, in a chain, the next former school.
pub(super) fn draw_successions(random: &mut Random, schools: &mut [School], working: &[usize]) -> Vec<Succession> {
    let former: Vec<_> = (0..schools.len()).filter(|at| schools[*at].status == SchoolStatus::Renamed).collect();
    let mut successions = Vec::with_capacity(former.len());
    for (nth, predecessor) in former.iter().copied().enumerate() {
        let next = former.get(nth + 1).filter(|_| nth % 2 == 0 && random.chance(50));
        let (successor, kind, effective_on) = match next {
            Some(next) => (*next, SuccessionKind::Renamed, random.date(FIRST_SUCCESSION_YEARS)),
            None => {
                let end = if random.chance(50) { SuccessionKind::MergedInto } else { SuccessionKind::BecameCampusOf };
                let kind = if random.chance(50) { SuccessionKind::Renamed } else { end };
                // From the far end: few of them lead a group.
                (working[working.len() - 1 - nth % working.len()], kind, random.date_or_blank(SUCCESSION_YEARS))
            }
        };
        match kind {
            SuccessionKind::Renamed => schools[successor].took_over = true,
            _ => schools[predecessor].status = SchoolStatus::Merged,
        }
        successions.push(Succession { predecessor, successor, kind, effective_on });
    }
    successions
}

impl District {
    pub(super) fn write_successions(&self, out: &mut FolderWriter) -> anyhow::Result<()> {
        for Succession { predecessor, successor, kind, effective_on } in &self.successions {
            let row: &[Value<'_>] = &[
                ("predecessor_id", &self.schools[*predecessor].slug),
                ("successor_id", &self.schools[*successor].slug),
                ("kind", &kind.word()),
                ("effective_on", effective_on),
            ];
            out.write_row(&school::SUCCESSIONS, row)?;
        }
        Ok(())
    }
}
