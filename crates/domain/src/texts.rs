//! Texts in several languages: what a record says in each, and which of them a reader gets.
//!
//! A file has a column for each language, `name_fr`, and one for why that text is believed, `name_fr_basis`. In storage,
//! and in a row whose fields stand in the order of a shape's columns, all of them are one field ([`Texts::encode`]).

use std::borrow::Cow;

use crate::{
    alias::{Alias, NameKind},
    column::{Column, ColumnType},
    record::{FieldError, Shape},
    text::{LanguageTag, TextBasis},
    value::check_text,
};

/// A text in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its language, a BCP 47 tag.
    pub language: String,
    /// What it says; empty where only the basis is recorded, such as that nobody knows the name.
    pub text: String,
    /// Why we believe it.
    pub basis: Option<TextBasis>,
}

/// A text in some languages, that of the map itself first: the order of the columns of its file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts(Vec<Text>);

/// What a file says in the columns of one language: the language, the text, and the word for its basis.
pub type Written<'a> = (&'a str, &'a str, &'a str);

/// A text chosen for a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenText<'a> {
    /// The text, its language and its basis.
    pub text: &'a Text,
    /// Whether there is none in a language that was asked for.
    pub is_fallback: bool,
}

impl Texts {
    /// A text in one language.
    #[must_use]
    pub fn single(language: &str, text: String) -> Self {
        Texts(vec![Text { language: language.to_owned(), text, basis: None }])
    }

    /// The texts, that of the map's own language first.
    pub fn iter(&self) -> impl Iterator<Item = &Text> {
        self.0.iter().filter(|text| !text.text.is_empty())
    }

    /// The first of them.
    #[must_use]
    pub fn first(&self) -> Option<&Text> {
        self.iter().next()
    }

    /// Whether nothing is recorded: neither a text in any language, nor why there is none.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.is_empty()
    }

    /// The text for a reader who wants these languages, the best first; the first on record if there is none in them, or
    /// none is asked for.
    #[must_use]
    pub fn choose(&self, wanted: &[LanguageTag]) -> Option<ChosenText<'_>> {
        let asked = wanted.iter().find_map(|tag| self.iter().find(|text| tag.accepts(&text.language)));
        let chosen = asked.map(|text| ChosenText { text, is_fallback: false });
        chosen.or_else(|| Some(ChosenText { text: self.first()?, is_fallback: !wanted.is_empty() }))
    }

    /// The texts as one field.
    #[must_use]
    pub fn encode(&self) -> String {
        let basis = |text: &Text| text.basis.map_or("", TextBasis::word);
        let written: Vec<Written<'_>> =
            self.0.iter().map(|text| (text.language.as_str(), text.text.as_str(), basis(text))).collect();
        encode_written(&written)
    }

    /// Reads what [`Texts::encode`] wrote; `None` if it is something else.
    #[must_use]
    pub fn decode(field: &str) -> Option<Self> {
        let read = |language: &str, text: &str, basis: &str| {
            let basis = if basis.is_empty() { None } else { Some(TextBasis::parse(basis)?) };
            Some(Text { language: language.to_owned(), text: text.to_owned(), basis })
        };
        if let Some(texts) = parse_unescaped(field, read) {
            return Some(Texts(texts));
        }
        let written = parse_written(field)?;
        written.iter().map(|(language, text, basis)| read(language, text, basis)).collect::<Option<_>>().map(Texts)
    }

    /// Reads the field of a column as a file has it, given what else is wrong with its row.
    pub(crate) fn parse(column: &Column, field: &str, wrong: &mut Vec<FieldError>) -> Self {
        let mut texts = Vec::new();
        for (language, text, word) in decode_written(field) {
            let mut refuse = |column: String, (kind, problem)| {
                wrong.push(FieldError { column: column.into(), kind, problem });
            };
            let [of_text, of_basis] = [column_of_text, column_of_basis].map(|name| name(column.name, &language));
            if let Err(error) = check_text(&text, column.column_type.max_chars()) {
                refuse(of_text, error);
                continue;
            }
            let basis = TextBasis::parse(&word);
            if basis.is_none() && !word.is_empty() {
                let problem = format!("`{word}` is not one of: {}", TextBasis::WORDS.join(", "));
                refuse(of_basis, ("not_a_word", problem));
            } else if !text.is_empty() || basis.is_some() {
                texts.push(Text { language: language.into_owned(), text: text.into_owned(), basis });
            }
        }
        Texts(texts)
    }
}

/// What a field says in the columns of one language, as in [`Written`].
pub type WrittenField<'a> = (Cow<'a, str>, Cow<'a, str>, Cow<'a, str>);

/// What a file says in the columns of some languages, as one field.
#[must_use]
pub fn encode_written(written: &[Written<'_>]) -> String {
    serde_json::to_string(written).expect("texts are JSON")
}

/// What a field says in the columns of each language, in their order.
#[must_use]
pub fn decode_written(field: &str) -> Vec<WrittenField<'_>> {
    parse_written(field).unwrap_or_default()
}

fn parse_written(field: &str) -> Option<Vec<WrittenField<'_>>> {
    if field.is_empty() {
        return None;
    }
    if let Some(said) =
        parse_unescaped(field, |language, text, basis| Some((language.into(), text.into(), basis.into())))
    {
        return Some(said);
    }
    let said: Vec<(String, String, String)> = serde_json::from_str(field).ok()?;
    Some(said.into_iter().map(|(language, text, basis)| (language.into(), text.into(), basis.into())).collect())
}

/// What is made of each language's fields where nothing is escaped, as almost nowhere; `None` if something is, or nothing
/// can be made of them.
///
/// Names are read more often than anything else, and JSON that may have any form takes three times as long.
fn parse_unescaped<'a, T>(
    field: &'a str,
    mut read: impl FnMut(&'a str, &'a str, &'a str) -> Option<T>,
) -> Option<Vec<T>> {
    if field.contains('\\') {
        return None;
    }
    // Most have two languages.
    let mut said = Vec::with_capacity(2);
    let mut rest = field.strip_prefix('[')?;
    loop {
        let (language, after) = rest.strip_prefix("[\"")?.split_once('"')?;
        let (text, after) = after.strip_prefix(",\"")?.split_once('"')?;
        let (basis, after) = after.strip_prefix(",\"")?.split_once('"')?;
        said.push(read(language, text, basis)?);
        match after.strip_prefix(']')? {
            "]" => return Some(said),
            more => rest = more.strip_prefix(',')?,
        }
    }
}

/// The column of a file that has the text of a column of its shape in a language.
#[must_use]
pub fn column_of_text(column: &str, language: &str) -> String {
    format!("{column}_{language}")
}

/// The column of a file that says why that text is believed.
#[must_use]
pub fn column_of_basis(column: &str, language: &str) -> String {
    format!("{column}_{language}_basis")
}

/// What a column of a file has of a text in several languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextColumn {
    /// The place of the shape's column.
    pub column: usize,
    /// The language.
    pub language: LanguageTag,
    /// Whether it says why the text is believed; else it has the text.
    pub is_basis: bool,
}

impl Shape {
    /// What a column of this name has in the file, if it is one of a language.
    #[must_use]
    pub fn text_column(&self, name: &str) -> Option<TextColumn> {
        self.columns.iter().enumerate().filter(|(_, column)| column.column_type.is_texts()).find_map(|(at, column)| {
            let rest = name.strip_prefix(column.name)?.strip_prefix('_')?;
            let (tag, is_basis) = match rest.strip_suffix("_basis") {
                Some(tag) => (tag, true),
                None => (rest, false),
            };
            // All languages have two letters or three (ISO 639); longer first parts are well formed, and mean nothing.
            let is_language = matches!(tag.find('-').unwrap_or(tag.len()), 2 | 3);
            let language = LanguageTag::parse(tag).ok().filter(|_| is_language)?;
            Some(TextColumn { column: at, language, is_basis })
        })
    }

    /// What a row says in a column of this name, given its fields in the order of the columns; `None` where it is blank, or
    /// there is no such column.
    #[must_use]
    pub fn written_field(&self, fields: &[String], name: &str) -> Option<String> {
        let written = match (self.index(name), self.text_column(name)) {
            (Some(at), _) => fields.get(at)?.clone(),
            (_, Some(TextColumn { column, language, is_basis: false })) => {
                let texts = decode_written(fields.get(column)?);
                let text = texts.into_iter().find(|(of, ..)| of.as_ref() == language.as_str());
                text.map(|(_, text, _)| text.into_owned()).unwrap_or_default()
            }
            _ => String::new(),
        };
        (!written.is_empty()).then_some(written)
    }
}

impl ColumnType {
    /// Whether it is a text in several languages.
    #[must_use]
    pub const fn is_texts(self) -> bool {
        matches!(self, ColumnType::Names | ColumnType::Texts)
    }
}

/// A name chosen for a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenName<'a> {
    /// The name.
    pub text: &'a str,
    /// The language it is in.
    pub language: &'a str,
    /// What kind of name it is.
    pub kind: NameKind,
    /// Why we believe it.
    pub basis: Option<TextBasis>,
    /// Whether no name in a language that was asked for is recorded.
    pub is_fallback: bool,
}

/// How good a name is; of several in one language the best is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// What it calls itself, or its own record does.
    Own,
    /// What a source calls it.
    Source,
    /// What a translator or a machine made of its name.
    Translation,
    /// A guess.
    Unknown,
}

impl ChosenName<'_> {
    /// How good the name is, where it stands in the noun's own record.
    fn in_record(&self) -> Standing {
        match self.basis {
            None | Some(TextBasis::Stated | TextBasis::CommonKnowledge) => Standing::Own,
            Some(TextBasis::Source | TextBasis::Inferred) => Standing::Source,
            Some(TextBasis::Translation) => Standing::Translation,
            Some(TextBasis::Unknown) => Standing::Unknown,
        }
    }

    /// How good the name is, where it is an alias; `None` if it is no name to call the noun by.
    fn as_alias(&self) -> Option<Standing> {
        match (self.kind, self.basis) {
            (NameKind::Former | NameKind::Short, _) => None,
            (_, Some(TextBasis::Unknown)) => Some(Standing::Unknown),
            (NameKind::MachineTranslation, _) | (_, Some(TextBasis::Translation)) => Some(Standing::Translation),
            (NameKind::Official | NameKind::OfficialEnglish, _) => Some(Standing::Own),
            (NameKind::SecondName | NameKind::Variant, _) => Some(Standing::Source),
        }
    }
}

/// The names of a noun, which its aliases may better.
impl Texts {
    /// The official names on record, that in the map's own language first.
    pub fn official_names(&self) -> impl Iterator<Item = ChosenName<'_>> {
        self.iter().map(|Text { language, text, basis }| ChosenName {
            text,
            language,
            kind: NameKind::Official,
            basis: *basis,
            is_fallback: false,
        })
    }

    /// The name for a reader who wants these languages, if no alias can be better.
    #[must_use]
    pub fn settled_name(&self, wanted: &[LanguageTag]) -> Option<ChosenName<'_>> {
        let mut names = self.official_names();
        match wanted.first() {
            None => names.next(),
            Some(tag) => names.find(|name| tag.accepts(name.language) && name.in_record() == Standing::Own),
        }
    }

    /// The name for a reader who wants these languages, the best first; with none, the first on record.
    ///
    /// Of several names in one language what it calls itself comes before what a source calls it, and both before a
    /// translation; of those alike the one in its own record, and then the first alias. The text is empty only if no
    /// name is on record at all, which no noun of the data set may be.
    #[must_use]
    pub fn choose_name<'a>(&'a self, aliases: &'a [Alias], wanted: &[LanguageTag]) -> ChosenName<'a> {
        let own = self.official_names().map(|name| (name.in_record(), name));
        let others = aliases.iter().filter_map(|alias| {
            let Alias { text, language, kind, basis, .. } = alias;
            let name = ChosenName { text, language, kind: *kind, basis: *basis, is_fallback: false };
            Some((name.as_alias()?, name))
        });
        let names: Vec<(Standing, ChosenName<'a>)> = own.chain(others).collect();
        let best = |tag: &LanguageTag| {
            let spoken = names.iter().filter(|(_, name)| tag.accepts(name.language));
            spoken.min_by_key(|(standing, _)| *standing).map(|(_, name)| *name)
        };
        wanted
            .iter()
            .find_map(best)
            .or_else(|| {
                let own = self.first()?;
                let spoken = names.iter().filter(|(_, name)| name.language == own.language);
                let name = spoken.min_by_key(|(standing, _)| *standing).map(|(_, name)| *name)?;
                Some(ChosenName { is_fallback: !wanted.is_empty(), ..name })
            })
            .unwrap_or(ChosenName {
                text: "",
                language: "und",
                kind: NameKind::Official,
                basis: None,
                is_fallback: true,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{campus, region};

    fn tag(text: &str) -> LanguageTag {
        LanguageTag::parse(text).expect("well formed")
    }

    fn texts(of: &[(&str, &str, Option<TextBasis>)]) -> Texts {
        let text = |(language, text, basis): &(&str, &str, _)| Text {
            language: (*language).to_owned(),
            text: (*text).to_owned(),
            basis: *basis,
        };
        Texts(of.iter().map(text).collect())
    }

    #[test]
    fn what_was_written_is_read_again_whatever_has_to_be_escaped() {
        let said = ["", "名", "a \"b\"", "[\"", "\",\"", "\"]", "\\", "\u{1f}\n", "],["];
        for text in said {
            for other in said {
                let written = [("zh", text, "own"), ("en", other, "")];
                let field = encode_written(&written);
                let read = decode_written(&field).into_iter();
                let read: Vec<_> = read.map(|(one, two, three)| [one, two, three].map(Cow::into_owned)).collect();
                assert_eq!(read, written.map(|(one, two, three)| [one, two, three].map(str::to_owned)));
            }
        }
        for wrong in ["", "[", "[]x", "[[\"zh\",\"a\"]]", "[[\"zh\",\"a\",\"\"],]", "[[\"zh\",\"a\",\"\"]", "zh"] {
            assert_eq!(Texts::decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_reader_gets_the_language_asked_for_or_a_visible_fallback() {
        let names = texts(&[("br", "Skol an Heol", None), ("fr", "École de la Rue", None)]);
        assert_eq!(names.choose_name(&[], &[]).text, "Skol an Heol");
        assert_eq!(names.choose_name(&[], &[tag("fr-CA")]).text, "École de la Rue");
        assert_eq!(names.choose_name(&[], &[tag("ko"), tag("fr")]).text, "École de la Rue");
        let korean = names.choose_name(&[], &[tag("ko")]);
        assert!(korean.is_fallback && korean.text == "Skol an Heol");
        let of = |wanted: &[LanguageTag]| names.choose(wanted).map(|it| (it.text.language.clone(), it.is_fallback));
        assert_eq!(of(&[]), Some(("br".to_owned(), false)));
        assert_eq!(of(&[tag("fr-CA")]), Some(("fr".to_owned(), false)));
        assert_eq!(of(&[tag("ko")]), Some(("br".to_owned(), true)));
        assert_eq!(Texts::default().choose(&[]), None);
    }

    /// An alias in English.
    fn alias(text: &str, kind: NameKind, basis: Option<TextBasis>) -> Alias {
        let (text, language) = (text.to_owned(), "en".to_owned());
        Alias { id: 1, text, language, kind, basis, since: None, until: None, validity: crate::Validity::ALWAYS }
    }

    #[test]
    fn what_it_calls_itself_comes_before_a_source_and_that_before_a_translation() {
        use NameKind::{Former, MachineTranslation, Official, OfficialEnglish, Short, Variant};
        use TextBasis::{CommonKnowledge, Source, Stated, Translation};
        let own = alias("own", OfficialEnglish, Some(CommonKnowledge));
        let variant = alias("variant", Variant, Some(Source));
        let machine = alias("machine", MachineTranslation, Some(Source));
        let ours = alias("ours", Official, Some(Translation));
        let (former, short) = (alias("former", Former, Some(Stated)), alias("short", Short, Some(Source)));
        for (basis, aliases, chosen) in [
            (Some(Source), vec![&machine, &variant, &own], "own"),
            (Some(Translation), vec![&machine, &variant, &own], "own"),
            (Some(Translation), vec![&machine, &variant], "variant"),
            (Some(Translation), vec![&machine, &ours, &former, &short], "column"),
            (Some(Source), vec![&variant], "column"),
            (Some(Stated), vec![&own], "column"),
            (None, vec![&own], "column"),
        ] {
            let names = texts(&[("en", "column", basis)]);
            let (aliases, wanted) = (aliases.into_iter().cloned().collect::<Vec<_>>(), [tag("en")]);
            assert_eq!(names.choose_name(&aliases, &wanted).text, chosen, "{basis:?} {aliases:?}");
            let settled = names.settled_name(&wanted);
            assert!(settled.is_none_or(|name| name.text == chosen), "{basis:?}: no alias was asked");
        }
        let nameless = texts(&[("hi", "विद्यालय", None)]);
        let found = nameless.choose_name(std::slice::from_ref(&machine), &[tag("en")]);
        assert_eq!((found.text, found.kind, found.is_fallback), ("machine", MachineTranslation, false));
        assert!(nameless.choose_name(&[former, short], &[tag("en")]).is_fallback);
    }

    #[test]
    fn texts_come_back_from_a_field() {
        let names = texts(&[("fr", "L'école \"A\"", Some(TextBasis::Stated)), ("br", "Skol", None)]);
        assert_eq!(Texts::decode(&names.encode()), Some(names));
        for wrong in ["", "{}", "[1]", r#"[["fr","École"]]"#, r#"[["fr","École","hearsay"]]"#] {
            assert_eq!(Texts::decode(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_column_of_a_file_may_be_one_of_any_language() {
        let of = |shape: &Shape, name: &str| {
            let found = shape.text_column(name)?;
            Some((shape.columns[found.column].name, found.language.as_str().to_owned(), found.is_basis))
        };
        assert_eq!(of(&region::SHAPE, "name_br"), Some(("name", "br".to_owned(), false)));
        assert_eq!(of(&region::SHAPE, "name_zh-hant_basis"), Some(("name", "zh-Hant".to_owned(), true)));
        assert_eq!(of(&region::SHAPE, "strategy_hi"), Some(("strategy", "hi".to_owned(), false)));
        for none in ["name", "name_", "name_basis", "name_zh_TW", "name_french", "names_fr", "title_fr"] {
            assert_eq!(of(&region::SHAPE, none), None, "{none}");
        }
        assert_eq!(of(&campus::SHAPE, "address_confidence"), None);
    }
}
