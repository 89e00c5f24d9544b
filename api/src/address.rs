//! From which address a request comes.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;

/// The address that a request comes from.
#[must_use]
pub fn client(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}

/// The address as attempts are counted by: of IPv6 the network of 64 bits, which one household or one attacker has whole.
#[must_use]
pub fn counted(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(four) => four.to_string(),
        IpAddr::V6(six) => {
            let [one, two, three, four, ..] = six.segments();
            format!("{one:x}:{two:x}:{three:x}:{four:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let counted = |text: &str| counted(text.parse().unwrap());
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), counted("2001:db8:1:2:ffff::1"));
        assert_ne!(counted("2001:db8:1:2::1"), counted("2001:db8:1:3::1"));
        assert_eq!(counted("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
