//! The header of a file: where each column of the shape stands in it, and in which languages its texts are.

use std::borrow::Cow;

use domain::{Presence, Shape, suggest::did_you_mean, texts::encode_written};

/// Where the columns of a shape stand in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// The names of the file's columns, in their order.
    pub(super) names: Vec<String>,
    /// Of each column of the shape.
    places: Vec<Place>,
}

/// Where a column of a shape stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// Nowhere.
    Absent,
    /// In this column of the file.
    Column(usize),
    /// In a column for each language, those of the text in the order of the file.
    Languages(Vec<LanguageColumns>),
}

/// The columns of a file that have a text in a language.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LanguageColumns {
    language: String,
    /// The column with the text, if there is one.
    text: Option<usize>,
    /// The column that says why it is believed.
    basis: Option<usize>,
}

/// What is wrong with a header: the column, the problem, and a hint.
pub(super) type HeaderError = (Option<Cow<'static, str>>, String, Option<String>);

impl Header {
    /// Finds the columns of a shape in a header.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub(super) fn read(shape: &'static Shape, names: &[&str]) -> Result<Self, Vec<HeaderError>> {
        let mut places = vec![Place::Absent; shape.columns.len()];
        let mut errors: Vec<HeaderError> = Vec::new();
        let absent = || shape.columns.iter().map(|column| column.name).filter(|name| !names.contains(name));
        for (at, name) in names.iter().enumerate() {
            let twice = || (Some(Cow::Owned((*name).to_owned())), "the header names it twice".to_owned(), None);
            if let Some(of) = shape.text_column(name) {
                let language = of.language.as_str();
                match find_language(&mut places[of.column], language).part(of.is_basis) {
                    Some(_) => errors.push(twice()),
                    part => *part = Some(at),
                }
                continue;
            }
            match shape.index(name).filter(|column| shape.columns[*column].is_named_in_files()) {
                None => errors.push((None, format!("there is no column `{name}`"), did_you_mean(name, absent()))),
                Some(column) if places[column] != Place::Absent => errors.push(twice()),
                Some(column) => places[column] = Place::Column(at),
            }
        }
        for (column, place) in shape.columns.iter().zip(&places) {
            if column.presence == Presence::Required && *place == Place::Absent {
                let (name, hint) = match column.column_type.is_texts() {
                    true => (
                        format!("{}_<language>", column.name).into(),
                        Some(format!("name it such as `{}_en`", column.name)),
                    ),
                    false => (column.name.into(), None),
                };
                errors.push((Some(name), "the header lacks it".to_owned(), hint));
            }
            let Place::Languages(languages) = place else { continue };
            for LanguageColumns { language, .. } in languages.iter().filter(|of| of.text.is_none()) {
                let text = domain::texts::column_of_text(column.name, language);
                let problem = format!("the header lacks `{text}`, whose basis it says");
                errors.push((Some(domain::texts::column_of_basis(column.name, language).into()), problem, None));
            }
        }
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        if errors.is_empty() { Ok(Header { names, places }) } else { Err(errors) }
    }

    /// The fields of a row that stand in several columns of the file, each as one text, in the order of their columns.
    pub(super) fn join_texts<'a>(&self, shape: &Shape, field: impl Fn(usize) -> &'a str) -> Vec<String> {
        let languages = self.places.iter().zip(shape.columns).filter_map(|(place, column)| match place {
            Place::Languages(languages) => Some((languages, column)),
            _ => None,
        });
        let join = |(languages, column): (&Vec<LanguageColumns>, &domain::Column)| {
            let written = languages.iter().map(|LanguageColumns { language, text, basis }| {
                (language.as_str(), text.map_or("", &field), basis.map_or("", &field))
            });
            let stated: Vec<_> =
                written.clone().filter(|(_, text, basis)| !text.is_empty() || !basis.is_empty()).collect();
            match stated.is_empty() {
                // What is wrong with a row without a text that it needs is said of the first language.
                true if column.presence == Presence::Required => encode_written(&written.take(1).collect::<Vec<_>>()),
                true => String::new(),
                false => encode_written(&stated),
            }
        };
        languages.map(join).collect()
    }

    /// The fields of a row in the order of the shape's columns, given those that [`Header::join_texts`] made.
    pub(super) fn fields<'a>(&self, joined: &'a [String], field: impl Fn(usize) -> &'a str) -> Vec<&'a str> {
        let mut joined = joined.iter();
        let in_order = self.places.iter().map(|place| match place {
            Place::Absent => "",
            Place::Column(at) => field(*at),
            Place::Languages(_) => joined.next().map_or("", String::as_str),
        });
        in_order.collect()
    }
}

impl LanguageColumns {
    fn part(&mut self, is_basis: bool) -> &mut Option<usize> {
        if is_basis { &mut self.basis } else { &mut self.text }
    }
}

/// The columns of a language, of a text that may have some of others already.
fn find_language<'a>(place: &'a mut Place, language: &str) -> &'a mut LanguageColumns {
    if !matches!(place, Place::Languages(_)) {
        *place = Place::Languages(Vec::new());
    }
    let Place::Languages(languages) = place else { unreachable!("it was just made so") };
    let at = languages.iter().position(|of| of.language == language).unwrap_or_else(|| {
        languages.push(LanguageColumns { language: language.to_owned(), text: None, basis: None });
        languages.len() - 1
    });
    &mut languages[at]
}

/// How many of these names are columns of a shape.
pub(super) fn count_known<'a>(shape: &Shape, names: impl Iterator<Item = &'a str>) -> usize {
    names.filter(|name| shape.index(name).is_some() || shape.text_column(name).is_some()).count()
}

#[cfg(test)]
mod tests {
    use domain::region;

    use super::*;

    fn errors(names: &[&str]) -> Vec<String> {
        let errors = Header::read(&region::SHAPE, names).err().unwrap_or_default();
        errors.into_iter().map(|(column, problem, _)| format!("{}: {problem}", column.unwrap_or_default())).collect()
    }

    #[test]
    fn a_row_has_its_texts_in_the_languages_of_the_header() {
        let names = ["name_br", "quote", "name_fr_basis", "region_id", "name_fr", "strategy_fr"];
        let header = Header::read(&region::SHAPE, &names).expect("a header");
        let fields = |row: [&'static str; 6]| {
            let joined = header.join_texts(&region::SHAPE, |at| row[at]);
            let fields = header.fields(&joined, |at| row[at]);
            region::SHAPE
                .columns
                .iter()
                .zip(fields)
                .map(|(column, field)| (column.name, field.to_owned()))
                .collect::<Vec<_>>()
        };
        let of = |row, column| fields(row).into_iter().find(|(name, _)| *name == column).expect("a column").1;
        let row = ["Su", "a quote", "stated", "south", "Sud", "Vers le sud"];
        assert_eq!(of(row, "name"), r#"[["br","Su",""],["fr","Sud","stated"]]"#);
        assert_eq!(of(row, "strategy"), r#"[["fr","Vers le sud",""]]"#);
        assert_eq!((of(row, "quote"), of(row, "source_id")), ("a quote".to_owned(), String::new()));
        let row = ["", "", "", "south", "", ""];
        assert_eq!((of(row, "name"), of(row, "strategy")), (r#"[["br","",""]]"#.to_owned(), String::new()));
    }

    #[test]
    fn what_is_wrong_with_a_header_is_said_by_the_names_of_the_file() {
        assert_eq!(errors(&["region_id", "name_fr"]), [""; 0]);
        assert_eq!(errors(&["region_id"]), ["name_<language>: the header lacks it"]);
        assert_eq!(errors(&["name_fr"]), ["region_id: the header lacks it"]);
        assert_eq!(errors(&["region_id", "name_FR", "name_fr"]), ["name_fr: the header names it twice"]);
        assert_eq!(errors(&["region_id", "name_fr", "quote", "quote"]), ["quote: the header names it twice"]);
        let lacking = "name_br_basis: the header lacks `name_br`, whose basis it says";
        assert_eq!(errors(&["region_id", "name_fr", "name_br_basis"]), [lacking]);
        for none in ["name", "name_basis", "strategy", "name_french"] {
            assert_eq!(errors(&["region_id", "name_fr", none]), [format!(": there is no column `{none}`")]);
        }
    }
}
