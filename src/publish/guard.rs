//! To which addresses the server may be sent: public ones, and those that the operator allows. Checked where a connection is made, at each attempt, so that
//! no name, redirect, setting or restored database leads anywhere else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Networks that are allowed beside the public ones.
#[derive(Debug, Clone, Default)]
pub struct Guard {
    allowed: Arc<[IpNet]>,
    /// Nothing else is, not even what is public: what is sent without TLS can be read on the way.
    is_narrow: bool,
}

/// What a public address is where TLS is missing.
pub const WITHOUT_TLS: &str = "reached without TLS";

/// An address that nothing is sent to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{address} is {kind}")]
pub struct Forbidden {
    /// The address.
    pub address: IpAddr,
    /// What kind of address that is.
    pub kind: &'static str,
}

impl Guard {
    /// Returns a guard that allows these networks beside the public ones.
    pub fn new(allowed: impl Into<Arc<[IpNet]>>) -> Self {
        Self {
            allowed: allowed.into(),
            is_narrow: false,
        }
    }

    /// Returns a guard that allows these networks and no public ones.
    #[must_use]
    pub fn only_allowed(&self) -> Self {
        Self {
            is_narrow: true,
            ..self.clone()
        }
    }

    /// Returns whether the operator allows an address that is not public.
    pub fn is_allowed(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Refuses an address that is neither public nor allowed.
    ///
    /// # Errors
    /// Says what kind of address it is.
    pub fn check(&self, address: IpAddr) -> Result<(), Forbidden> {
        let public = self.is_narrow.then_some(WITHOUT_TLS);
        match kind_of(address.to_canonical()).or(public) {
            Some(kind) if !self.is_allowed(address) => Err(Forbidden { address, kind }),
            _ => Ok(()),
        }
    }
}

impl Resolve for Guard {
    /// Looks a name up and leaves the forbidden addresses out; where none is left, the name is refused. What is connected to is what was checked.
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let mut refused = None;
            let mut good: Vec<SocketAddr> = Vec::new();
            for address in found {
                match guard.check(address.ip()) {
                    Ok(()) => good.push(address),
                    Err(forbidden) => refused = Some(forbidden),
                }
            }
            match refused.filter(|_| good.is_empty()) {
                Some(forbidden) => Err(forbidden.into()),
                None => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

/// Says what kind of address is not public; `None` for a public one. The registries are those of IANA for special-purpose addresses.
fn kind_of(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => kind_of_v4(address),
        IpAddr::V6(address) => kind_of_v6(address),
    }
}

fn kind_of_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [first, second, third, _] = address.octets();
    Some(match (first, second, third) {
        (0, ..) => "of this network",
        (127, ..) => "of this machine",
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => "of a private network",
        (169, 254, _) => "of the local link, where clouds keep their metadata",
        (100, 64..=127, _) => "behind a carrier's translation",
        (192, 0, 0) | (192, 88, 99) => "kept for protocols",
        (192, 0, 2) | (198, 51, 100) | (203, 0, 113) => "for documentation",
        (198, 18..=19, _) => "for benchmarks",
        (224..=239, ..) => "for many at once",
        (240..=255, ..) => "reserved",
        _ => return None,
    })
}

fn kind_of_v6(address: Ipv6Addr) -> Option<&'static str> {
    let parts = address.segments();
    let inner = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    Some(match parts {
        [0, 0, 0, 0, 0, 0, 0, 0] => "of this network",
        [0, 0, 0, 0, 0, 0, 0, 1] => "of this machine",
        // Written inside: compatible with IPv4, translated (RFC 6052), and 6to4 (RFC 3056).
        [0, 0, 0, 0, 0, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            return kind_of_v4(inner(high, low));
        }
        [0x2002, high, low, ..] => return kind_of_v4(inner(high, low)),
        [0x64, 0xff9b, 1, ..] => "translated by a local network",
        [0x2001, 0..=0x1ff, ..] => "kept for protocols",
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => "for documentation",
        [0x100, 0, 0, ..] => "for discarding",
        [0xfc00..=0xfdff, ..] => "of a private network",
        [0xfe80..=0xfebf, ..] => "of the local link",
        [0xfec0..=0xfeff, ..] => "of a site's own network",
        [0xff00..=0xffff, ..] => "for many at once",
        [0x2000..=0x3fff, ..] => return None,
        _ => "not assigned",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_refused(address: &str) -> bool {
        Guard::default().check(address.parse().unwrap()).is_err()
    }

    #[test]
    fn addresses_that_are_not_public_are_refused_however_they_are_written() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "127.0.0.1",
            "127.255.0.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "4000::1",
        ] {
            assert!(is_refused(address), "{address}");
        }
    }

    #[test]
    fn public_addresses_are_not() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::808:808",
            "::ffff:8.8.8.8",
        ] {
            assert!(!is_refused(address), "{address}");
        }
    }

    #[test]
    fn what_the_operator_allows_is_allowed_and_nothing_beside_it() {
        let guard = Guard::new(["10.1.0.0/16".parse().unwrap(), "::1/128".parse().unwrap()]);
        let passes = |address: &str| guard.check(address.parse().unwrap()).is_ok();
        assert!(passes("10.1.2.3") && passes("::1") && passes("::ffff:10.1.2.3"));
        assert!(!passes("10.2.0.1") && !passes("127.0.0.1"));
    }

    proptest! {
        #[test]
        fn an_address_is_judged_the_same_mapped_or_not(bits in any::<u32>()) {
            let address = Ipv4Addr::from(bits);
            let mapped = address.to_ipv6_mapped();
            let guard = Guard::default();
            prop_assert_eq!(guard.check(address.into()).is_ok(), guard.check(mapped.into()).is_ok());
        }
    }
}
