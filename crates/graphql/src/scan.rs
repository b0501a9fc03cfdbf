//! A look at a document's text before the parser sees it: how many tokens it has, how long they are, how deep its brackets nest.
//!
//! The parser overflows its stack on values that nest deeply, and takes its time for long documents; the validation compares
//! every letter of an unknown name with those of all that it may have meant. This takes one pass.

/// What one pass over the text tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scan {
    /// How many tokens there are; commas, comments and white space are none.
    pub(crate) tokens: usize,
    /// How deep brackets of any kind nest.
    pub(crate) nesting: usize,
    /// How many letters and digits the longest name or number has.
    pub(crate) longest: usize,
}

impl Scan {
    /// Reads a document, strings and comments as the parser does.
    pub(crate) fn of(document: &str) -> Scan {
        let (mut scan, mut open) = (Scan::default(), 0_usize);
        let mut rest = document.as_bytes();
        while let Some((byte, after)) = rest.split_first() {
            rest = after;
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b',' => continue,
                b'#' => {
                    rest = skip(rest, |rest| rest.first() == Some(&b'\n'), 0);
                    continue;
                }
                b'(' | b'[' | b'{' => {
                    open += 1;
                    scan.nesting = scan.nesting.max(open);
                }
                b')' | b']' | b'}' => open = open.saturating_sub(1),
                b'"' if rest.starts_with(b"\"\"") => {
                    rest = skip(&rest[2..], |rest| rest.starts_with(b"\"\"\""), 3);
                }
                b'"' => rest = skip(rest, |rest| matches!(rest.first(), Some(b'"' | b'\n')), 1),
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
}

/// Whether a byte belongs to a name or a number.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+')
}

/// What follows the end of a string or comment; a backslash takes the next byte with it.
fn skip(mut rest: &[u8], ends: impl Fn(&[u8]) -> bool, end: usize) -> &[u8] {
    while !rest.is_empty() && !ends(rest) {
        let step = if rest[0] == b'\\' && end > 0 { 2 } else { 1 };
        rest = &rest[step.min(rest.len())..];
    }
    &rest[end.min(rest.len())..]
}

#[cfg(test)]
mod tests {
    use super::Scan;

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
            ("", 0, 0, 0),
        ] {
            assert_eq!(Scan::of(document), Scan { tokens, nesting, longest }, "{document}");
        }
    }
}
