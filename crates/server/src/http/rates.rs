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

/// How often each client may ask.
#[derive(Debug)]
pub struct Rates {
    buckets: DefaultKeyedRateLimiter<IpAddr>,
}

impl Rates {
    /// So many requests a second for each client, with bursts of twice as many.
    #[must_use]
    pub fn of(per_second: NonZeroU32) -> Self {
        let quota = Quota::per_second(per_second).allow_burst(per_second.saturating_mul(TWICE));
        Rates { buckets: RateLimiter::keyed(quota) }
    }

    /// Takes note of a request of a client: of an address or, in IPv6, of a network of 64 bits.
    ///
    /// # Errors
    /// The client asks too often: how long it should wait.
    pub(crate) fn take(&self, client: IpAddr) -> Result<(), Duration> {
        self.buckets.check_key(&network(client)).map_err(|early| early.wait_time_from(DefaultClock::default().now()))
    }

    /// Forgets the clients that have not asked for a while.
    pub(crate) fn forget(&self) {
        self.buckets.retain_recent();
    }
}

const TWICE: NonZeroU32 = NonZeroU32::new(2).expect("two is not zero");

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

    #[test]
    fn a_bucket_empties_and_is_each_clients_own() {
        let rates = Rates::of(NonZeroU32::MIN);
        let peer = |host: u8| IpAddr::from([203, 0, 113, host]);
        assert_eq!(rates.take(peer(1)), Ok(()));
        assert_eq!(rates.take(peer(1)), Ok(()));
        let wait = rates.take(peer(1)).expect_err("the bucket is empty");
        assert!(wait <= Duration::from_secs(1), "{wait:?}");
        assert_eq!(rates.take(peer(2)), Ok(()));
    }
}
