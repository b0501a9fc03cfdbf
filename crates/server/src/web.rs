//! The pages that people look at: embedded files, compressed ahead, under a strict content security policy.

use std::{collections::BTreeMap, io::Read, path::Path, sync::LazyLock};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use include_dir::{Dir, DirEntry, include_dir};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{App, queries};

/// What `build.rs` made: the bundle of `web/` or, where Node.js is missing, the plain pages.
static BUILT: Dir<'_> = include_dir!("$OUT_DIR/web");

/// One route for each file there is, so that no other path leads anywhere; and the ready-made questions.
pub(crate) fn routes() -> Router<App> {
    let questions = Router::new().route("/playground/queries.json", get(questions));
    FILES.iter().fold(questions, |router, (path, file)| {
        router.route(path, get(move |headers: HeaderMap| async move { file.respond(&headers) }))
    })
}

/// Whether the pages are the real ones, and not those that are served where Node.js was missing.
#[must_use]
pub fn has_real_pages() -> bool {
    FILES.contains_key("/schema")
}

async fn questions() -> impl IntoResponse {
    let all: Vec<Value> = queries::all().iter().map(queries::Curated::to_json).collect();
    (
        [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")],
        Value::from(all).to_string(),
    )
}

/// A file, in one form or another.
struct File {
    /// As it is; missing where there are compressed forms.
    plain: Option<&'static [u8]>,
    /// Compressed by Brotli.
    br: Option<&'static [u8]>,
    /// Compressed by gzip.
    gzip: Option<&'static [u8]>,
    /// The same as long as the file is.
    tag: HeaderValue,
    /// The headers that do not depend on who asks.
    headers: HeaderMap,
}

/// The files by the path that leads to them: `x.html` is at `/x`, `index.html` at `/`, all else at its own path.
static FILES: LazyLock<BTreeMap<String, File>> = LazyLock::new(|| {
    let mut forms: BTreeMap<String, [Option<&'static [u8]>; 3]> = BTreeMap::new();
    let mut dirs = vec![&BUILT];
    while let Some(dir) = dirs.pop() {
        for entry in dir.entries() {
            match entry {
                DirEntry::Dir(dir) => dirs.push(dir),
                DirEntry::File(file) => {
                    let path = file.path().to_str().expect("names are ASCII");
                    let (name, form) = match path.rsplit_once('.') {
                        Some((name, "br")) => (name, 1),
                        Some((name, "gz")) => (name, 2),
                        _ => (path, 0),
                    };
                    forms.entry(name.to_owned()).or_default()[form] = Some(file.contents());
                }
            }
        }
    }
    forms
        .into_iter()
        .map(|(name, forms)| {
            let path = match name.strip_suffix(".html") {
                Some("index") => "/".to_owned(),
                Some(page) => format!("/{page}"),
                None => format!("/{name}"),
            };
            (path, File::new(&name, forms))
        })
        .collect()
});

impl File {
    fn new(name: &str, [plain, br, gzip]: [Option<&'static [u8]>; 3]) -> Self {
        let digest = Sha256::digest(plain.or(br).unwrap_or_default());
        let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        // Weak, since all forms of a file share it.
        let tag = HeaderValue::from_str(&format!("W/\"{short}\"")).expect("hexadecimal digits");
        Self { plain, br, gzip, tag, headers: headers(name, plain.is_none()) }
    }

    fn respond(&self, asked: &HeaderMap) -> Response {
        let mut headers = self.headers.clone();
        headers.insert(header::ETAG, self.tag.clone());
        if is_known(asked, &self.tag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let (encoding, body) = match (self.br, self.gzip, self.plain) {
            (Some(br), ..) if takes(asked, "br") => (Some("br"), Bytes::from_static(br)),
            (_, Some(gzip), _) if takes(asked, "gzip") => (Some("gzip"), Bytes::from_static(gzip)),
            (_, _, Some(plain)) => (None, Bytes::from_static(plain)),
            (_, Some(gzip), None) => {
                let mut text = Vec::new();
                if let Err(error) = flate2::read::GzDecoder::new(gzip).read_to_end(&mut text) {
                    tracing::error!(%error, "an embedded file is damaged");
                    return StatusCode::INTERNAL_SERVER_ERROR.into_response();
                }
                (None, Bytes::from(text))
            }
            (_, None, None) => return StatusCode::NOT_ACCEPTABLE.into_response(),
        };
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        (headers, body).into_response()
    }
}

/// Whether the asker has the file already.
fn is_known(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').any(|one| one.trim().as_bytes() == tag.as_bytes())
}

/// Whether the asker takes an encoding; a weight of zero says no.
pub(crate) fn takes(asked: &HeaderMap, encoding: &str) -> bool {
    asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|all| all.split(','))
        .any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
            name.trim().eq_ignore_ascii_case(encoding) && weight.unwrap_or(1.0) > 0.0
        })
}

/// Nothing from elsewhere, nothing inline, nothing evaluated.
const STRICT: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// As strict for scripts; but the editor and the pictures write style elements, and the editor draws squiggles as `data:` images.
const DRAWING: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn headers(name: &str, is_compressed: bool) -> HeaderMap {
    let kind = match Path::new(name).extension().and_then(|ending| ending.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json; charset=utf-8",
        Some("ttf") => "font/ttf",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    // Vite puts a digest of the content into the name of all that lies in `assets`.
    let lasts = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let policy = if matches!(name, "playground.html" | "schema.html") { DRAWING } else { STRICT };
    let mut all = vec![
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, lasts),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    if is_compressed {
        all.push((header::VARY, "accept-encoding"));
    }
    all.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn an_encoding_is_taken_if_it_is_named_and_its_weight_is_not_zero() {
        let asked = asking(&[(header::ACCEPT_ENCODING, "gzip;q=0, BR ; q=0.5, deflate")]);
        assert!(takes(&asked, "br"));
        assert!(!takes(&asked, "gzip"));
        assert!(!takes(&HeaderMap::new(), "br"));
    }

    #[test]
    fn a_file_comes_in_the_form_that_is_asked_for_and_not_twice() {
        static GZIP: [u8; 22] = [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 200, 4, 0, 172, 42, 147, 216, 2, 0, 0, 0];
        let file = File::new("assets/x.js", [None, Some(b"br"), Some(&GZIP)]);
        let encoding = |asked: &HeaderMap| {
            let response = file.respond(asked);
            assert_eq!(response.headers()[header::VARY], "accept-encoding");
            assert!(response.headers()[header::CACHE_CONTROL].to_str().expect("text").contains("immutable"));
            let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
            (response.status(), encoding.map(|value| value.to_str().expect("text").to_owned()))
        };
        assert_eq!(encoding(&asking(&[(header::ACCEPT_ENCODING, "gzip, br")])), (StatusCode::OK, Some("br".into())));
        assert_eq!(encoding(&asking(&[(header::ACCEPT_ENCODING, "gzip")])), (StatusCode::OK, Some("gzip".into())));
        assert_eq!(encoding(&HeaderMap::new()), (StatusCode::OK, None));
        let mut known = HeaderMap::new();
        known.insert(header::IF_NONE_MATCH, file.tag.clone());
        assert_eq!(encoding(&known), (StatusCode::NOT_MODIFIED, None));
    }

    #[test]
    fn no_page_may_run_what_is_inline_or_evaluated() {
        for file in FILES.values() {
            let policy = file.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
            assert!(policy.contains("default-src 'none'; script-src 'self';"));
            assert!(!policy.contains("unsafe-eval") && !policy.contains("http"));
        }
    }
}
