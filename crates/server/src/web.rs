//! The pages: embedded files, compressed by the build, under a strict content security policy.

use std::{collections::BTreeMap, io::Read, iter, path::Path, sync::LazyLock};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use graphql::ErrorCode;
use include_dir::{Dir, DirEntry, include_dir};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    http::{SharedApp, accepts_encoding},
    queries,
};

/// What `build.rs` made: the bundle of `web/` or, where Node.js is missing, the plain pages.
static BUILT_PAGES: Dir<'_> = include_dir!("$OUT_DIR/web");

/// A route for each embedded file, and those of the ready-made questions and the documents.
pub(crate) fn page_routes() -> Router<SharedApp> {
    let questions = Router::new()
        .route("/playground/queries.json", get(handle_questions))
        .route("/documents.json", get(handle_documents));
    EMBEDDED_FILES.iter().fold(questions, |router, (path, file)| {
        router.route(path, get(move |headers: HeaderMap| async move { file.respond_to(&headers) }))
    })
}

/// The paths of the pages.
pub(crate) fn page_paths() -> impl Iterator<Item = &'static str> {
    iter::once("/").chain(EMBEDDED_FILES.keys().map(String::as_str).filter(|path| !path.contains('.')))
}

/// A script of the bundle, and the styles that come with it; paths from the first `/`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BundledScript {
    /// The script.
    pub(crate) script: String,
    /// The styles.
    pub(crate) styles: Vec<String>,
}

/// The script that was made of a source of `web/`; none where the bundle was not built.
pub(crate) fn bundled_script(source: &str) -> Option<BundledScript> {
    static MANIFEST: LazyLock<Value> = LazyLock::new(|| {
        let text = EMBEDDED_FILES.get("/manifest.json").and_then(EmbeddedFile::text);
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    });
    read_bundled(&MANIFEST, source)
}

/// What Vite's manifest says of a source. The styles of what it imports come with it.
fn read_bundled(manifest: &Value, source: &str) -> Option<BundledScript> {
    let script = format!("/{}", manifest[source]["file"].as_str()?);
    let (mut styles, mut seen, mut open) = (Vec::new(), vec![source.to_owned()], vec![source.to_owned()]);
    while let Some(name) = open.pop() {
        let chunk = &manifest[&name];
        let texts = |field: &str| -> Vec<String> {
            let all = chunk[field].as_array().into_iter().flatten();
            all.filter_map(|one| one.as_str().map(str::to_owned)).collect()
        };
        styles.extend(texts("css").into_iter().map(|path| format!("/{path}")));
        for import in texts("imports").into_iter().filter(|import| !seen.contains(import)).collect::<Vec<_>>() {
            seen.push(import.clone());
            open.push(import);
        }
    }
    Some(BundledScript { script, styles })
}

/// Whether the pages are the real ones, and not those that are served where Node.js was missing.
#[must_use]
pub fn has_real_pages() -> bool {
    EMBEDDED_FILES.contains_key("/schema")
}

/// The ready-made questions, with the variables that they are asked with now.
async fn handle_questions(State(app): State<SharedApp>) -> impl IntoResponse {
    let asking = app.clone();
    let all = app.run_on_workers(async move {
        let mut all = Vec::new();
        for question in queries::curated_queries() {
            let variables = asking.examples.variables_of(question, &asking.schema, &asking.backend).await;
            all.push(question.to_json(&variables));
        }
        all
    });
    json_response(&Value::from(all.await))
}

/// The documents that a request may name, each with its digest and its text.
async fn handle_documents(State(app): State<SharedApp>) -> Response {
    if !app.schema.is_open() {
        let problem = json!({ "errors": [{
            "message": "this server does not tell its documents",
            "extensions": { "code": ErrorCode::IntrospectionDisabled.as_str() },
        }] });
        return (StatusCode::FORBIDDEN, json_response(&problem)).into_response();
    }
    let about = |question: &queries::CuratedQuery| {
        let queries::CuratedQuery { title, audience, description, .. } = question;
        json!({ "title": title, "audience": audience, "description": description })
    };
    let all = app.documents.trusted_documents().map(|(name, digest, text, question)| {
        json!({ "name": name, "sha256": digest.to_string(), "text": text, "question": question.map(about) })
    });
    json_response(&all.collect()).into_response()
}

fn json_response(value: &Value) -> impl IntoResponse + use<> {
    let headers = [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, value.to_string())
}

/// A file in the encodings that were embedded.
struct EmbeddedFile {
    /// Uncompressed; missing where there are compressed forms.
    plain: Option<&'static [u8]>,
    /// Compressed by Brotli.
    br: Option<&'static [u8]>,
    /// Compressed by gzip.
    gzip: Option<&'static [u8]>,
    /// The `ETag`.
    tag: HeaderValue,
    /// The headers that do not depend on the request.
    headers: HeaderMap,
}

/// The files by the path that leads to them: `x.html` is at `/x`, all else at its own path.
static EMBEDDED_FILES: LazyLock<BTreeMap<String, EmbeddedFile>> = LazyLock::new(|| {
    let mut forms: BTreeMap<String, [Option<&'static [u8]>; 3]> = BTreeMap::new();
    let mut dirs = vec![&BUILT_PAGES];
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
                Some(page) => format!("/{page}"),
                None => format!("/{name}"),
            };
            (path, EmbeddedFile::new(&name, forms))
        })
        .collect()
});

impl EmbeddedFile {
    fn new(name: &str, [plain, br, gzip]: [Option<&'static [u8]>; 3]) -> Self {
        let digest = Sha256::digest(plain.or(br).unwrap_or_default());
        let short: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        // Weak, since all forms of a file share it.
        let tag = HeaderValue::from_str(&format!("W/\"{short}\"")).expect("hexadecimal digits");
        Self { plain, br, gzip, tag, headers: static_headers(name, plain.is_none()) }
    }

    /// The content, unpacked.
    fn text(&self) -> Option<Vec<u8>> {
        match (self.plain, self.gzip) {
            (Some(plain), _) => Some(plain.to_vec()),
            (None, Some(gzip)) => {
                let mut text = Vec::new();
                flate2::read::GzDecoder::new(gzip).read_to_end(&mut text).ok().map(|_| text)
            }
            (None, None) => None,
        }
    }

    fn respond_to(&self, request_headers: &HeaderMap) -> Response {
        let mut headers = self.headers.clone();
        headers.insert(header::ETAG, self.tag.clone());
        if matches_tag(request_headers, &self.tag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        let (encoding, body) = match (self.br, self.gzip, self.plain) {
            (Some(br), ..) if accepts_encoding(request_headers, "br") => (Some("br"), Bytes::from_static(br)),
            (_, Some(gzip), _) if accepts_encoding(request_headers, "gzip") => (Some("gzip"), Bytes::from_static(gzip)),
            (_, _, Some(plain)) => (None, Bytes::from_static(plain)),
            (_, Some(gzip), None) => {
                let mut text = Vec::new();
                if let Err(error) = flate2::read::GzDecoder::new(gzip).read_to_end(&mut text) {
                    tracing::error!(%error, "an embedded file is damaged");
                    return (StatusCode::INTERNAL_SERVER_ERROR, "the server failed; the log has the cause\n")
                        .into_response();
                }
                (None, Bytes::from(text))
            }
            (_, None, None) => return (StatusCode::NOT_ACCEPTABLE, "accept the encoding br\n").into_response(),
        };
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        (headers, body).into_response()
    }
}

/// Whether `If-None-Match` has the tag.
fn matches_tag(request_headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let known = request_headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').any(|one| one.trim().as_bytes() == tag.as_bytes())
}

/// The policy of most pages: nothing of other hosts, nothing inline, no `eval`.
const STRICT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The policy of the pages that the server writes: as strict, but their forms may ask this server.
pub(crate) const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The same for a page with a graph, which adds style elements.
pub(crate) const GRAPH_PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'";

/// The policy of pages with an editor or a graph: as strict for scripts, but both add style elements, and the editor
/// underlines errors with `data:` images.
const EDITOR_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

fn static_headers(name: &str, is_compressed: bool) -> HeaderMap {
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
    let policy = if matches!(name, "playground.html" | "schema.html") { EDITOR_POLICY } else { STRICT_POLICY };
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
    fn a_file_comes_in_the_form_that_is_asked_for_and_not_twice() {
        static GZIP: [u8; 22] = [31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 200, 4, 0, 172, 42, 147, 216, 2, 0, 0, 0];
        let file = EmbeddedFile::new("assets/x.js", [None, Some(b"br"), Some(&GZIP)]);
        let encoding = |request_headers: &HeaderMap| {
            let response = file.respond_to(request_headers);
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
    fn a_script_comes_with_the_styles_of_all_that_it_imports() {
        let manifest = json!({
            "src/pages/a.ts": { "file": "assets/a-1.js", "css": ["assets/a-1.css"], "imports": ["_b.js"] },
            "_b.js": { "file": "assets/b-1.js", "css": ["assets/b-1.css"], "imports": ["src/pages/a.ts"] },
        });
        let script = read_bundled(&manifest, "src/pages/a.ts").expect("a script");
        assert_eq!((script.script.as_str(), script.styles.len()), ("/assets/a-1.js", 2));
        assert_eq!(read_bundled(&manifest, "src/pages/c.ts"), None);
    }

    #[test]
    fn no_page_may_run_what_is_inline_or_evaluated() {
        for file in EMBEDDED_FILES.values() {
            let policy = file.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
            assert!(policy.contains("default-src 'none'; script-src 'self';"));
            assert!(!policy.contains("unsafe-eval") && !policy.contains("http"));
        }
    }
}
