//! The encoding of a response: the one with the highest weight in `Accept-Encoding` and, of equal ones, the one that
//! most clients can decode.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};

/// An encoding that is written; of those with equal weight, the first is.
///
/// Many clients pass on an `Accept-Encoding` that names zstd and cannot decode it; Node.js 20 is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Zstd,
    Identity,
}

impl Encoding {
    const ALL: [Encoding; 4] = [Encoding::Brotli, Encoding::Gzip, Encoding::Zstd, Encoding::Identity];

    /// Its name in headers.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Encoding::Brotli => "br",
            Encoding::Gzip => "gzip",
            Encoding::Zstd => "zstd",
            Encoding::Identity => "identity",
        }
    }

    /// The encoding that [`negotiate_encoding`] chose for a request.
    pub(super) fn negotiated(headers: &HeaderMap) -> Encoding {
        let chosen = headers.get(header::ACCEPT_ENCODING);
        let is_it = |it: &Encoding| chosen.is_some_and(|chosen| chosen == it.as_str());
        Encoding::ALL.into_iter().find(is_it).unwrap_or(Encoding::Identity)
    }
}

/// Reduces `Accept-Encoding` to the encoding that is used: the compression layer has an order of its own.
pub(crate) async fn negotiate_encoding(
    mut request: Request,
    answer: impl AsyncFnOnce(Request) -> Response<Body>,
) -> Response<Body> {
    let Some(encoding) = preferred_encoding(request.headers()) else {
        let problem = format!("accept one of the encodings {}\n", Encoding::ALL.map(Encoding::as_str).join(", "));
        return (StatusCode::NOT_ACCEPTABLE, problem).into_response();
    };
    request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding.as_str()));
    answer(request).await
}

/// The encoding to use; `None` if the client accepts none of them.
fn preferred_encoding(headers: &HeaderMap) -> Option<Encoding> {
    let weighed = Encoding::ALL.into_iter().rev().filter_map(|it| Some((it, encoding_weight(headers, it.as_str())?)));
    let named = weighed.filter(|(_, weight)| *weight > 0.0).max_by(|one, other| one.1.total_cmp(&other.1));
    let rest = encoding_weight(headers, "*");
    let excludes = |it: Encoding| encoding_weight(headers, it.as_str()).or(rest) == Some(0.0);
    match named {
        Some((encoding, _)) => Some(encoding),
        None if !excludes(Encoding::Identity) => Some(Encoding::Identity),
        // `identity` is excluded, and `*` is not.
        None => {
            [Encoding::Gzip, Encoding::Brotli, Encoding::Zstd].into_iter().find(|it| rest.is_some() && !excludes(*it))
        }
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
            assert_eq!(preferred_encoding(&asking(accept)).map(Encoding::as_str), encoding, "{accept}");
        }
        assert_eq!(preferred_encoding(&HeaderMap::new()), Some(Encoding::Identity));
    }

    #[test]
    fn an_encoding_is_taken_if_it_is_named_and_its_weight_is_not_zero() {
        let asked = asking("gzip;q=0, BR ; q=0.5, deflate");
        assert!(accepts_encoding(&asked, "br"));
        assert!(!accepts_encoding(&asked, "gzip"));
        assert!(!accepts_encoding(&HeaderMap::new(), "br"));
    }
}
