//! The encoding of a response: the one with the highest weight in `Accept-Encoding` and, of equal ones, the one that
//! most clients can decode.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    middleware::Next,
    response::IntoResponse,
};

/// The encodings that are written; of those with equal weight, the first.
///
/// Many clients pass on an `Accept-Encoding` that names zstd and cannot decode it; Node.js 20 is one.
const ENCODINGS: [&str; 4] = ["br", "gzip", "zstd", "identity"];

/// Reduces `Accept-Encoding` to the encoding that is used: the compression layer has an order of its own.
pub(crate) async fn negotiate_encoding(mut request: Request, next: Next) -> Response<axum::body::Body> {
    let Some(encoding) = preferred_encoding(request.headers()) else {
        let problem = format!("accept one of the encodings {}\n", ENCODINGS.join(", "));
        return (StatusCode::NOT_ACCEPTABLE, problem).into_response();
    };
    request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding));
    next.run(request).await
}

/// The encoding to use; `None` if the client accepts none of them.
fn preferred_encoding(headers: &HeaderMap) -> Option<&'static str> {
    let weighed = ENCODINGS.iter().rev().filter_map(|name| Some((*name, encoding_weight(headers, name)?)));
    let named = weighed.filter(|(_, weight)| *weight > 0.0).max_by(|one, other| one.1.total_cmp(&other.1));
    let rest = encoding_weight(headers, "*");
    let excludes = |name| encoding_weight(headers, name).or(rest) == Some(0.0);
    match named {
        Some((name, _)) => Some(name),
        None if !excludes("identity") => Some("identity"),
        // `identity` is excluded, and `*` is not.
        None => ["gzip", "br", "zstd"].into_iter().find(|name| rest.is_some() && !excludes(name)),
    }
}

/// Whether `Accept-Encoding` names an encoding with a weight above zero.
pub(crate) fn accepts_encoding(headers: &HeaderMap, encoding: &str) -> bool {
    encoding_weight(headers, encoding).is_some_and(|weight| weight > 0.0)
}

/// The weight of an encoding in `Accept-Encoding`; `None` if it is not named, or malformed.
fn encoding_weight(headers: &HeaderMap, encoding: &str) -> Option<f32> {
    let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).find_map(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let (name, weight) = (name.trim().to_ascii_lowercase(), weight.trim().to_ascii_lowercase());
        let is_same = name == encoding || (name == "x-gzip" && encoding == "gzip");
        let weight = weight.strip_prefix("q=")?.parse().ok()?;
        (is_same && (0.0..=1.0).contains(&weight)).then_some(weight)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(accept: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accept))])
    }

    #[test]
    fn brotli_goes_before_gzip_and_gzip_before_zstd_unless_weights_say_otherwise() {
        for (accept, encoding) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("zstd, gzip", Some("gzip")),
            ("X-GZIP", Some("gzip")),
            ("zstd", Some("zstd")),
            ("zstd, br;q=0.9, gzip;q=0.8", Some("zstd")),
            ("br;q=0.5, gzip;Q=0.8, zstd;q=0.8", Some("gzip")),
            ("br;q=0, zstd;q=0.1", Some("zstd")),
            ("identity, br;q=0.5", Some("identity")),
            ("gzip, identity;q=0.5, *;q=0", Some("gzip")),
            ("", Some("identity")),
            ("deflate", Some("identity")),
            ("*", Some("identity")),
            ("br;q=much", Some("identity")),
            ("br;q=7", Some("identity")),
            ("identity;q=0, *", Some("gzip")),
            ("identity;q=0, gzip;q=0, *", Some("br")),
            ("identity;q=0", None),
            ("deflate, *;q=0", None),
        ] {
            assert_eq!(preferred_encoding(&asking(accept)), encoding, "{accept}");
        }
        assert_eq!(preferred_encoding(&HeaderMap::new()), Some("identity"));
    }

    #[test]
    fn an_encoding_is_taken_if_it_is_named_and_its_weight_is_not_zero() {
        let asked = asking("gzip;q=0, BR ; q=0.5, deflate");
        assert!(accepts_encoding(&asked, "br"));
        assert!(!accepts_encoding(&asked, "gzip"));
        assert!(!accepts_encoding(&HeaderMap::new(), "br"));
    }
}
