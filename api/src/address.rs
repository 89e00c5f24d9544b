//! From which address a request comes.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;

/// The address that a request comes from.
#[must_use]
pub fn client(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}
