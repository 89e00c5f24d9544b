//! Photos of orders: what is known of each; the picture itself lies in the object store.

use diesel::prelude::*;
pub use domain::order::PhotoKind;
use domain::vocabulary::Vocabulary;
use uuid::Uuid;

use crate::content::{self, Checked, CheckedColumns, What, checked};
use crate::error::StoreError;
use crate::insert_all;
use crate::order::value;
use crate::schema::{content_checks, photo_removals, photos};
use crate::store::Tx;
use crate::types::{Instant, Uid};

/// A photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its id, under which the object store has it.
    pub id: Uuid,
    /// The order it belongs to.
    pub order: Uuid,
    /// What it shows.
    pub kind: PhotoKind,
    /// Its media type after it was encoded anew.
    pub media_type: String,
    /// Its size.
    pub bytes: i32,
    /// Its width in pixels.
    pub width: i32,
    /// Its height in pixels.
    pub height: i32,
    /// SHA-256 of what is stored.
    pub digest: Vec<u8>,
    /// The account that handed it in.
    pub uploaded_by: Uuid,
    /// When.
    pub at: domain::Timestamp,
}

/// A row of `photos`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = photos, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    order_id: Uid,
    kind: String,
    media_type: String,
    bytes: i32,
    width: i32,
    height: i32,
    digest: Vec<u8>,
    uploaded_by: Uid,
    at: Instant,
}

impl Row {
    fn into_photo(self) -> Result<Photo, StoreError> {
        Ok(Photo {
            id: self.id.0,
            order: self.order_id.0,
            kind: value(&self.kind)?,
            media_type: self.media_type,
            bytes: self.bytes,
            width: self.width,
            height: self.height,
            digest: self.digest,
            uploaded_by: self.uploaded_by.0,
            at: self.at.get(),
        })
    }
}

/// Keeps what is known of a photo, and holds it until it is checked where it needs it.
///
/// # Errors
/// [`StoreError::Unknown`] where the order is not there.
pub fn add(tx: &mut Tx, photo: &Photo) -> Result<bool, StoreError> {
    let row = Row {
        id: photo.id.into(),
        order_id: photo.order.into(),
        kind: photo.kind.as_str().to_owned(),
        media_type: photo.media_type.clone(),
        bytes: photo.bytes,
        width: photo.width,
        height: photo.height,
        digest: photo.digest.clone(),
        uploaded_by: photo.uploaded_by.into(),
        at: photo.at.into(),
    };
    diesel::insert_into(photos::table).values(&row).execute(&mut tx.conn)?;
    content::open(tx, photo.order, photo.uploaded_by, &[What::Photo(photo.id)])
}

/// One photo.
///
/// # Errors
/// [`StoreError::Missing`].
pub fn load(tx: &mut Tx, id: Uuid) -> Result<Photo, StoreError> {
    let row: Row = photos::table.find(Uid(id)).select(Row::as_select()).first(&mut tx.conn)?;
    row.into_photo()
}

/// The photos of an order with what their content checks say, oldest first.
///
/// # Errors
/// The database's.
pub fn list(tx: &mut Tx, order: Uuid) -> Result<Vec<(Photo, Option<Checked>)>, StoreError> {
    let check = (content_checks::state, content_checks::author).nullable();
    let rows: Vec<(Row, CheckedColumns)> = photos::table
        .left_join(content_checks::table.on(content_checks::photo_id.eq(photos::id.nullable())))
        .filter(photos::order_id.eq(Uid(order)))
        .order((photos::at, photos::id))
        .select((Row::as_select(), check))
        .load(&mut tx.conn)?;
    rows.into_iter().map(|(row, check)| Ok((row.into_photo()?, checked(check)?))).collect()
}

/// What the content check of a photo says; `None` where it is not checked.
///
/// # Errors
/// The database's.
pub fn check(tx: &mut Tx, id: Uuid) -> Result<Option<Checked>, StoreError> {
    let row = content_checks::table.filter(content_checks::photo_id.eq(Some(Uid(id))));
    checked(row.select((content_checks::state, content_checks::author)).get_result(&mut tx.conn).optional()?)
}

/// Whether there is such a photo.
///
/// # Errors
/// The database's.
pub fn exists(tx: &mut Tx, id: Uuid) -> Result<bool, StoreError> {
    let count: i64 = photos::table.filter(photos::id.eq(Uid(id))).count().get_result(&mut tx.conn)?;
    Ok(count > 0)
}

/// How many photos an order has.
///
/// # Errors
/// The database's.
pub fn count(tx: &mut Tx, order: Uuid) -> Result<i64, StoreError> {
    Ok(photos::table.filter(photos::order_id.eq(Uid(order))).count().get_result(&mut tx.conn)?)
}

/// Photos whose files are to be deleted by now.
///
/// # Errors
/// The database's.
pub fn removals(tx: &mut Tx, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let now = Instant::from(tx.now());
    let rows: Vec<Uid> = photo_removals::table
        .filter(photo_removals::next_at.le(now))
        .order((photo_removals::next_at, photo_removals::photo_id))
        .limit(limit)
        .select(photo_removals::photo_id)
        .load(&mut tx.conn)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Notes that the file of a photo is gone.
///
/// # Errors
/// The database's.
pub fn removed(tx: &mut Tx, photo: Uuid) -> Result<(), StoreError> {
    diesel::delete(photo_removals::table.find(Uid(photo))).execute(&mut tx.conn)?;
    Ok(())
}

/// Notes that the file of a photo could not be deleted, to be tried again later.
///
/// # Errors
/// The database's.
pub fn not_removed(tx: &mut Tx, photo: Uuid, next: domain::Timestamp) -> Result<(), StoreError> {
    diesel::update(photo_removals::table.find(Uid(photo)))
        .set((photo_removals::attempts.eq(photo_removals::attempts + 1), photo_removals::next_at.eq(Instant::from(next))))
        .execute(&mut tx.conn)?;
    Ok(())
}

/// Forgets photos; their files are deleted afterwards, however often that must be tried.
pub(crate) fn remove(tx: &mut Tx, pictures: &[Uid]) -> Result<(), StoreError> {
    let now = Instant::from(tx.now());
    let removal = |photo: &Uid| {
        let (at, next) = (photo_removals::since.eq(now), photo_removals::next_at.eq(now));
        (photo_removals::photo_id.eq(*photo), at, photo_removals::attempts.eq(0), next)
    };
    let rows: Vec<_> = pictures.iter().map(removal).collect();
    insert_all!(tx, photo_removals::table, rows)?;
    diesel::delete(photos::table.filter(photos::id.eq_any(pictures.to_vec()))).execute(&mut tx.conn)?;
    Ok(())
}
