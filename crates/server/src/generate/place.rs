//! Districts, regions, townships, learning areas and authorities.

use domain::{TownshipKind, authority, district, learning_area, region, township};

use super::{
    District, FOUNDING_YEARS, N_LEARNING_AREAS, N_TOWNSHIPS,
    folder_writer::{FolderWriter, Value},
    random::{Random, len_u32},
};

pub(super) const REGIONS: [(&str, &str); 3] = [("South", "Sur"), ("East", "Este"), ("North", "Norte")];

impl District {
    pub(super) fn write_places(&self, random: &mut Random, out: &mut FolderWriter) -> anyhow::Result<()> {
        let n = self.number;
        let district: &[Value<'_>] =
            &[("name_en", &format!("Synthetic District {n}")), ("name_es", &format!("Distrito Sintético {n}"))];
        out.write_row(&district::SHAPE, district)?;
        for (at, (en, es)) in (0..).zip(REGIONS) {
            let region: &[Value<'_>] = &[
                ("region_id", &self.slug_of('r', at)),
                ("name_en", &format!("Synthetic {n} {en}")),
                ("name_es", &format!("Sintético {n} {es}")),
            ];
            out.write_row(&region::SHAPE, region)?;
        }
        for at in 0..N_TOWNSHIPS {
            // The last lies in no region: a source need not say.
            let in_region = at + 1 < N_TOWNSHIPS;
            let region = if in_region { self.slug_of('r', at % len_u32(&REGIONS)) } else { String::new() };
            let township: &[Value<'_>] = &[
                ("township_id", &self.slug_of('t', at)),
                ("code", &format!("{n:06}{:03}", at + 1)),
                ("name_en", &format!("Synthetic {n}-{} Township", at + 1)),
                ("name_es", &format!("Municipio Sintético {n}-{}", at + 1)),
                ("kind", &TownshipKind::WORDS[at as usize % TownshipKind::WORDS.len()]),
                ("region_id", &region),
                ("region_source_id", &out.source_if(in_region)),
            ];
            out.write_row(&township::SHAPE, township)?;
        }
        for at in 0..N_LEARNING_AREAS {
            let area: &[Value<'_>] = &[
                ("learning_area_id", &self.slug_of('l', at)),
                ("name_en", &format!("Synthetic {n}-{} Learning Area", at + 1)),
                ("name_es", &format!("Área Escolar Sintética {n}-{}", at + 1)),
                ("as_of", &random.date(FOUNDING_YEARS)),
            ];
            out.write_row(&learning_area::SHAPE, area)?;
        }
        let authority: &[Value<'_>] = &[
            ("authority_id", &format!("{}-ec", self.slug)),
            ("name_en", &format!("Synthetic {n} Education Commission")),
            ("name_es", &format!("Comisión de Educación Sintética {n}")),
            ("level", &"district"),
            ("kind", &"education_authority"),
        ];
        out.write_row(&authority::SHAPE, authority)
    }
}
