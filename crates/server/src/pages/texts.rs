//! What the pages say, in each language that `texts/` has a file of: another file is another language.

use std::{collections::BTreeMap, sync::LazyLock};

use domain::LanguageTag;
use include_dir::{Dir, include_dir};
use serde_json::Value;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/texts");

/// The texts of a language.
#[derive(Debug)]
pub(crate) struct Texts {
    /// The language, which is the name of the file.
    pub(crate) language: &'static str,
    texts: BTreeMap<String, String>,
}

/// The language of those who ask for none that there is.
const DEFAULT_LANGUAGE: &str = "en";

static ALL: LazyLock<Vec<Texts>> = LazyLock::new(|| {
    let mut all: Vec<Texts> = FILES
        .files()
        .map(|file| {
            let language = file.path().file_stem().and_then(|stem| stem.to_str()).expect("a file is a language");
            let text = file.contents_utf8().expect("texts are UTF-8");
            let value: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("texts/{language}: {error}"));
            let mut texts = BTreeMap::new();
            flatten(&value, String::new(), &mut texts);
            Texts { language, texts }
        })
        .collect();
    all.sort_by_key(|texts| (texts.language != DEFAULT_LANGUAGE, texts.language));
    all
});

/// Puts the texts below a value in, each under the path to it.
fn flatten(value: &Value, path: String, texts: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, below) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(below, path, texts);
            }
        }
        other => {
            texts.insert(path, other.as_str().unwrap_or_default().to_owned());
        }
    }
}

impl Texts {
    /// The texts of all languages, the default first.
    pub(crate) fn all() -> &'static [Texts] {
        &ALL
    }

    /// The texts for a reader: in the language that the address names, else the best of those accepted.
    pub(crate) fn choose(named: Option<&str>, accepted: &[LanguageTag]) -> &'static Texts {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let wanted = named.into_iter().chain(accepted.iter().map(LanguageTag::as_str));
        let found = wanted.into_iter().find_map(|tag| {
            let exact = ALL.iter().find(|texts| texts.language.eq_ignore_ascii_case(tag));
            exact.or_else(|| ALL.iter().find(|texts| primary(texts.language) == primary(tag)))
        });
        found.unwrap_or(&ALL[0])
    }

    /// The text of a key.
    pub(crate) fn say(&self, key: &str) -> &str {
        self.find(key).unwrap_or_else(|| {
            debug_assert!(false, "no text `{key}` in `{}`", self.language);
            "\u{2013}"
        })
    }

    /// The text of a key, if it has one.
    pub(crate) fn find(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// The keys that begin so.
    #[cfg(test)]
    pub(crate) fn keys_of(&self, start: &str) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str).filter(move |key| key.starts_with(start))
    }

    /// The text of a key, with what it leaves open as `{name}`.
    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.say(key).to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// A count in words: the text `KEY.one` or `KEY.many`, in which `{n}` is the number.
    pub(crate) fn count(&self, key: &str, n: i64) -> String {
        let form = if n == 1 { "one" } else { "many" };
        self.fill(&format!("{key}.{form}"), &[("n", &self.number(n))])
    }

    /// A number with its thousands apart.
    pub(crate) fn number(&self, n: i64) -> String {
        let digits = n.unsigned_abs().to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(self.say("number.thousands"));
            }
            text.push(digit);
        }
        if n < 0 { format!("\u{2212}{text}") } else { text }
    }

    /// A date as precise as it is stated; what has another form stays as it is.
    pub(crate) fn date(&self, text: &str) -> String {
        let parts: Vec<&str> = text.split('-').collect();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !parts.iter().all(is_number) || parts[0].len() != 4 {
            return text.to_owned();
        }
        let plain = |part: &str| part.trim_start_matches('0').to_owned();
        let month = |part: &str| self.find(&format!("date.months.{part}")).map(str::to_owned);
        match parts[..] {
            [year] => self.fill("date.year", &[("year", year)]),
            [year, m] => match month(m) {
                Some(month) => self.fill("date.month", &[("year", year), ("month", &month)]),
                None => text.to_owned(),
            },
            [year, m, d] => match month(m) {
                Some(month) => self.fill("date.day", &[("year", year), ("month", &month), ("day", &plain(d))]),
                None => text.to_owned(),
            },
            _ => text.to_owned(),
        }
    }

    /// A word of a vocabulary of the API.
    pub(crate) fn word(&self, vocabulary: &str, value: &str) -> String {
        let found = self.find(&format!("word.{vocabulary}.{value}")).map(str::to_owned);
        found.unwrap_or_else(|| value.to_lowercase().replace('_', " "))
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn keys(texts: &Texts) -> BTreeSet<&str> {
        texts.texts.keys().map(String::as_str).collect()
    }

    /// The groups whose keys are made of names of the schema, of the data set or of pages, which tests of others hold
    /// against them.
    const MADE: [&str; 8] = ["word.", "field.", "kind.", "fact.", "column.", "rule.", "date.months.", "front.way."];

    #[test]
    fn every_language_says_everything_and_leaves_the_same_places_open() {
        let places = |text: &str| -> BTreeSet<String> {
            text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name.to_owned()).collect()
        };
        let first = &Texts::all()[0];
        assert!(Texts::all().len() > 1 && first.language == DEFAULT_LANGUAGE);
        for texts in &Texts::all()[1..] {
            assert_eq!(keys(texts), keys(first), "{}", texts.language);
            for (key, text) in &texts.texts {
                assert!(!text.is_empty() || key == "number.thousands", "{}: {key}", texts.language);
                // A language may do without the number of one.
                if !key.ends_with(".one") {
                    assert_eq!(places(text), places(&first.texts[key]), "{}: {key}", texts.language);
                }
            }
        }
    }

    #[test]
    fn every_text_is_said_somewhere() {
        let mut code = String::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut dirs = vec![root.join("src/pages"), root.join("src/http"), root.join("web/src/pages")];
        while let Some(dir) = dirs.pop() {
            for entry in fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path()) {
                match entry.is_dir() {
                    true => dirs.push(entry),
                    false => code.push_str(&fs::read_to_string(entry).expect("UTF-8")),
                }
            }
        }
        code.push_str(&fs::read_to_string(root.join("src/pages.rs")).expect("UTF-8"));
        let is_said = |key: &str| {
            let stem = key.strip_suffix(".one").or_else(|| key.strip_suffix(".many")).unwrap_or(key);
            code.contains(&format!("\"{key}\"")) || code.contains(&format!("\"{stem}\""))
        };
        let is_made = |key: &str| MADE.iter().any(|group| key.starts_with(group));
        let unsaid: Vec<_> = Texts::all()[0].texts.keys().filter(|key| !is_made(key) && !is_said(key)).collect();
        assert!(unsaid.is_empty(), "{unsaid:?}");
    }

    #[test]
    fn dates_are_as_precise_as_they_are_stated() {
        let english = &Texts::all()[0];
        let said = ["2024-09-02", "2024-09", "2024", "autumn 2024", "0800-13-01"].map(|text| english.date(text));
        assert_eq!(said, ["2 September 2024", "September 2024", "2024", "autumn 2024", "0800-13-01"]);
        assert_eq!([0, 999, 1000, -1_234_567].map(|n| english.number(n)), ["0", "999", "1,000", "\u{2212}1,234,567"]);
    }

    #[test]
    fn the_address_comes_before_the_headers_and_the_first_language_that_there_is_counts() {
        let tags = |text: &str| -> Vec<_> { text.split(' ').filter_map(|tag| LanguageTag::parse(tag).ok()).collect() };
        let other = Texts::all()[1].language;
        assert_eq!(Texts::choose(None, &tags("fr en")).language, "en");
        assert_eq!(Texts::choose(Some(other), &tags("en")).language, other);
        assert_eq!(Texts::choose(None, &tags(&format!("fr {other}-Latn en"))).language, other);
        assert_eq!(Texts::choose(Some("xx"), &[]).language, "en");
    }
}
