//! Which site a request comes from, and which address it was sent to: protects against cross-site request forgery.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, HeaderName, HeaderValue, header},
};

use super::{app::App, request::is_json};

/// Whether a browser may have sent the request for a page of another site, without a preflight request.
///
/// A browser sends a preflight request before one with a custom header or a body of JSON; of no other type is that
/// certain. Other requests carry `Sec-Fetch-Site` or `Origin`; without both, the client is no browser of today.
pub(crate) fn is_forged(headers: &HeaderMap) -> bool {
    let asked_first = ["graphql-require-preflight", "apollo-require-preflight", "x-apollo-operation-name"];
    if is_json(headers) || asked_first.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    match (fetch_site(headers), headers.get(header::ORIGIN)) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => !is_own_origin(origin, headers),
        (None, None) => false,
    }
}

/// Whether a page of another site opens a WebSocket: browsers send `Origin` then, and no preflight request.
pub(crate) fn is_cross_origin(headers: &HeaderMap, allowed: &[HeaderValue]) -> bool {
    // Set by browsers, not by pages; it is right even if a proxy changes the host.
    let is_same = fetch_site(headers) == Some("same-origin");
    let is_known = |origin| allowed.contains(origin) || is_own_origin(origin, headers);
    headers.get(header::ORIGIN).is_some_and(|origin| !is_same && !is_known(origin))
}

/// The value of `Sec-Fetch-Site`.
fn fetch_site(headers: &HeaderMap) -> Option<&str> {
    headers.get("sec-fetch-site").and_then(|site| site.to_str().ok())
}

/// The scheme of the request to a trusted proxy; `apply_forwarded_target` removes the header of others.
const SCHEME_HEADER: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Sets `Host` and the scheme to those that the client used: HTTP/2 and requests to a proxy have the host in the URI,
/// and a trusted proxy sends both in headers of its own.
pub(crate) fn apply_forwarded_target(app: &App, mut request: Request) -> Request {
    let peer = request.extensions().get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip());
    let target = peer.map(|peer| app.capacity.proxies.forwarded_target(peer, request.headers())).unwrap_or_default();
    let host = target.host.or_else(|| request.uri().authority().map(|host| host.as_str().to_owned()));
    let headers = request.headers_mut();
    if let Some(host) = host.and_then(|host| HeaderValue::try_from(host).ok()) {
        headers.insert(header::HOST, host);
    }
    headers.remove(SCHEME_HEADER);
    if let Some(scheme) = target.scheme {
        headers.insert(SCHEME_HEADER, HeaderValue::from_static(scheme));
    }
    request
}

/// Whether an origin is the address that the request was sent to; the scheme is compared if a trusted proxy sent it.
fn is_own_origin(origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    let (Some((scheme, authority)), Some(host)) = (origin, text(&header::HOST)) else { return false };
    let is_same_scheme = text(&SCHEME_HEADER).is_none_or(|asked| asked == scheme);
    is_same_scheme && without_default_port(scheme, authority) == without_default_port(scheme, host)
}

/// A host in lower case, and its port unless it is the scheme's own.
pub(crate) fn without_default_port(scheme: &str, authority: &str) -> String {
    let authority = authority.to_ascii_lowercase();
    let port = if scheme == "https" { ":443" } else { ":80" };
    authority.strip_suffix(port).map(str::to_owned).unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        pairs.collect()
    }

    #[test]
    fn what_a_foreign_page_sends_without_asking_is_told_apart() {
        for (pairs, forged) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site"), ("apollo-require-preflight", "1")], false),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "application/json")], false),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "text/plain;x=application/json")], true),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "message/rfc822")], true),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "application/graphql")], true),
            (&[("sec-fetch-site", "cross-site"), ("content-type", "*/*")], true),
            (&[("origin", "https://elsewhere.example"), ("host", "map.example")], true),
            (&[("origin", "https://map.example"), ("host", "map.example")], false),
            (&[("origin", "null"), ("host", "map.example")], true),
        ] {
            assert_eq!(is_forged(&headers(pairs)), forged, "{pairs:?}");
        }
        let mut twice = headers(&[("sec-fetch-site", "cross-site"), ("content-type", "application/json")]);
        twice.append(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        assert!(is_forged(&twice));
    }

    #[test]
    fn an_origin_is_the_own_one_whatever_the_port_that_is_not_written() {
        for (origin, host, scheme, is_same) in [
            ("https://map.example", "map.example", "", true),
            ("https://map.example", "MAP.example:443", "", true),
            ("https://map.example:443", "map.example", "", true),
            ("http://map.example", "map.example:80", "", true),
            ("http://map.example:4000", "map.example:4000", "", true),
            ("https://[2001:db8::1]", "[2001:db8::1]:443", "", true),
            ("https://map.example", "map.example:80", "", false),
            ("http://map.example", "map.example:443", "", false),
            ("https://map.example:8443", "map.example", "", false),
            ("https://map.example", "map.example", "https", true),
            ("http://map.example", "map.example", "https", false),
            ("https://map.example.evil.example", "map.example", "", false),
        ] {
            let mut headers = headers(&[("host", host)]);
            if !scheme.is_empty() {
                headers.insert(SCHEME_HEADER, HeaderValue::from_static(scheme));
            }
            assert_eq!(is_own_origin(&HeaderValue::from_static(origin), &headers), is_same, "{origin} {host} {scheme}");
        }
    }

    #[test]
    fn a_page_of_its_own_site_may_have_a_socket_whichever_host_the_proxy_asks_for() {
        let foreign = |pairs: &[(&'static str, &'static str)]| {
            is_cross_origin(&headers(pairs), &[HeaderValue::from_static("https://friend.example")])
        };
        let own = ("origin", "https://map.example");
        assert!(!foreign(&[("host", "inner:4000")]));
        assert!(foreign(&[own, ("host", "inner:4000")]));
        assert!(foreign(&[own, ("host", "inner:4000"), ("sec-fetch-site", "same-site")]));
        assert!(!foreign(&[own, ("host", "inner:4000"), ("sec-fetch-site", "same-origin")]));
        assert!(!foreign(&[("origin", "https://friend.example"), ("host", "inner:4000")]));
    }
}
