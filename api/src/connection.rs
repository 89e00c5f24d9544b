//! Connections that no slow client can hold.
//!
//! The framework's own deadline covers the head of the first request only. Here the stream itself keeps the time: of every
//! head, of idling between requests, and of taking an answer. What a body may take is kept where bodies are read.

use std::cell::Cell;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use domain::language::Language;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;
use uuid::Uuid;

use crate::limits::Deadlines;
use crate::problem::{Code, Problem};

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// For a request; nothing of it has come.
    Idle,
    /// For the rest of a head.
    Head,
    /// For us: a request is being dealt with.
    Busy,
}

/// What a connection waits for and since when, shared with the front of the requests that come on it.
#[derive(Debug)]
pub struct Watch {
    phase: Cell<Phase>,
    since: Cell<Instant>,
}

impl Watch {
    fn enter(&self, phase: Phase) {
        self.phase.set(phase);
        self.since.set(Instant::now());
    }

    /// A request is whole and being dealt with.
    pub fn request(&self) {
        self.enter(Phase::Busy);
    }

    /// Its answer is made.
    pub fn answer(&self) {
        self.enter(Phase::Idle);
    }
}

/// An answer that its reader has not taken at once.
#[derive(Clone, Copy, Debug)]
struct Backlog {
    since: Instant,
    taken: u64,
}

/// A connection of a client.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    watch: Rc<Watch>,
    deadlines: Deadlines,
    fresh: bool,
    backlog: Option<Backlog>,
    alarm: Pin<Box<Sleep>>,
    open: Arc<AtomicI64>,
}

impl Connection {
    /// Watches a stream from now on; `open` counts the connections that are open.
    #[must_use]
    pub fn new(stream: TcpStream, deadlines: Deadlines, open: Arc<AtomicI64>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let watch = Rc::new(Watch { phase: Cell::new(Phase::Head), since: Cell::new(now) });
        let alarm = Box::pin(tokio::time::sleep_until((now + deadlines.head).into()));
        Self { stream, watch, deadlines, fresh: true, backlog: None, alarm, open }
    }

    /// What the front needs of it.
    #[must_use]
    pub fn watch(&self) -> Rc<Watch> {
        Rc::clone(&self.watch)
    }

    /// Until when something must have come; `None` while the request is with us.
    fn until(&self) -> Option<Instant> {
        let span = match self.watch.phase.get() {
            Phase::Idle => self.deadlines.idle,
            Phase::Head => self.deadlines.head,
            Phase::Busy => return None,
        };
        Some(self.watch.since.get() + span)
    }

    /// Whether a moment has passed; if not, the task is woken then or before. The alarm is set anew only where it would come
    /// too late, so that a busy connection does not touch the timer.
    fn has_passed(&mut self, until: Instant, context: &mut Context<'_>) -> bool {
        if Instant::now() >= until {
            return true;
        }
        if self.alarm.is_elapsed() || self.alarm.deadline().into_std() > until {
            self.alarm.as_mut().reset(until.into());
        }
        if self.alarm.as_mut().poll(context).is_ready() {
            self.alarm.as_mut().reset(until.into());
            return self.alarm.as_mut().poll(context).is_ready();
        }
        false
    }

    /// Whether the bytes are an error that the framework makes itself, before a request has reached the front: it has no body,
    /// and not the header that every answer of ours has.
    fn is_bare_error(&self, bytes: &[u8]) -> Option<u16> {
        if self.watch.phase.get() != Phase::Head || self.backlog.is_some() || bytes.len() > 512 {
            return None;
        }
        let text = std::str::from_utf8(bytes).ok()?;
        let status = text.strip_prefix("HTTP/1.1 4").or_else(|| text.strip_prefix("HTTP/1.0 4"))?.get(..2)?.parse::<u16>().ok()?;
        let head = text.strip_suffix("\r\n\r\n").filter(|head| !head.contains("\r\n\r\n"))?.to_ascii_lowercase();
        (head.contains("content-length: 0") && !head.contains(crate::front::REQUEST_ID)).then_some(400 + status)
    }

    /// Tells a client whose request never became one what was wrong. Best effort: who does not read is not waited for.
    fn refuse(&self, code: Code) {
        let id = Uuid::now_v7();
        let problem = Problem::from(code).body(Language::default(), "/", &id.to_string());
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let status = code.status();
        let head = format!(
            "HTTP/1.1 {} {}\r\ncontent-type: application/problem+json\r\ncontent-language: {}\r\ncontent-length: {}\r\n\
             connection: close\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n{}: {id}\r\n\r\n",
            status.as_u16(),
            status.canonical_reason().unwrap_or_default(),
            Language::default().tag(),
            body.len(),
            crate::front::REQUEST_ID,
        );
        let answer = [head.into_bytes(), body].concat();
        let sent = self.stream.try_write(&answer).is_ok_and(|count| count == answer.len());
        tracing::info!(request_id = %id, code = code.as_str(), sent, "refused before there was a request");
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if polled.is_ready() && buffer.filled().len() > before {
            self.fresh = false;
            if self.watch.phase.get() == Phase::Idle {
                self.watch.enter(Phase::Head);
            }
        }
        // While an answer is on its way out, the next request may wait: its time begins when the answer was taken.
        let waits = polled.is_pending() || self.watch.phase.get() == Phase::Head;
        let Some(until) = self.until().filter(|_| waits && self.backlog.is_none()) else {
            // The alarm must never be silent: what is waited for may change without another look at this stream.
            let heartbeat = Instant::now() + self.deadlines.head.min(self.deadlines.idle);
            self.has_passed(heartbeat, context);
            return polled;
        };
        if !self.has_passed(until, context) {
            return polled;
        }
        if self.watch.phase.get() == Phase::Head && !self.fresh {
            self.refuse(Code::RequestTimeout);
        }
        // An end of the stream: the framework closes the connection.
        buffer.set_filled(before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(status) = self.is_bare_error(bytes) {
            let code = if status == Code::HeadTooLarge.status().as_u16() { Code::HeadTooLarge } else { Code::Malformed };
            self.refuse(code);
            return Poll::Ready(Ok(bytes.len()));
        }
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(Ok(count)) => {
                if let Some(backlog) = &mut self.backlog {
                    backlog.taken = backlog.taken.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
                }
                self.watch.since.set(Instant::now());
                Poll::Ready(Ok(count))
            }
            Poll::Pending => {
                let backlog = *self.backlog.get_or_insert_with(|| Backlog { since: Instant::now(), taken: 0 });
                let until = backlog.since + self.deadlines.on_the_way(backlog.taken);
                if self.has_passed(until, context) {
                    return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
                }
                Poll::Pending
            }
            failed @ Poll::Ready(Err(_)) => failed,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The framework flushes when it has handed over everything.
        self.backlog = None;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// How long a client may still send when its request was answered before it had ended.
pub const LINGER: Duration = Duration::from_secs(5);
