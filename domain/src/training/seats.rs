//! Who moves up from the waiting list.

/// Those of the waiting list, first come first, who get a seat: as many as there are free seats. Nobody waits while a seat is free.
#[must_use]
pub fn moving_up<T>(capacity: i32, taken: i32, waiting: &[T]) -> &[T] {
    let free = usize::try_from(capacity.saturating_sub(taken)).unwrap_or(0);
    waiting.get(..free).unwrap_or(waiting)
}
