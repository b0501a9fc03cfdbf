//! Initiatives, events, and what was announced and said there.

use domain::{EventAction, InitiativeKind, event, initiative, pathway, statement};

use super::{
    District, FOUNDING_YEARS, N_ALLIANCES, N_EVENTS, N_INITIATIVES, N_PEOPLE, N_PROJECTS,
    folder_writer::{FolderWriter, Value},
    place::REGIONS,
    random::{Random, len_u32},
};

impl District {
    pub(super) fn write_initiatives(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for at in 0..N_INITIATIVES {
            let slug = self.slug_of('i', at);
            let row: &[Value<'_>] = &[
                ("initiative_id", &slug),
                ("name_en", &format!("Synthetic {}-{} Initiative", self.number, at + 1)),
                ("name_es", &format!("Iniciativa Sintética {}-{}", self.number, at + 1)),
                ("kind", &InitiativeKind::WORDS[at as usize % InitiativeKind::WORDS.len()]),
            ];
            out.write_row(&initiative::SHAPE, row)?;
            let region = self.slug_of('r', random.number_below(len_u32(&REGIONS)));
            let subject: &[Value<'_>] =
                &[("initiative_id", &slug), ("subject_type", &"region"), ("subject_id", &region)];
            out.write_row(&initiative::SUBJECTS, subject)?;
        }
        let row: &[Value<'_>] = &[
            ("pathway_id", &self.slug_of('w', 0)),
            ("name_en", &format!("Synthetic {} Pathway", self.number)),
            ("name_es", &format!("Itinerario Sintético {}", self.number)),
            ("years", &12),
            ("scope_type", &"district"),
            ("scope_id", &self.slug),
        ];
        out.write_row(&pathway::SHAPE, row)
    }

    pub(super) fn write_events(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for at in 0..N_EVENTS {
            let slug = self.slug_of('n', at);
            let held_on = random.date(FOUNDING_YEARS);
            let row: &[Value<'_>] = &[
                ("event_id", &slug),
                ("name_en", &format!("Synthetic {}-{} Conference", self.number, at + 1)),
                ("name_es", &format!("Congreso Sintético {}-{}", self.number, at + 1)),
                ("held_on", &held_on),
                ("venue_partner_id", &self.slug_of('p', random.number_below(self.n_partners))),
            ];
            out.write_row(&event::SHAPE, row)?;
            let items = [
                ("alliance", self.slug_of('a', random.number_below(N_ALLIANCES))),
                ("initiative", self.slug_of('i', random.number_below(N_INITIATIVES))),
                ("project", self.slug_of('b', random.number_below(N_PROJECTS))),
            ];
            for (kind, item) in &items {
                let row: &[Value<'_>] = &[
                    ("event_id", &slug),
                    ("action", &random.pick(&[EventAction::Announced, EventAction::Launched]).word()),
                    ("item_type", kind),
                    ("item_id", item),
                ];
                out.write_row(&event::ITEMS, row)?;
            }
            let (kind, subject) = &items[1];
            let row: &[Value<'_>] = &[
                ("statement_id", &self.slug_of('q', at)),
                ("person_id", &self.slug_of('h', random.number_below(N_PEOPLE))),
                ("event_id", &slug),
                ("subject_type", kind),
                ("subject_id", subject),
                ("excerpt", &format!("Synthetic statement {}-{}", self.number, at + 1)),
                ("language", &"en"),
                ("said_on", &held_on),
            ];
            out.write_row(&statement::SHAPE, row)?;
        }
        Ok(())
    }
}
