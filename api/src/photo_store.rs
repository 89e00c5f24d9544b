//! Where photos lie, and the signed addresses under which they can be seen for a few minutes.

use std::{fs::DirBuilder, io, path::Path as FilePath};

use actix_web::web::Bytes;
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, local::LocalFileSystem, path::Path};
use serde::Deserialize;
use thiserror::Error;
use uuid::Uuid;

/// Why a photo could not be kept, found or removed.
#[derive(Debug, Error)]
pub enum PhotoStoreError {
    /// No photo has this id.
    #[error("there is no photo with this id")]
    Missing,
    /// A photo with this id is there already; photos are never overwritten.
    #[error("a photo with this id is there already")]
    AlreadyThere,
    /// The directory cannot be made.
    #[error("the photo directory cannot be made")]
    Directory(#[source] io::Error),
    /// Reading or writing failed.
    #[error("the photo store failed")]
    Failed(#[source] object_store::Error),
}

impl From<object_store::Error> for PhotoStoreError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            object_store::Error::AlreadyExists { .. } => Self::AlreadyThere,
            error => Self::Failed(error),
        }
    }
}

/// Photos in a directory, each under its id. A photo that `put` has accepted is on the disk.
#[derive(Debug, Clone)]
pub struct PhotoStore {
    files: LocalFileSystem,
}

impl PhotoStore {
    /// Opens the store in `directory`, which is made if need be, readable by nobody else. Blocks: call it at start.
    ///
    /// # Errors
    /// When the directory cannot be made or read.
    pub fn open(directory: impl AsRef<FilePath>) -> Result<Self, PhotoStoreError> {
        let directory = directory.as_ref();
        make_private(directory).map_err(PhotoStoreError::Directory)?;
        Ok(Self { files: LocalFileSystem::new_with_prefix(directory)?.with_fsync(true) })
    }

    /// Keeps a photo under a new id.
    ///
    /// # Errors
    /// [`PhotoStoreError::AlreadyThere`] when the id is taken.
    pub async fn put(&self, id: Uuid, bytes: impl Into<Bytes>) -> Result<(), PhotoStoreError> {
        let bytes: Bytes = bytes.into();
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        self.files.put_opts(&place(id), bytes.into(), options).await?;
        Ok(())
    }

    /// The photo's bytes.
    ///
    /// # Errors
    /// [`PhotoStoreError::Missing`] when there is none.
    pub async fn get(&self, id: Uuid) -> Result<Bytes, PhotoStoreError> {
        Ok(self.files.get(&place(id)).await?.bytes().await?)
    }

    /// Removes a photo and says whether there was one: to erase twice is no error.
    ///
    /// # Errors
    /// When the file is there and cannot be removed.
    pub async fn delete(&self, id: Uuid) -> Result<bool, PhotoStoreError> {
        match self.files.delete(&place(id)).await.map_err(PhotoStoreError::from) {
            Ok(()) => Ok(true),
            Err(PhotoStoreError::Missing) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// `7f/0198….7f`: the last byte of a UUID is random (the first ones are the time), so directories fill evenly.
fn place(id: Uuid) -> Path {
    let [.., last] = id.into_bytes();
    Path::from(format!("{last:02x}/{id}"))
}

fn make_private(directory: &FilePath) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(directory)?;
        if std::fs::metadata(directory)?.permissions().mode() & 0o077 != 0 {
            tracing::warn!(directory = %directory.display(), "others than this program's user can enter the photo directory");
        }
    }
    #[cfg(not(unix))]
    builder.create(directory)?;
    Ok(())
}

/// The query of a signed photo address. An `<image>` cannot send a header, so the right to see travels in the address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedQuery {
    /// The last second in which the address works, as a Unix time.
    pub expires: i64,
    /// HMAC-SHA256 over the photo's id and `expires`, base64url without padding.
    pub signature: String,
}

/// The query `expires=…&signature=…` with which `photo` can be fetched until `expires`. `key` is at least 32 secret random
/// bytes that serve no other purpose.
#[must_use]
pub fn sign(key: &[u8], photo: Uuid, expires: DateTime<Utc>) -> String {
    let expires = expires.timestamp();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), &message(photo, expires));
    format!("expires={expires}&signature={}", URL_SAFE_NO_PAD.encode(tag))
}

/// Whether the query was signed with `key` for this photo and has not expired. Takes the same time for every wrong
/// signature.
#[must_use]
pub fn verify(key: &[u8], photo: Uuid, query: &SignedQuery, now: DateTime<Utc>) -> bool {
    let Ok(tag) = URL_SAFE_NO_PAD.decode(&query.signature) else {
        return false;
    };
    let genuine = hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, key), &message(photo, query.expires), &tag).is_ok();
    genuine && now.timestamp() <= query.expires
}

/// What is signed: a label, so that no other use of the key can be taken for this one, then two fields of fixed length.
fn message(photo: Uuid, expires: i64) -> Vec<u8> {
    [b"linli photo v1\0".as_slice(), photo.as_bytes(), &expires.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    /// A directory of its own for each test, removed at the end.
    struct Scratch(std::path::PathBuf);

    impl Scratch {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("linli-photos-{}", Uuid::new_v4())))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[tokio::test]
    async fn a_photo_is_kept_until_it_is_deleted() {
        let scratch = Scratch::new();
        let store = PhotoStore::open(&scratch.0).expect("the directory can be made");
        let id = Uuid::now_v7();
        assert!(matches!(store.get(id).await, Err(PhotoStoreError::Missing)));
        store.put(id, b"first".to_vec()).await.expect("a new id");
        assert!(matches!(store.put(id, b"second".to_vec()).await, Err(PhotoStoreError::AlreadyThere)));
        let reopened = PhotoStore::open(&scratch.0).expect("it is there already");
        assert_eq!(reopened.get(id).await.expect("it was kept"), b"first".as_slice());
        assert!(store.delete(id).await.expect("it can be removed"));
        assert!(!store.delete(id).await.expect("to erase twice is no error"));
        assert!(matches!(store.get(id).await, Err(PhotoStoreError::Missing)));
    }

    #[cfg(unix)]
    #[test]
    fn the_directory_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let scratch = Scratch::new();
        PhotoStore::open(&scratch.0).expect("the directory can be made");
        let mode = std::fs::metadata(&scratch.0).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    fn signed(photo: Uuid, expires: DateTime<Utc>) -> SignedQuery {
        serde_urlencoded::from_str(&sign(&KEY, photo, expires)).expect("what is signed is a query")
    }

    #[test]
    fn a_signature_holds_for_one_photo_one_key_and_one_time() {
        let now = DateTime::from_timestamp(1_767_225_600, 0).expect("a time");
        let (photo, other) = (Uuid::now_v7(), Uuid::now_v7());
        let query = signed(photo, now + TimeDelta::minutes(5));
        assert!(verify(&KEY, photo, &query, now));
        assert!(verify(&KEY, photo, &query, now + TimeDelta::minutes(5)));
        assert!(!verify(&KEY, photo, &query, now + TimeDelta::seconds(301)), "it ends");
        assert!(!verify(&KEY, other, &query, now), "it is for one photo");
        assert!(!verify(&[8; 32], photo, &query, now), "it is for one key");
        let longer = SignedQuery { expires: query.expires + 1, ..query.clone() };
        assert!(!verify(&KEY, photo, &longer, now), "its end cannot be moved");
        for signature in ["", "AAAA", "not base64!", &query.signature[1..]] {
            let forged = SignedQuery { signature: signature.to_owned(), ..query.clone() };
            assert!(!verify(&KEY, photo, &forged, now), "{signature:?}");
        }
    }
}
