//! A body that must not come too slowly.

use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::time::Sleep;

use super::Deadlines;

/// A stream of bytes that fails when it falls behind: after a grace it must have brought a number of bytes for each second.
pub struct Paced<S> {
    inner: S,
    deadlines: Deadlines,
    started: Instant,
    bytes: u64,
    alarm: Pin<Box<Sleep>>,
}

impl<S> Paced<S> {
    /// Watches a stream from now on.
    #[must_use]
    pub fn new(inner: S, deadlines: Deadlines) -> Self {
        let started = Instant::now();
        let alarm = Box::pin(tokio::time::sleep_until((started + deadlines.on_the_way(0)).into()));
        Self { inner, deadlines, started, bytes: 0, alarm }
    }
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Stream for Paced<S> {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.inner).poll_next(context);
        if let Poll::Ready(Some(Ok(chunk))) = &polled {
            self.bytes = self.bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            let until = self.started + self.deadlines.on_the_way(self.bytes);
            self.alarm.as_mut().reset(until.into());
            if until > Instant::now() {
                return polled;
            }
        }
        // An end that has come counts, however late.
        if matches!(&polled, Poll::Ready(None | Some(Err(_)))) || self.alarm.as_mut().poll(context).is_pending() {
            return polled;
        }
        Poll::Ready(Some(Err(PayloadError::Io(std::io::ErrorKind::TimedOut.into()))))
    }
}
