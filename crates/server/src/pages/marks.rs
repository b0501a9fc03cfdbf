//! The shapes and colors of the nouns, the same as in the playground's pictures: a shape beside each color.

use std::{collections::BTreeMap, sync::LazyLock};

use maud::{Markup, html};
use serde_json::Value;

/// How a kind looks: its color, and its shape in a box of 20 by 20.
struct Look {
    color: String,
    path: String,
}

static LOOKS: LazyLock<BTreeMap<String, Look>> = LazyLock::new(|| {
    let looks: Value = serde_json::from_str(include_str!("../../web/src/looks.json")).expect("looks are JSON");
    let text = |look: &Value, name: &str| look[name].as_str().unwrap_or_default().to_owned();
    let all = looks.as_object().into_iter().flatten();
    all.map(|(kind, look)| (kind.clone(), Look { color: text(look, "color"), path: text(look, "path") })).collect()
});

/// Whether a type has a look of its own, as those have that pictures show most.
pub(crate) fn has_look(type_name: &str) -> bool {
    LOOKS.contains_key(type_name)
}

/// The mark of a type. It says nothing that does not stand beside it in words.
pub(crate) fn mark(type_name: &str) -> Markup {
    let look = LOOKS.get(type_name).unwrap_or_else(|| &LOOKS["Other"]);
    html! {
        svg.mark viewBox="0 0 20 20" width="14" height="14" aria-hidden="true" focusable="false" {
            path d=(look.path) fill=(look.color) {}
        }
    }
}
