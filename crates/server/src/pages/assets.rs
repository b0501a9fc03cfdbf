//! What pages load: the style and the icon from the binary itself, scripts from the bundle where there is one.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::web::{BundledScript, bundled_script};

/// A file that the pages load whether or not the bundle was built; its path changes with its content.
pub(crate) struct Asset {
    /// The path, from the first `/`.
    pub(crate) path: String,
    /// The media type.
    pub(crate) media_type: &'static str,
    /// The content.
    pub(crate) text: &'static str,
}

impl Asset {
    fn new(name: &str, ending: &str, media_type: &'static str, text: &'static str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Asset { path: format!("/assets/{name}-{short}.{ending}"), media_type, text }
    }
}

/// The style of all pages.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = concat!(include_str!("../../web/src/theme.css"), include_str!("../../web/src/pages/pages.css"));
    Asset::new("pages", "css", "text/css; charset=utf-8", text)
});

/// The icon.
pub(crate) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("../../web/src/favicon.svg")));

/// The script of `web/src/pages` with this name, if the bundle has it.
pub(crate) fn script(name: &str) -> Option<BundledScript> {
    bundled_script(&format!("src/pages/{name}.ts"))
}
