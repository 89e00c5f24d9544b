//! Files that come in forms: one at a time, never more than is allowed, and not too slowly.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use uuid::Uuid;

use crate::body::{as_it_is, deadlines};
use crate::limits::Paced;
use crate::problem::{Code, Problem, Rule};
use crate::services::{Services, UploadPlaces};

/// A form with a file, which must not come too slowly.
pub struct Upload(Multipart);

impl FromRequest for Upload {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Paced::new(payload.take(), deadlines(request));
        let form = request.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let read = if form { as_it_is(request) } else { Err(Code::UnsupportedMediaType.into()) };
        std::future::ready(read.map(|()| Self(Multipart::new(request.headers(), body))))
    }
}

impl Upload {
    /// The one file of the form, of so many bytes at most. The places that it takes are given back with what comes with it.
    ///
    /// # Errors
    /// [`Code::Busy`] where too many are on their way; what is wrong with the form.
    pub async fn file(self, services: &Services, account: Uuid, limit: usize) -> Result<(UploadPlaces, Vec<u8>), Problem> {
        let places = services.upload_places(account).ok_or_else(|| Problem::from(Code::Busy).retry_after(2))?;
        let mut form = self.0;
        let mut field = next(&mut form).await?.ok_or_else(|| Problem::field("/file", Rule::Required))?;
        if field.name() != Some("file") {
            return Err(unknown(&field));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = field.next().await {
            let chunk = chunk.map_err(|error| broken(&error))?;
            if bytes.len() + chunk.len() > limit {
                return Err(Code::TooLarge.into());
            }
            bytes.extend_from_slice(&chunk);
        }
        drop(field);
        match next(&mut form).await? {
            None => Ok((places, bytes)),
            Some(more) => Err(unknown(&more)),
        }
    }
}

/// What is wrong with a form.
fn broken(error: &MultipartError) -> Problem {
    let late = matches!(error, MultipartError::Payload(PayloadError::Io(io)) if io.kind() == std::io::ErrorKind::TimedOut);
    Problem::from(if late { Code::RequestTimeout } else { Code::Malformed }).because(error)
}

async fn next(form: &mut Multipart) -> Result<Option<Field>, Problem> {
    form.next().await.transpose().map_err(|error| broken(&error))
}

/// A field that nobody reads is refused, as everywhere.
fn unknown(field: &Field) -> Problem {
    Problem::field(format!("/{}", field.name().unwrap_or_default()), Rule::UnknownField)
}
