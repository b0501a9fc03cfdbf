//! A scan of a document's text before it is parsed: how many tokens it has, how long they are, how deep its brackets nest.
//!
//! What nests deeply takes the stack of all that walk it, long documents take a parser's time, and an unknown name is compared
//! letter by letter with those that it may have meant. This takes one pass.

/// What one pass over the text finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TextScan {
    /// How many tokens there are; commas, comments and white space are none.
    pub(crate) tokens: usize,
    /// How deep brackets of any kind nest.
    pub(crate) nesting: usize,
    /// How many letters and digits the longest name or number has.
    pub(crate) longest: usize,
    /// Where the first string begins that does not end, neither by a quotation mark nor in its line.
    pub(crate) unterminated: Option<usize>,
    /// Where the first argument or input field begins whose name no colon follows.
    pub(crate) without_colon: Option<usize>,
    /// Where commas stand that are not in a string or a comment.
    commas: Vec<usize>,
}

impl TextScan {
    /// Reads a document, strings and comments as the specification has them.
    pub(crate) fn new(document: &str) -> TextScan {
        let (mut scan, mut open) = (TextScan::default(), 0_usize);
        let mut members = MemberNames::default();
        // A block string without an end is no string, and what is in which from there on is the parser's to find out:
        // everything counts.
        let mut is_plain = false;
        let mut rest = document.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            let at = document.len() - rest.len();
            rest = after;
            // Outside of strings and comments, a byte order mark is all there may be beyond ASCII, and means nothing.
            if byte.is_ascii_graphic() && !matches!(byte, b',' | b'#') {
                scan.without_colon = scan.without_colon.or(members.read(*byte, at));
            }
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => continue,
                b',' => {
                    scan.commas.push(at);
                    continue;
                }
                b'#' if !is_plain => {
                    let end = rest.iter().position(|byte| is_line_end(*byte)).unwrap_or(rest.len());
                    rest = &rest[end..];
                    continue;
                }
                b'(' | b'[' | b'{' => {
                    open += 1;
                    scan.nesting = scan.nesting.max(open);
                }
                b')' | b']' | b'}' => open = open.saturating_sub(1),
                b'"' if !is_plain && rest.starts_with(b"\"\"") => match after_block(&rest[2..]) {
                    Some(after) => rest = after,
                    None => {
                        is_plain = true;
                        scan.unterminated.get_or_insert(at);
                    }
                },
                b'"' if !is_plain => {
                    let (after, is_terminated) = after_string(rest);
                    rest = after;
                    if !is_terminated {
                        scan.unterminated.get_or_insert(at);
                    }
                }
                b'.' => rest = rest.strip_prefix(b"..").unwrap_or(rest),
                byte if is_word(*byte) => {
                    let end = rest.iter().position(|byte| !is_word(*byte)).unwrap_or(rest.len());
                    rest = &rest[end..];
                    scan.longest = scan.longest.max(1 + end);
                }
                _ => {}
            }
            scan.tokens += 1;
        }
        scan
    }

    /// The document with a space for each comma, which means the same; none if it has no commas.
    pub(crate) fn without_commas(&self, document: &str) -> Option<String> {
        let mut text = document.to_owned();
        for at in &self.commas {
            text.replace_range(at..=at, " ");
        }
        (!self.commas.is_empty()).then_some(text)
    }
}

/// Whether each name of an argument or an input field has its colon: apollo-parser takes `a(b c)` and `a(b: { c d })`,
/// and leaves out what has no value.
#[derive(Debug, Default)]
struct MemberNames {
    /// The brackets that are open, from the first `(`: what is before it are selections, and none are within it.
    open: Vec<u8>,
    /// The first byte of the token before.
    last: u8,
    /// Where a name stands that a colon has to follow.
    name: Option<usize>,
}

impl MemberNames {
    /// Takes the next token, by its first byte and its place; gives the place of a name that this token should have followed
    /// as a colon, and does not.
    fn read(&mut self, first: u8, at: usize) -> Option<usize> {
        let name = self.name.take().filter(|_| first != b':');
        let is_word = first.is_ascii_alphabetic() || first == b'_';
        match first {
            b'(' => self.open.push(first),
            b'[' | b'{' if !self.open.is_empty() => self.open.push(first),
            b')' | b']' | b'}' => drop(self.open.pop()),
            // After these comes a value, a variable, a directive, or a type.
            _ if is_word && !matches!(self.last, b':' | b'$' | b'@' | b'=') => {
                self.name = matches!(self.open.last(), Some(b'(' | b'{')).then_some(at);
            }
            _ => {}
        }
        self.last = first;
        name
    }
}

/// Whether a byte belongs to a name or a number.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+')
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// What follows a block string whose first three quotation marks were read; `None` if it has no end.
fn after_block(mut rest: &[u8]) -> Option<&[u8]> {
    while !rest.starts_with(b"\"\"\"") {
        // Only this takes a backslash with it.
        rest = rest.strip_prefix(b"\\\"\"\"").or_else(|| rest.get(1..))?;
    }
    Some(&rest[3..])
}

/// What follows a string whose quotation mark was read, and whether another ended it; else it ends with its line.
fn after_string(mut rest: &[u8]) -> (&[u8], bool) {
    while let Some((byte, after)) = rest.split_first() {
        match byte {
            b'"' => return (after, true),
            byte if is_line_end(*byte) => return (rest, false),
            b'\\' => rest = after.get(1..).unwrap_or_default(),
            _ => rest = after,
        }
    }
    (rest, false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::TextScan;
    use crate::documents::validation::parse_document;

    #[test]
    fn tokens_and_brackets_count_where_the_parser_sees_them() {
        for (document, tokens, nesting, longest) in [
            ("{ a }", 3, 1, 1),
            ("{ a(b: [[1]]) }", 12, 4, 1),
            ("{ a(b: \"[[[[\") } # [[[[\n", 8, 2, 1),
            ("{ a(b: \"\\\"[[\") }", 8, 2, 1),
            ("{ a(b: \"\"\"[[\"[\"\"\") { c } }", 11, 2, 1),
            ("query Q($a: Int = -1) { ...F, ...F }", 16, 1, 5),
            ("{ long_name(b: \"longer text\") }", 8, 2, 9),
            ("\"", 1, 0, 0),
            ("# [[[[\r{ a(b: [1]) }", 10, 3, 1),
            ("{ a(b: \"\"\"\\\"\"\" [[\"\"\", c: [[1]]) }", 15, 4, 1),
            // None of these has an end, so that the parser takes the first two marks for a string.
            ("{ a(b: \"\"\"\\\\\"\"\", c: [[1]]) }", 22, 4, 1),
            ("{ a(b: [\"\"\" #\" [[1]]]) }", 19, 5, 1),
            ("{ a(b: \"[[\r [[1]]", 11, 4, 1),
            ("", 0, 0, 0),
        ] {
            let found = TextScan::new(document);
            assert_eq!((found.tokens, found.nesting, found.longest), (tokens, nesting, longest), "{document}");
        }
    }

    #[test]
    fn a_comma_means_nothing_wherever_it_stands() {
        for (document, plain) in [
            ("{ a,: b }", "{ a : b }"),
            ("{ a,,:,b(c,:,\",\") } # ,", "{ a  : b(c : \",\") } # ,"),
            (
                "query,Q($a,:,Int,=,1),{ a,@include,(if: true),{ b } }",
                "query Q($a : Int = 1) { a @include (if: true) { b } }",
            ),
            ("{ ...,on,T { a } ...,F } fragment,F,on,T,{ a }", "{ ... on T { a } ... F } fragment F on T { a }"),
        ] {
            assert_eq!(TextScan::new(document).without_commas(document).as_deref(), Some(plain));
            let parsed = parse_document(document).map(|document| document.to_string()).map_err(|error| error.message);
            assert_eq!(
                parsed,
                parse_document(plain).map(|document| document.to_string()).map_err(|error| error.message)
            );
            assert!(parsed.is_ok(), "{document}: {parsed:?}");
        }
        assert_eq!(TextScan::new("{ a }").without_commas("{ a }"), None);
    }

    #[test]
    fn a_member_without_a_colon_is_refused() {
        // The parser by itself leaves out what has no value.
        for (document, at) in [
            ("{ a(b: { c: D, e: 1 }, f: [G, H], i: \"x y\", j: $k) @l(m: N) { o(p: q) r } }", None),
            ("query Q($a: [T!]! = [U], $b: T = { c: D } @e(f: G), $h: T) { i { j k } }", None),
            ("{ a(b: # c\n d, e: \"\"\"f g\"\"\") ... @include(if: true) { h } i }", None),
            ("{ a(b\u{feff}: {\u{feff}c\u{feff}: D }) }", None),
            ("{ a(b) }", Some(4)),
            ("{ a(b C) }", Some(4)),
            ("{ a(b: C d) { e } }", Some(9)),
            ("{ a(b: { c }) }", Some(9)),
            ("{ a(b: { c D }) }", Some(9)),
            ("{ a(b: [{ c: 1 d\n}]) }", Some(15)),
            ("{ a(b: [], c: {} d # :\n) }", Some(17)),
            ("{ a(b: \"\" c) }", Some(10)),
            ("{ a @b(c d: 1) }", Some(7)),
            ("query ($a: T = { b C }) { d }", Some(17)),
            ("query ($a: T @b(c)) { d }", Some(16)),
        ] {
            assert_eq!(TextScan::new(document).without_colon, at, "{document}");
            let parsed = parse_document(document).map(|document| document.to_string()).map_err(|error| error.message);
            assert_eq!(parsed.is_err(), at.is_some(), "{document}: {parsed:?}");
        }
    }

    #[test]
    fn a_string_that_does_not_end_is_refused() {
        // The parser by itself takes a line's end for the first character of a string.
        for (document, at) in [
            ("{ a(b: \"x\") }", None),
            ("{ a(b: \"\"\"\n\"\"\") }", None),
            ("{ a } # \"\n", None),
            ("{ a(b: \"\nx\") }", Some(7)),
            ("{ a(b: \"\r\") }", Some(7)),
            ("{ a(b: \"\", c: \"\n\", d: \"x\n\") }", Some(14)),
            ("{ a(b: \"x", Some(7)),
            ("{ a(b: \"\"\" \") }", Some(7)),
        ] {
            assert_eq!(TextScan::new(document).unterminated, at, "{document}");
            assert_eq!(parse_document(document).is_err(), at.is_some(), "{document}");
        }
    }

    /// Lists within lists, with strings and comments between them that look like brackets.
    fn nested_lists() -> impl Strategy<Value = (String, usize)> {
        let piece = prop::sample::select(vec!["[", "]", "#", "\\\"", "\\\\", " ", "x", "{", ")"]);
        let string = prop::collection::vec(piece, 0..6).prop_map(|pieces| format!("\"{}\"", pieces.concat()));
        let piece = prop::sample::select(vec!["[", "]", "#", "\\\"\"\"", "\\", "\n", "\r", "\" ", "\"\" ", "x ", "{"]);
        let block = prop::collection::vec(piece, 0..6).prop_map(|pieces| format!("\"\"\"{} \"\"\"", pieces.concat()));
        let piece = prop::sample::select(vec!["[", "\"", "\"\"\"", "\\", "#", "x"]);
        let comment = (prop::collection::vec(piece, 0..6), prop::sample::select(vec!["\n", "\r", "\r\n"]))
            .prop_map(|(pieces, end)| format!("#{}{end}", pieces.concat()));
        let leaf = prop_oneof![string, block, comment.prop_map(|comment| format!("{comment}1"))];
        leaf.prop_map(|leaf| (leaf, 0)).prop_recursive(6, 40, 4, |inner| {
            prop::collection::vec(inner, 1..4).prop_map(|all| {
                let deepest = all.iter().map(|(_, depth)| *depth).max().unwrap_or_default();
                let texts: Vec<String> = all.into_iter().map(|(text, _)| text).collect();
                (format!("[{}]", texts.join("\t")), 1 + deepest)
            })
        })
    }

    proptest! {
        #[test]
        fn nesting_is_that_which_the_parser_sees((value, depth) in nested_lists()) {
            let document = format!("{{ a(b: {value}) }}");
            prop_assert!(parse_document(&document).is_ok(), "{document}");
            prop_assert_eq!(TextScan::new(&document).nesting, 2 + depth, "{}", document);
        }

        #[test]
        fn nothing_is_hidden_from_the_scan(pieces in prop::collection::vec(any_piece(), 0..12), end in any_piece()) {
            // Whatever stands before them, brackets that the parser sees are counted.
            let document = format!("{{ a(b: [{}{end}[[[[[[[[1]]]]]]]]]) }}", pieces.concat());
            if parse_document(&document).is_ok_and(|document| is_deep(&document)) {
                prop_assert!(TextScan::new(&document).nesting > 8, "{}", document);
            }
        }
    }

    fn any_piece() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["\"", "\"\"", "\"\"\"", "\\", "\\\"\"\"", "#", "\r", "\n", "[", "]", "x", " "])
    }

    /// Whether a value of the document nests eight deep.
    fn is_deep(document: &apollo_compiler::ast::Document) -> bool {
        // Text in strings has its brackets behind a quotation mark or a letter; of lists they follow each other.
        format!("{document:?}").matches("List(").count() > 8
    }
}
