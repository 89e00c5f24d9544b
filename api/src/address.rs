//! From which address a request comes.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::{HttpRequest, web};
use ipnet::IpNet;

use crate::services::Services;

/// The header in which the proxies in front tell whom they speak for. Only the one that they write is read: another one may
/// have come through them unchanged from whoever asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, to which each proxy appends the address that it was asked from.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl ForwardedBy {
    /// The header's name.
    #[must_use]
    pub const fn header(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

/// The proxies that are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    networks: Vec<IpNet>,
    by: ForwardedBy,
}

impl Proxies {
    /// Reads addresses and networks, separated by commas: `127.0.0.1, 10.0.0.0/8, fd00::/8`.
    ///
    /// # Errors
    /// The part that is neither.
    pub fn parse(text: &str, by: ForwardedBy) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| IpNet::from_str(part).or_else(|_| part.parse::<IpAddr>().map(IpNet::from)).map_err(|_| part.to_owned());
        Ok(Self { networks: parts.map(network).collect::<Result<_, _>>()?, by })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Whom a request comes from: the peer, or, where the peer is a trusted proxy, the last address in the chain that no trusted
    /// proxy has. A part that is no address ends the chain: nothing to the left of it can be believed.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut known = peer.to_canonical();
        if !self.trusts(known) {
            return known;
        }
        let name = HeaderName::from_static(self.by.header());
        let values: Vec<&str> = headers.get_all(name).filter_map(|value| value.to_str().ok()).collect();
        for part in values.iter().rev().flat_map(|value| value.rsplit(',')) {
            let Some(address) = self.named(part) else { return known };
            known = address;
            if !self.trusts(known) {
                return known;
            }
        }
        known
    }

    fn named(&self, part: &str) -> Option<IpAddr> {
        match self.by {
            ForwardedBy::XForwardedFor => address(part),
            ForwardedBy::Forwarded => {
                let pairs = part.split(';').filter_map(|pair| pair.split_once('='));
                pairs
                    .filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"))
                    .find_map(|(_, value)| address(value.trim().trim_matches('"')))
            }
        }
    }
}

/// An address with or without port and brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inner, _)| inner);
    let parsed = bare.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    parsed.map(|address| address.to_canonical())
}

/// The address that a request comes from. Headers count only where they come from a trusted proxy.
#[must_use]
pub fn client(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    match request.app_data::<web::Data<Services>>() {
        Some(services) => services.limits.proxies.client(peer, request.headers()),
        None => peer.to_canonical(),
    }
}

/// Whether a request was made on this very machine, and not through a proxy on it.
#[must_use]
pub fn is_local(request: &HttpRequest) -> bool {
    let told = [header::FORWARDED.as_str(), "x-forwarded-for", "x-real-ip", header::VIA.as_str()];
    let proxied = told.iter().any(|name| request.headers().contains_key(*name));
    !proxied && request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback())
}

/// What requests and attempts are counted by where nobody has signed in: one IPv4 address, or the IPv6 network of 64 bits that
/// one household, or one attacker, has whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Neighbourhood {
    /// An IPv4 address.
    Address([u8; 4]),
    /// The first 64 bits of an IPv6 address.
    Network([u16; 4]),
}

impl Neighbourhood {
    /// That of an address.
    #[must_use]
    pub const fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(four) => Self::Address(four.octets()),
            IpAddr::V6(six) => {
                let [one, two, three, four, ..] = six.segments();
                Self::Network([one, two, three, four])
            }
        }
    }
}

impl fmt::Display for Neighbourhood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(octets) => Ipv4Addr::from(*octets).fmt(f),
            Self::Network([one, two, three, four]) => write!(f, "{one:x}:{two:x}:{three:x}:{four:x}::/64"),
        }
    }
}

/// Where a request is counted.
#[must_use]
pub fn neighbourhood(request: &HttpRequest) -> Neighbourhood {
    Neighbourhood::of(client(request))
}

#[cfg(test)]
mod tests {
    use super::{ForwardedBy, Neighbourhood, Proxies};
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    fn seen(trusted: &str, by: ForwardedBy, peer: &str, headers: &[(&'static str, &str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        Proxies::parse(trusted, by).unwrap().client(peer.parse().unwrap(), &map).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_as_far_as_the_chain_is_trusted() {
        let by = ForwardedBy::XForwardedFor;
        let told = [("x-forwarded-for", "9.9.9.9, 203.0.113.7"), ("x-forwarded-for", "10.0.0.2")];
        assert_eq!(seen("", by, "198.51.100.1", &told), "198.51.100.1", "nobody is trusted");
        assert_eq!(seen("10.0.0.0/8", by, "198.51.100.1", &told), "198.51.100.1", "this one is not");
        assert_eq!(seen("10.0.0.0/8", by, "10.0.0.1", &told), "203.0.113.7", "the last one that is no proxy of ours");
        assert_eq!(seen("10.0.0.0/8", by, "::ffff:10.0.0.1", &told), "203.0.113.7", "a mapped address is the address");
        assert_eq!(seen("10.0.0.0/8", by, "10.0.0.1", &[("x-forwarded-for", "9.9.9.9, unknown")]), "10.0.0.1", "nothing left of a riddle");
        assert_eq!(seen("10.0.0.0/8", by, "10.0.0.1", &[("forwarded", "for=9.9.9.9")]), "10.0.0.1", "the other header is not read");
        assert_eq!(seen("10.0.0.0/8", by, "10.0.0.1", &[("x-forwarded-for", "[2001:db8::1]:443")]), "2001:db8::1");
        assert_eq!(seen("10.0.0.0/8", by, "10.0.0.1", &[("x-forwarded-for", "203.0.113.7:4711")]), "203.0.113.7");
    }

    #[test]
    fn the_standard_header_is_read_where_it_is_the_one() {
        let told = [("forwarded", "for=9.9.9.9, for=\"[2001:db8:cafe::17]:4711\";proto=https, for=10.0.0.2;by=10.0.0.1")];
        assert_eq!(seen("10.0.0.0/8", ForwardedBy::Forwarded, "10.0.0.1", &told), "2001:db8:cafe::17");
        assert_eq!(seen("10.0.0.0/8", ForwardedBy::Forwarded, "10.0.0.1", &[("forwarded", "for=_hidden")]), "10.0.0.1");
        assert_eq!(Proxies::parse("10.0.0.1, nonsense", ForwardedBy::Forwarded), Err("nonsense".to_owned()));
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let counted = |text: &str| Neighbourhood::of(text.parse().unwrap());
        assert_eq!(counted("2001:db8:1:2:3:4:5:6"), counted("2001:db8:1:2:ffff::1"));
        assert_ne!(counted("2001:db8:1:2::1"), counted("2001:db8:1:3::1"));
        assert_eq!(counted("2001:db8:1:2::1").to_string(), "2001:db8:1:2::/64");
        assert_eq!(counted("::ffff:192.0.2.7"), Neighbourhood::Address([192, 0, 2, 7]));
        assert_eq!(counted("::ffff:192.0.2.7").to_string(), "192.0.2.7");
    }
}
