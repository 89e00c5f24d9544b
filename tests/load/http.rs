//! A small HTTP/1.1 client: one connection that is kept, one request at a time, bodies with a length.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub(crate) struct Reply<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: &'a [u8],
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(8192) })
    }

    /// Sends a whole request and reads its answer.
    pub(crate) async fn send(&mut self, request: &[u8]) -> io::Result<Reply<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.fill().await?;
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let (status, length) = read_head(self.buffer.get(..head).unwrap_or_default())?;
        while self.buffer.len() < head + length {
            self.fill().await?;
        }
        Ok(Reply { status, body: self.buffer.get(head..head + length).unwrap_or_default() })
    }

    async fn fill(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// The status and the length of the body.
fn read_head(head: &[u8]) -> io::Result<(u16, usize)> {
    let broken = || io::Error::new(ErrorKind::InvalidData, "not an answer that this client reads");
    let head = std::str::from_utf8(head).map_err(|_| broken())?;
    let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
    });
    Ok((status, length.ok_or_else(broken)?))
}

/// A GET request, for whoever holds the token.
pub(crate) fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{}\r\n", authorization(token)).into_bytes()
}

/// A POST request with a JSON body.
pub(crate) fn post(path: &str, token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let authorization = authorization(Some(token));
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{authorization}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn authorization(token: Option<&str>) -> String {
    token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default()
}
