//! A token bucket for each client's address.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

/// The token buckets of all clients.
#[derive(Debug)]
pub struct ClientRates {
    buckets: DefaultKeyedRateLimiter<IpAddr>,
}

impl ClientRates {
    /// So many requests a second for each client, with bursts of twice as many.
    #[must_use]
    pub fn per_second(per_second: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(per_second.saturating_mul(BURST_FACTOR));
        ClientRates { buckets: RateLimiter::keyed(quota) }
    }

    /// Takes a token for a request of a client: of an address or, in IPv6, of a network of 64 bits.
    ///
    /// # Errors
    /// The bucket is empty: how long the client should wait.
    pub(crate) fn check_rate(&self, client: IpAddr) -> Result<(), Duration> {
        self.buckets
            .check_key(&client_network(client))
            .map_err(|early| early.wait_time_from(DefaultClock::default().now()))
    }

    /// Drops the buckets of clients that have sent nothing for a while.
    pub(crate) fn forget_idle(&self) {
        self.buckets.retain_recent();
    }
}

const BURST_FACTOR: NonZeroU32 = NonZeroU32::new(2).expect("two is not zero");

/// The key of a bucket: an address, or in IPv6 a network of 64 bits.
fn client_network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_is_each_clients_own() {
        let rates = ClientRates::per_second(NonZeroU32::MIN);
        let peer = |host: u8| IpAddr::from([203, 0, 113, host]);
        assert_eq!(rates.check_rate(peer(1)), Ok(()));
        assert_eq!(rates.check_rate(peer(1)), Ok(()));
        let wait = rates.check_rate(peer(1)).expect_err("the bucket is empty");
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(rates.check_rate(peer(2)), Ok(()));
    }
}
