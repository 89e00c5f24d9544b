//! Photos of orders: taken in, made harmless, kept outside the database, fetched by short-lived addresses.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use domain::content::{ContentState, Standing};
use domain::order::{Acting, PhotoKind};
use persistence::content::Checked;
use persistence::order;
use persistence::photo::{self, Photo};
use persistence::{Store, StoreError, Tx};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::view::seen;
use crate::actor::{Actor, may};
use crate::answer::{Answer, Reply};
use crate::body::Query;
use crate::once::{Conditions, Once};
use crate::photo::{NormalPhoto, PhotoLimits, normalise};
use crate::photo_store::{self, SignedQuery};
use crate::problem::{Code, Fault, Problem, Rule};
use crate::services::Services;
use crate::upload::Upload;

/// An address of a photo is good for this long.
pub(crate) const ADDRESS_TIME: TimeDelta = TimeDelta::minutes(5);

/// Photos that one order may have.
const PHOTOS: i64 = 20;

/// What the upload is for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadPhoto {
    /// What the photo shows.
    kind: PhotoKind,
}

/// The form that `wx.uploadFile` sends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes the form in the contract; its field is read as a stream")]
pub struct PhotoForm {
    /// A JPEG, PNG or WebP of at most 10 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// The bytes of a photo: a JPEG or a PNG.
#[derive(Clone, Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes the answer in the contract")]
pub struct PhotoFile(Vec<u8>);

/// A photo with an address that is good for five minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PhotoView {
    /// Its id.
    id: Uuid,
    /// What it shows.
    kind: PhotoKind,
    /// Its media type after it was made harmless.
    media_type: String,
    /// Its size in bytes.
    bytes: i32,
    /// Width in pixels.
    width: i32,
    /// Height in pixels.
    height: i32,
    /// When it was uploaded.
    at: DateTime<Utc>,
    /// Where it can be fetched without a token; null while it is held from the caller.
    url: Option<String>,
    /// Until when.
    url_expires_at: Option<DateTime<Utc>>,
    /// Whether others see it; its author, the station and those above see it in any case.
    standing: Standing,
}

/// The photos of an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Photos {
    /// Oldest first.
    items: Vec<PhotoView>,
}

/// Upload a photo.
///
/// 上传照片:JPEG、PNG 或 WebP,按内容检查,去除拍摄位置等信息后保存。
#[utoipa::path(post, path = "/v1/orders/{id}/photos", operation_id = "uploadPhoto",
    params(("id" = Uuid, Path, description = "订单"), UploadPhoto),
    request_body(content = PhotoForm, content_type = "multipart/form-data"),
    responses((status = 201, description = "照片", body = PhotoView)))]
pub async fn upload(
    services: Data<Services>,
    actor: Actor<may::UploadPhoto>,
    conditions: Conditions,
    id: Path<Uuid>,
    query: Query<UploadPhoto>,
    form: Upload,
) -> Answer<PhotoView> {
    let (who, order, kind) = (actor.actor, *id, query.0.kind);
    let reader = who.clone();
    services.store.read::<_, Fault>(move |tx| may_upload(tx, order, &reader, kind)).await?;
    let (_places, bytes) = form.file(&services, who.account, PhotoLimits::default().max_bytes).await?;
    let normal = harmless(&services, bytes).await?;
    let photo = Photo {
        id: Uuid::now_v7(),
        order,
        kind,
        media_type: normal.media_type.to_owned(),
        bytes: i32::try_from(normal.bytes.len()).unwrap_or(i32::MAX),
        width: i32::try_from(normal.width).unwrap_or(i32::MAX),
        height: i32::try_from(normal.height).unwrap_or(i32::MAX),
        digest: normal.sha256.to_vec(),
        uploaded_by: who.account,
        at: services.store.clock().now(),
    };
    // The file first: a row must never point to nothing. A file without a row is harmless.
    let full = |error| Problem::from(Code::Unavailable).retry_after(2).because(error);
    services.photos.put(photo.id, normal.bytes).await.map_err(full)?;
    let (id, digest) = (photo.id, photo.digest.clone());
    let work = move |tx: &mut Tx| -> Result<(Shown, bool), Fault> {
        let acting = may_upload(tx, order, &who, kind)?;
        if let Once::Before(before) = conditions.once(tx, who.account, &digest, 201, id)? {
            let check = photo::check(tx, before)?;
            return Ok((Shown::new(photo::load(tx, before)?, check, &acting), true));
        }
        if photo::count(tx, order)? >= PHOTOS {
            return Err(Problem::field_with("/file", Rule::TooMany, vec![PHOTOS.to_string()]).into());
        }
        let check = photo::add(tx, &photo)?.then_some(Checked { state: ContentState::Pending, author: who.account });
        Ok((Shown::new(photo.clone(), check, &acting), false))
    };
    let kept = services.store.write(work).await;
    // Where nobody can say whether the row was kept, the file stays with it.
    let stays = matches!(&kept, Ok((_, false)) | Err(Fault::Store(StoreError::OutcomeUnknown)));
    if !stays && services.photos.delete(id).await.is_err() {
        tracing::warn!(photo = %id, "a photo that was not kept could not be removed");
    }
    let (photo, replayed) = kept?;
    services.content.kick();
    let view = view(&services.store, photo);
    Ok(Reply::created(view, &format!("/v1/orders/{order}/photos")).replayed(replayed))
}

/// The resident's side shows what is asked for, the taker's side what was done, the station both. What the actor is to the order.
fn may_upload(tx: &mut Tx, order: Uuid, who: &domain::identity::Actor, kind: PhotoKind) -> Result<Acting, Fault> {
    use domain::order::Party;
    let acting = order::load(tx, order, who)?.acting;
    let fitting: &[Party] = match kind {
        PhotoKind::Request => &[Party::Subject, Party::Placer, Party::Station],
        PhotoKind::Work => &[Party::Taker, Party::Member, Party::Station],
    };
    if acting.parties.iter().any(|party| fitting.contains(party)) { Ok(acting) } else { Err(Code::Forbidden.into()) }
}

/// Decodes and encodes anew, a few at once: a large photo takes some hundred megabytes.
async fn harmless(services: &Services, bytes: Vec<u8>) -> Result<NormalPhoto, Problem> {
    let permit = services.decoding.clone().acquire_owned().await.map_err(|_| Problem::from(Code::Busy))?;
    let done = web::block(move || {
        let _permit = permit;
        normalise(&bytes, &PhotoLimits::default())
    });
    let normal = done.await.map_err(Problem::internal)?;
    normal.map_err(|error| Problem::field_with("/file", Rule::Photo, vec![error.to_string()]))
}

/// Read the photos of an order.
///
/// 照片列表:只对与订单有关且需要查看者开放,地址五分钟内有效。
#[utoipa::path(get, path = "/v1/orders/{id}/photos", operation_id = "listPhotos",
    params(("id" = Uuid, Path, description = "订单")), responses((status = 200, description = "照片", body = Photos)))]
pub async fn photos(services: Data<Services>, actor: Actor<may::ReadPhoto>, id: Path<Uuid>) -> Answer<Photos> {
    let (who, id) = (actor.actor, *id);
    let read = move |tx: &mut Tx| -> Result<Vec<Shown>, Fault> {
        let acting = order::load(tx, id, &who)?.acting;
        Ok(photo::list(tx, id)?.into_iter().map(|(photo, check)| Shown::new(photo, check, &acting)).collect())
    };
    let photos = services.store.read(read).await?;
    let items = photos.into_iter().map(|photo| view(&services.store, photo)).collect();
    Ok(Reply::ok(Photos { items }))
}

/// A photo as far as one caller may see it.
pub struct Shown {
    photo: Photo,
    standing: Standing,
    visible: bool,
}

impl Shown {
    /// As far as the one who acts may see it.
    #[must_use]
    pub fn new(photo: Photo, check: Option<Checked>, acting: &Acting) -> Self {
        let (standing, visible) = seen(check, acting);
        Self { photo, standing, visible }
    }
}

/// Where a photo can be fetched without a token, until a moment.
pub(crate) fn photo_address(store: &Store, photo: Uuid, expires: DateTime<Utc>) -> String {
    format!("/v1/photos/{photo}?{}", photo_store::sign(&key(store), photo, expires))
}

/// A photo with a fresh address, if it may be seen.
#[must_use]
pub fn view(store: &Store, shown: Shown) -> PhotoView {
    let Shown { photo, standing, visible } = shown;
    let expires = store.clock().now() + ADDRESS_TIME;
    PhotoView {
        id: photo.id,
        kind: photo.kind,
        media_type: photo.media_type,
        bytes: photo.bytes,
        width: photo.width,
        height: photo.height,
        at: photo.at,
        url: visible.then(|| photo_address(store, photo.id, expires)),
        url_expires_at: visible.then_some(expires),
        standing,
    }
}

/// The key that signs addresses, derived from the installation's.
fn key(store: &Store) -> Vec<u8> {
    store.keys().sign("photo-address", b"key")
}

/// Fetch a photo.
///
/// 读取照片:凭列表中的签名地址,不需要令牌。
#[utoipa::path(get, path = "/v1/photos/{id}", operation_id = "fetchPhoto", security(()),
    params(("id" = Uuid, Path, description = "照片"), ("expires" = i64, Query, description = "有效期,秒"),
        ("signature" = String, Query, description = "签名")),
    responses((status = 200, description = "照片", body = inline(PhotoFile), content_type = "image/*")))]
pub async fn fetch(services: Data<Services>, id: Path<Uuid>, query: Query<SignedQuery>) -> Result<HttpResponse, Problem> {
    let id = *id;
    if !photo_store::verify(&key(&services.store), id, &query.0, services.store.clock().now()) {
        return Err(Code::NotFound.into());
    }
    let photo = services.store.glance::<_, Fault>(move |tx| Ok(photo::load(tx, id)?)).await?;
    let bytes = services.photos.get(id).await.map_err(|error| Problem::from(Code::NotFound).because(error))?;
    Ok(HttpResponse::Ok()
        .content_type(photo.media_type)
        .insert_header((header::CACHE_CONTROL, "private, max-age=300"))
        .insert_header((header::CONTENT_DISPOSITION, "inline"))
        .body(bytes))
}
