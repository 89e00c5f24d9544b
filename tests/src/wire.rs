//! A bare connection, for requests that no proper client would send.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

/// A connection to a server.
pub struct Wire(TcpStream);

/// However slow the machine is, nothing takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

impl Wire {
    /// Connects to a base URL.
    ///
    /// # Panics
    /// Nobody is there.
    pub async fn to(base: &str) -> Self {
        let address = base.trim_start_matches("http://").parse().expect("an address");
        let socket = TcpSocket::new_v4().expect("a socket");
        // Small, so that whoever does not read is noticed soon.
        socket.set_recv_buffer_size(4096).expect("a receive buffer");
        Self(socket.connect(address).await.expect("a connection"))
    }

    /// Sends bytes; whether the other side still takes them.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Sends one byte after the other with a pause after each, until all are sent or the other side has answered or gone.
    /// Gives what it answered.
    pub async fn trickle(&mut self, bytes: impl AsRef<[u8]>, pause: Duration) -> String {
        for byte in bytes.as_ref() {
            if !self.send([*byte]).await {
                break;
            }
            let mut first = [0];
            if let Ok(read) = tokio::time::timeout(pause, self.0.read(&mut first)).await {
                let count = read.unwrap_or_default();
                return String::from_utf8_lossy(&first[..count]).into_owned() + &self.rest().await;
            }
        }
        self.rest().await
    }

    /// Everything that still comes until the other side closes.
    ///
    /// # Panics
    /// It does not close.
    pub async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await;
        drop(read.expect("the connection is closed in time"));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// One answer with a body of known length.
    ///
    /// # Panics
    /// None comes.
    pub async fn answer(&mut self) -> String {
        let mut bytes = Vec::new();
        tokio::time::timeout(PATIENCE, async {
            loop {
                let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
                if let Some((head, body)) = text.split_once("\r\n\r\n") {
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
                    if body.len() >= length.unwrap_or_default() {
                        break;
                    }
                }
                let mut part = [0; 4096];
                let count = self.0.read(&mut part).await.expect("an answer");
                assert!(count > 0, "the connection was closed: {}", String::from_utf8_lossy(&bytes));
                bytes.extend_from_slice(&part[..count]);
            }
        })
        .await
        .expect("an answer comes in time");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
