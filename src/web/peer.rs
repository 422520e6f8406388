//! Where a request came from, as far as anything is counted by it.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Returns the place a request came from: an address, or the network of an IPv6 one. What a request says of itself in `X-Forwarded-For` is anybody's
/// word, but for what a trusted proxy added: from the end on, each address was told by the one after it.
pub fn peer(connection: Option<SocketAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> String {
    let Some(connection) = connection else {
        return "unknown".to_owned();
    };
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    let mut address = connection.ip().to_canonical();
    for told in forwarded(headers).into_iter().rev() {
        match told {
            Some(told) if is_trusted(address) => address = told,
            _ => break,
        }
    }
    place(address)
}

/// The addresses of every `X-Forwarded-For`, in order; `None` for one that does not read.
fn forwarded(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all("x-forwarded-for").iter();
    lines
        .flat_map(|line| line.to_str().unwrap_or_default().split(','))
        .map(|told| {
            let told = told.trim();
            let with_port = told.parse().map(|address: SocketAddr| address.ip());
            let address = with_port.or_else(|_| told.parse());
            address.ok().map(|address: IpAddr| address.to_canonical())
        })
        .collect()
}

fn place(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn from(connection: &str, lines: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        peer(connection.parse().ok(), &headers, &trusted)
    }

    /// FAULTS 85.
    #[test]
    fn a_strangers_word_about_itself_counts_for_nothing() {
        assert_eq!(from("203.0.113.9:1", &["198.51.100.1"], &[]), "203.0.113.9");
        let proxies = &["10.0.0.0/8"];
        assert_eq!(
            from("203.0.113.9:1", &["198.51.100.1"], proxies),
            "203.0.113.9"
        );
        // It wrote the first; the proxy wrote the last.
        let told = &["198.51.100.1, 203.0.113.9"];
        assert_eq!(from("10.0.0.2:1", told, proxies), "203.0.113.9");
    }

    #[test]
    fn a_chain_of_trusted_proxies_is_followed_to_its_first_stranger() {
        let proxies = &["10.0.0.0/8", "::1/128"];
        for (lines, place) in [
            (vec!["198.51.100.1, 203.0.113.9, 10.1.1.1"], "203.0.113.9"),
            (
                vec!["198.51.100.1", "203.0.113.9", "10.1.1.1"],
                "203.0.113.9",
            ),
            (vec!["203.0.113.9:4711"], "203.0.113.9"),
            (vec!["2001:db8:1:2:3::4"], "2001:db8:1:2::/64"),
            (vec!["203.0.113.9, nonsense"], "10.0.0.2"),
            (vec![], "10.0.0.2"),
            (vec!["10.9.9.9"], "10.9.9.9"),
        ] {
            assert_eq!(from("10.0.0.2:1", &lines, proxies), place, "{lines:?}");
        }
    }
}
