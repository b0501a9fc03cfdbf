//! JSON written into bytes.

use crate::definition::leaf::Leaf;

/// Writes a text in quotation marks.
pub(crate) fn write_text(text: &str, json: &mut Vec<u8>) {
    // Most texts have nothing to escape.
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        json.push(b'"');
        json.extend_from_slice(text.as_bytes());
        json.push(b'"');
    } else {
        serde_json::to_writer(json, text).expect("a text is written into memory");
    }
}

/// Writes a value without fields.
pub(crate) fn write_leaf(leaf: &Leaf<'_>, json: &mut Vec<u8>) {
    match leaf {
        Leaf::Null => json.extend_from_slice(b"null"),
        Leaf::Text(text) | Leaf::Word(text) => write_text(text, json),
        Leaf::Int(number) => serde_json::to_writer(json, number).expect("a number is written into memory"),
        Leaf::Float(number) => serde_json::to_writer(json, number).expect("a number is written into memory"),
        Leaf::Boolean(flag) => json.extend_from_slice(if *flag { b"true" } else { b"false" }),
        Leaf::List(items) => {
            json.push(b'[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    json.push(b',');
                }
                write_leaf(item, json);
            }
            json.push(b']');
        }
        Leaf::Object(members) => {
            json.push(b'{');
            for (n, (name, leaf)) in members.iter().enumerate() {
                if n > 0 {
                    json.push(b',');
                }
                write_text(name, json);
                json.push(b':');
                write_leaf(leaf, json);
            }
            json.push(b'}');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_written_as_serde_writes_it(text in "\\PC*|[\"\\\\\u{0}-\u{1f}\u{7f}a]{0,9}") {
            let mut json = Vec::new();
            write_text(&text, &mut json);
            prop_assert_eq!(json, serde_json::to_vec(&text).expect("JSON"));
        }
    }
}
