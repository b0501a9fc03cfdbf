//! Schools, and what they have with each other and with partners.

use domain::{Ownership, SchoolPartnerKind, SchoolStatus, campus, partner, school};

use super::{
    CLOSING_YEARS, District, FOUNDING_YEARS, N_TOWNSHIPS, OPENING_YEARS, PLANNED_YEARS, TIE_YEARS,
    folder_writer::{FolderWriter, Value},
    random::Random,
};

/// The kinds of school: up to which number of a hundred, their stages and type, and what they are called.
pub(super) const SCHOOL_KINDS: &[(u32, &str, &str, &str, &str)] = &[
    (55, "primary", "primary", "Primary", "Primaria"),
    (75, "junior", "junior_high", "Junior High", "Secundaria Básica"),
    (85, "junior;senior", "complete_secondary", "High", "Secundaria"),
    (92, "primary;junior", "nine_year", "Nine-Year", "de Nueve Años"),
    (95, "primary;junior;senior", "twelve_year", "Twelve-Year", "de Doce Años"),
    (97, "senior", "senior_high", "Senior High", "Bachillerato"),
    (98, "vocational_secondary", "vocational", "Vocational", "Profesional"),
    (99, "special", "special", "Special", "Especial"),
    (100, "", "", "School", "Escuela"),
];

pub(super) struct School {
    pub(super) slug: String,
    pub(super) name_en: String,
    pub(super) name_es: String,
    pub(super) stages: &'static str,
    pub(super) school_type: &'static str,
    pub(super) status: SchoolStatus,
    /// Another school was renamed to it, and it holds from then only.
    pub(super) took_over: bool,
}

impl School {
    pub(super) fn draw(random: &mut Random, district: u32, at: u32) -> School {
        let roll = random.number_below(100);
        let (_, stages, school_type, en, es) =
            SCHOOL_KINDS.iter().find(|(up_to, ..)| roll < *up_to).expect("the last kind goes up to a hundred");
        let status = match random.number_below(100) {
            // The first school always works, so that there is one to lead a group.
            _ if at == 0 => SchoolStatus::Open,
            0..3 => SchoolStatus::Renamed,
            3 => SchoolStatus::Closed,
            4 => SchoolStatus::Planned,
            5..7 => SchoolStatus::Unknown,
            _ => SchoolStatus::Open,
        };
        School {
            slug: format!("d{district:04}-s{:04}", at + 1),
            name_en: format!("Synthetic {district}-{} {en}", at + 1),
            name_es: format!("Sintética {es} {district}-{}", at + 1),
            stages,
            school_type,
            status,
            took_over: false,
        }
    }

    pub(super) fn is_working(&self) -> bool {
        matches!(self.status, SchoolStatus::Open | SchoolStatus::Unknown)
    }
}

impl District {
    pub(super) fn write_schools(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for (at, school) in self.schools.iter().enumerate() {
            let ownership = match random.number_below(100) {
                0..70 => Ownership::Public,
                70..82 => Ownership::Private,
                _ => Ownership::Unknown,
            };
            let code = |stage: &str, register: &str| match school.stages.contains(stage) {
                true => format!("{register}{:04}{:04}", self.number, at + 1),
                false => String::new(),
            };
            let opened_on = match school.status {
                SchoolStatus::Planned => random.date(PLANNED_YEARS),
                _ if random.chance(60) => random.date(OPENING_YEARS),
                _ => String::new(),
            };
            let closed_on =
                if school.status == SchoolStatus::Closed { random.date(CLOSING_YEARS) } else { String::new() };
            let home = self.slug_of('t', random.number_below(N_TOWNSHIPS));
            // The first has one: no export has a column that is blank in every row.
            let [latitude, longitude, precision] = random.place(if at == 0 { 100 } else { 20 });
            let row: &[Value<'_>] = &[
                ("school_id", &school.slug),
                ("name_en", &school.name_en),
                ("name_es", &school.name_es),
                ("ownership", &ownership.word()),
                ("ownership_source_id", &out.source_if(ownership != Ownership::Unknown)),
                ("phases", &school.stages),
                ("school_type", &school.school_type),
                ("status", &school.status.word()),
                ("junior_code_2025", &code("junior", "")),
                ("senior_code", &code("senior", "2")),
                ("township_id", &if random.chance(95) { &*home } else { "" }),
                ("opened_on", &opened_on),
                ("closed_on", &closed_on),
                ("latitude", &latitude),
                ("longitude", &longitude),
                ("location_precision", &precision),
            ];
            out.write_row(&school::SHAPE, row)?;
            self.write_campuses(random, school, home, out)?;
        }
        Ok(())
    }

    /// What working schools have with each other, and with partners outside any alliance.
    pub(super) fn write_school_ties(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        for (nth, at) in self.working.iter().enumerate() {
            let slug = &self.schools[*at].slug;
            let next = &self.schools[self.working[(nth + 1) % self.working.len()]].slug;
            let has_next = slug != next;
            if has_next && random.chance(5) {
                let link: &[Value<'_>] = &[
                    ("school_id", slug),
                    ("linked_school_id", next),
                    ("kind", &"branch_of"),
                    ("basis", &random.pick(&["name", "source"])),
                ];
                out.write_row(&school::LINKS, link)?;
            }
            if has_next && random.chance(1) {
                let (host_type, suffix) = random.pick(&[("school", ""), ("campus", "-c1")]);
                let site_use: &[Value<'_>] = &[
                    ("site_use_id", &format!("{slug}-u1")),
                    ("school_id", slug),
                    ("host_type", &host_type),
                    ("host_id", &format!("{next}{suffix}")),
                    ("grade", &random.pick(&["primary-1", "junior-1", "senior-1"])),
                    ("purpose", &"borrowed premises"),
                    ("as_of", &random.date(FOUNDING_YEARS)),
                ];
                out.write_row(&campus::SITE_USES, site_use)?;
            }
            if random.chance(30) {
                let tie: &[Value<'_>] = &[
                    ("school_id", slug),
                    ("partner_id", &self.slug_of('p', random.number_below(self.n_partners))),
                    ("kind", &random.pick(SchoolPartnerKind::WORDS)),
                    ("since", &random.date_or_blank(TIE_YEARS)),
                ];
                out.write_row(&partner::SCHOOL_PARTNERS, tie)?;
            }
        }
        Ok(())
    }
}
