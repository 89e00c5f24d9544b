//! A small HTTP/1.1 client: one connection that is kept, one request at a time, bodies with a length.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// Whether it says when to try again.
    pub retry_after: bool,
    /// The body.
    pub body: &'a [u8],
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(8192) })
    }

    /// Sends a whole request and reads its answer.
    ///
    /// # Errors
    /// The connection is lost, or what comes is no answer with a length.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Reply<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.fill().await?;
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let Head { status, length, retry_after } = read_head(self.buffer.get(..head).unwrap_or_default())?;
        while self.buffer.len() < head + length {
            self.fill().await?;
        }
        Ok(Reply { status, retry_after, body: self.buffer.get(head..head + length).unwrap_or_default() })
    }

    async fn fill(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// What the head of an answer says.
struct Head {
    status: u16,
    length: usize,
    retry_after: bool,
}

fn read_head(head: &[u8]) -> io::Result<Head> {
    let broken = || io::Error::new(ErrorKind::InvalidData, "not an answer that this client reads");
    let head = std::str::from_utf8(head).map_err(|_| broken())?;
    let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(broken)?;
    let header = |wanted: &str| {
        head.lines()
            .find_map(|line| line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim()))
    };
    let length = header("content-length").and_then(|length| length.parse().ok()).ok_or_else(broken)?;
    Ok(Head { status, length, retry_after: header("retry-after").is_some() })
}

/// A GET request, for whoever holds the token.
#[must_use]
pub fn get(path: &str, token: Option<&str>) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{}\r\n", authorization(token)).into_bytes()
}

/// A POST request with a JSON body.
#[must_use]
pub fn post(path: &str, token: &str, body: &str) -> Vec<u8> {
    post_with(path, token, "", body)
}

/// A POST request with a JSON body that is done once, however often it is sent with this key.
#[must_use]
pub fn post_once(path: &str, token: &str, key: &str, body: &str) -> Vec<u8> {
    post_with(path, token, &format!("idempotency-key: {key}\r\n"), body)
}

fn post_with(path: &str, token: &str, headers: &str, body: &str) -> Vec<u8> {
    let (length, authorization) = (body.len(), authorization(Some(token)));
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{authorization}{headers}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn authorization(token: Option<&str>) -> String {
    token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default()
}
