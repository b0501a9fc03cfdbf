//! The client of a request and the address it was sent to, from `Forwarded` and `X-Forwarded-*`; only those of trusted
//! proxies are believed.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The networks of the proxies that are trusted.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Vec<IpNet>);

/// The address that a client sent its request to, as the outermost trusted proxy says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ForwardedTarget {
    /// The host, and the port if it is named.
    pub(crate) host: Option<String>,
    /// `http` or `https`.
    pub(crate) scheme: Option<&'static str>,
}

impl TrustedProxies {
    /// Trusts these networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        TrustedProxies(networks)
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The address that a request comes from: the last one named that is not a trusted proxy.
    pub(crate) fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        self.walk_hops(peer, headers).0
    }

    /// The client, and the number of trusted proxies between it and the server.
    fn walk_hops(&self, peer: IpAddr, headers: &HeaderMap) -> (IpAddr, usize) {
        let (mut client, mut proxies) = (peer.to_canonical(), 0);
        for hop in client_hops(headers).iter().rev() {
            if !self.is_trusted(client) {
                return (client, proxies);
            }
            proxies += 1;
            // Without an address, the hop before is the last one that is known.
            let Some(address) = parse_hop(hop) else { return (client, proxies) };
            client = address.to_canonical();
        }
        (client, proxies + usize::from(self.is_trusted(client)))
    }

    /// The address that the request was sent to, if a trusted proxy says so.
    ///
    /// Each proxy adds its own request to the list: entries before that of the outermost trusted proxy may be forged.
    pub(crate) fn forwarded_target(&self, peer: IpAddr, headers: &HeaderMap) -> ForwardedTarget {
        let (_, proxies) = self.walk_hops(peer, headers);
        if proxies == 0 {
            return ForwardedTarget::default();
        }
        let outermost = |all: Vec<String>| {
            let at = all.len().saturating_sub(proxies);
            all.into_iter().nth(at).filter(|value| !value.is_empty())
        };
        let elements = forwarded_elements(headers);
        let element = outermost(elements);
        let parameter = |name| element.as_deref().and_then(|element| element_parameter(element, name));
        let host = outermost(list_items(headers, "x-forwarded-host")).or_else(|| parameter("host"));
        let scheme = outermost(list_items(headers, "x-forwarded-proto")).or_else(|| parameter("proto"));
        let scheme = match scheme.unwrap_or_default().to_ascii_lowercase().as_str() {
            // Some proxies name the scheme of a WebSocket's address.
            "https" | "wss" => Some("https"),
            "http" | "ws" => Some("http"),
            _ => None,
        };
        ForwardedTarget { host, scheme }
    }
}

/// The clients of the proxies on the way, the outermost first: those of `X-Forwarded-For` or, without it, of `Forwarded`.
fn client_hops(headers: &HeaderMap) -> Vec<String> {
    match list_items(headers, "x-forwarded-for") {
        hops if hops.is_empty() => forwarded_elements(headers)
            .iter()
            .map(|element| element_parameter(element, "for").unwrap_or_default())
            .collect(),
        hops => hops,
    }
}

/// The items of a header's list.
fn list_items(headers: &HeaderMap, name: &str) -> Vec<String> {
    let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(|item| item.trim().to_owned()).collect()
}

/// The elements of `Forwarded`, RFC 7239.
fn forwarded_elements(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all("forwarded").iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| split_unquoted(line, ',')).collect()
}

/// A parameter of an element of `Forwarded`.
fn element_parameter(element: &str, name: &str) -> Option<String> {
    split_unquoted(element, ';').iter().find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let value = value.trim().trim_matches('"').replace('\\', "");
        (key.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then_some(value)
    })
}

/// Splits a text where the separator stands outside of quotes.
fn split_unquoted(text: &str, separator: char) -> Vec<String> {
    let (mut parts, mut is_quoted, mut is_escaped) = (vec![String::new()], false, false);
    for character in text.chars() {
        let ends = character == separator && !is_quoted;
        is_quoted ^= character == '"' && !is_escaped;
        is_escaped = is_quoted && character == '\\' && !is_escaped;
        match parts.last_mut() {
            Some(part) if !ends => part.push(character),
            _ => parts.push(String::new()),
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

/// The address of a hop, beside which some proxies write the port: `7.7.7.7`, `7.7.7.7:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let with_port = || hop.parse().map(|address: SocketAddr| address.ip());
    bare.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn proxies() -> TrustedProxies {
        TrustedProxies::new(vec!["10.0.0.0/8".parse().expect("a network")])
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().expect("a value")));
        pairs.collect()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_a_trusted_proxy_says_who_asks() {
        let from = |peer, forwarded: &'static str| {
            let headers = if forwarded.is_empty() { headers(&[]) } else { headers(&[("x-forwarded-for", forwarded)]) };
            proxies().client_address(ip(peer), &headers).to_string()
        };
        assert_eq!(from("203.0.113.9", "198.51.100.1"), "203.0.113.9");
        assert_eq!(from("10.0.0.1", "198.51.100.1"), "198.51.100.1");
        assert_eq!(from("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2"), "198.51.100.1");
        assert_eq!(from("10.0.0.1", "1.1.1.1, rubbish, 10.0.0.2"), "10.0.0.2");
        assert_eq!(from("10.0.0.1", ""), "10.0.0.1");
        for (hop, client) in [
            ("7.7.7.7:1234", "7.7.7.7"),
            ("1.1.1.1, 7.7.7.7:1234, 10.0.0.2:99", "7.7.7.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:99", "2001:db8::1"),
            ("7.7.7.7:port", "10.0.0.1"),
        ] {
            assert_eq!(from("10.0.0.1", hop), client, "{hop}");
        }
        assert_eq!(from("::ffff:10.0.0.1", "198.51.100.1"), "198.51.100.1");
    }

    #[test]
    fn the_standard_header_says_who_asks_where_the_older_one_is_missing() {
        for (pairs, client) in [
            (&[("forwarded", "for=198.51.100.1;proto=https")][..], "198.51.100.1"),
            (&[("forwarded", r#"for=1.1.1.1, For="[2001:db8::1]:4711";by=10.0.0.1"#)], "2001:db8::1"),
            (&[("forwarded", "for=1.1.1.1, for=_hidden")], "10.0.0.1"),
            (&[("forwarded", "for=1.1.1.1"), ("x-forwarded-for", "198.51.100.1")], "198.51.100.1"),
        ] {
            assert_eq!(proxies().client_address(ip("10.0.0.1"), &headers(pairs)).to_string(), client, "{pairs:?}");
        }
    }

    #[test]
    fn only_a_trusted_proxy_says_which_address_was_asked() {
        let target = |peer, pairs: &[(&'static str, &'static str)]| {
            let ForwardedTarget { host, scheme } = proxies().forwarded_target(ip(peer), &headers(pairs));
            (host.unwrap_or_default(), scheme.unwrap_or_default())
        };
        let told = |host: &str, scheme| (host.to_owned(), scheme);
        let older = [("x-forwarded-host", "map.example"), ("x-forwarded-proto", "https")];
        assert_eq!(target("203.0.113.9", &older), told("", ""));
        assert_eq!(target("10.0.0.1", &older), told("map.example", "https"));
        for (pairs, expected) in [
            (
                &[("forwarded", r#"for=7.7.7.7;host="map.example:8443";proto=HTTPS"#)][..],
                told("map.example:8443", "https"),
            ),
            (&[("x-forwarded-proto", "wss")], told("", "https")),
            (&[("x-forwarded-proto", "gopher")], told("", "")),
            // One proxy added to what the client wrote itself.
            (
                &[("x-forwarded-for", "7.7.7.7"), ("x-forwarded-host", "evil.example, map.example")],
                told("map.example", ""),
            ),
            // The outer of two trusted proxies was asked for the map, the inner one for a host of its own.
            (
                &[("x-forwarded-for", "7.7.7.7, 10.0.0.2"), ("x-forwarded-host", "map.example, inner.example")],
                told("map.example", ""),
            ),
            (
                &[(
                    "forwarded",
                    "for=7.7.7.7;host=map.example;proto=https, for=10.0.0.2;host=inner.example;proto=http",
                )],
                told("map.example", "https"),
            ),
            (
                &[("forwarded", "host=evil.example, for=7.7.7.7;host=map.example, for=10.0.0.2;host=inner.example")],
                told("map.example", ""),
            ),
        ] {
            assert_eq!(target("10.0.0.1", pairs), expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_separator_in_quotes_separates_nothing() {
        assert_eq!(split_unquoted(r#"for="a,\"b", for=c"#, ','), [r#"for="a,\"b""#, "for=c"]);
    }
}
