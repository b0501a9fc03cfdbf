//! Who asks, and how often: a token bucket for each client's address.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

use axum::http::HeaderMap;
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use ipnet::IpNet;

/// How often each client may ask.
#[derive(Debug)]
pub struct Rates {
    buckets: DefaultKeyedRateLimiter<IpAddr>,
    proxies: Vec<IpNet>,
}

impl Rates {
    /// So many requests a second for each client, with bursts of twice as many. A client's address is taken from
    /// `X-Forwarded-For` as far as these proxies vouch for it.
    #[must_use]
    pub fn of(per_second: NonZeroU32, proxies: Vec<IpNet>) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(per_second.saturating_mul(TWICE));
        Rates { buckets: RateLimiter::keyed(quota), proxies }
    }

    /// Whom a request comes from: an address, or in IPv6 a network of 64 bits.
    pub(crate) fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
        network(client(peer.ip(), headers, &self.proxies))
    }

    /// Takes note of a client's request.
    ///
    /// # Errors
    /// The client asks too often: how long it should wait.
    pub(crate) fn take(&self, client: IpAddr) -> Result<(), Duration> {
        self.buckets.check_key(&client).map_err(|early| early.wait_time_from(DefaultClock::default().now()))
    }

    /// Forgets the clients that have not asked for a while.
    pub(crate) fn forget(&self) {
        self.buckets.retain_recent();
    }
}

const TWICE: NonZeroU32 = NonZeroU32::new(2).expect("two is not zero");

/// The address that a request comes from: the last of `X-Forwarded-For` that is not a trusted proxy.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| proxies.iter().any(|proxy| proxy.contains(address));
    let mut client = peer.to_canonical();
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    for hop in lines.join(",").rsplit(',') {
        if !is_trusted(&client) {
            return client;
        }
        // Who writes something else there is the last whom we know.
        let Some(address) = address(hop.trim()) else { return client };
        client = address.to_canonical();
    }
    client
}

/// The address of a hop, beside which some proxies write the port: `7.7.7.7`, `7.7.7.7:80`, `2001:db8::1`, `[2001:db8::1]:80`.
fn address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    let with_port = || hop.parse().map(|address: SocketAddr| address.ip());
    bare.parse().or_else(|_| with_port()).ok()
}

/// What one client has: an address, or in IPv6 a network of 64 bits.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &str, proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", forwarded.parse().expect("a value"));
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|proxy| proxy.parse().expect("a network")).collect();
        client(peer.parse().expect("an address"), &headers, &proxies).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_who_asks() {
        assert_eq!(from("203.0.113.9", "198.51.100.1", &[]), "203.0.113.9");
        assert_eq!(from("10.0.0.1", "198.51.100.1", &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(from("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", &["10.0.0.0/8"]), "198.51.100.1");
        assert_eq!(from("10.0.0.1", "1.1.1.1, rubbish, 10.0.0.2", &["10.0.0.0/8"]), "10.0.0.2");
        assert_eq!(from("10.0.0.1", "", &["10.0.0.0/8"]), "10.0.0.1");
        for (hop, client) in [
            ("7.7.7.7:1234", "7.7.7.7"),
            ("1.1.1.1, 7.7.7.7:1234, 10.0.0.2:99", "7.7.7.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:99", "2001:db8::1"),
            ("7.7.7.7:port", "10.0.0.1"),
        ] {
            assert_eq!(from("10.0.0.1", hop, &["10.0.0.0/8"]), client, "{hop}");
        }
        assert_eq!(from("::ffff:10.0.0.1", "198.51.100.1", &["10.0.0.0/8"]), "198.51.100.1");
    }

    #[test]
    fn a_bucket_empties_and_is_each_clients_own() {
        let rates = Rates::of(NonZeroU32::MIN, Vec::new());
        let peer = |host: u8| IpAddr::from([203, 0, 113, host]);
        assert_eq!(rates.take(peer(1)), Ok(()));
        assert_eq!(rates.take(peer(1)), Ok(()));
        let wait = rates.take(peer(1)).expect_err("the bucket is empty");
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(rates.take(peer(2)), Ok(()));
    }
}
