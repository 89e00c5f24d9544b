//! Makes an uploaded photo harmless: what comes out has been decoded and encoded anew, so it is a picture and nothing else,
//! with no place, time, device or owner in it.

use std::io::Cursor;

use aws_lc_rs::digest;
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType as PngFilter, PngEncoder},
    },
    error::LimitErrorKind,
    imageops::FilterType,
    metadata::Orientation,
};
use thiserror::Error;

#[cfg(test)]
#[path = "photo_tests.rs"]
mod tests;

/// The quality of JPEG output: damage and faces stay clear, files stay small.
const JPEG_QUALITY: u8 = 85;

/// What is accepted, and how large the result may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoLimits {
    /// Bytes of the upload.
    pub max_bytes: usize,
    /// Pixels (width × height) of the upload.
    pub max_pixels: u64,
    /// Pixels of the upload's longer side.
    pub max_side: u32,
    /// Bytes that the decoded upload may take in memory.
    pub max_memory: u64,
    /// Pixels of the result's longer side; larger photos are reduced to it.
    pub longest_side: u32,
}

impl Default for PhotoLimits {
    /// 10 MiB, 50 megapixels, 12,000 pixels a side, 256 MiB decoded, reduced to 2,560 pixels.
    fn default() -> Self {
        Self { max_bytes: 10 * 1024 * 1024, max_pixels: 50_000_000, max_side: 12_000, max_memory: 256 * 1024 * 1024, longest_side: 2_560 }
    }
}

/// A photo that may be stored and shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormalPhoto {
    /// The encoded picture, without metadata.
    pub bytes: Vec<u8>,
    /// `image/jpeg` or `image/png`.
    pub media_type: &'static str,
    /// `jpg` or `png`.
    pub extension: &'static str,
    /// Pixels across, as the viewer sees it.
    pub width: u32,
    /// Pixels down, as the viewer sees it.
    pub height: u32,
    /// SHA-256 of `bytes`.
    pub sha256: [u8; 32],
}

/// The rule that an upload breaks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PhotoError {
    /// There is nothing in it.
    #[error("the photo is empty")]
    Empty,
    /// More bytes than allowed.
    #[error("the photo has {found} bytes, at most {limit} are allowed")]
    TooManyBytes {
        /// Bytes that came.
        found: usize,
        /// Bytes that are allowed.
        limit: usize,
    },
    /// The content is neither JPEG nor PNG nor WebP, whatever its name says.
    #[error("the content is neither JPEG nor PNG nor WebP")]
    NotAPhoto,
    /// A side is longer than allowed.
    #[error("a side of the photo is longer than {limit} pixels")]
    SideTooLong {
        /// Pixels that are allowed.
        limit: u32,
    },
    /// More pixels than allowed, or more memory than they may take.
    #[error("the photo has more than {limit} pixels, or they take too much memory")]
    TooManyPixels {
        /// Pixels that are allowed.
        limit: u64,
    },
    /// The content breaks off or contradicts itself.
    #[error("the photo is damaged or incomplete")]
    Damaged,
    /// A kind of JPEG, PNG or WebP that cannot be read here, such as 12-bit or arithmetic-coded JPEG.
    #[error("this variant of the format is not supported")]
    UnsupportedVariant,
    /// The result could not be written; nothing is wrong with the upload.
    #[error("the photo cannot be encoded")]
    Encoding,
}

/// Decodes, turns upright, reduces and encodes a photo. JPEG stays JPEG, PNG stays PNG, WebP becomes JPEG, or PNG if it is
/// transparent. Of an animation the first picture remains.
///
/// Takes up to a second of one processor and some hundred megabytes for the largest photos: run it on a blocking thread,
/// few at a time.
///
/// # Errors
/// [`PhotoError`] names the rule that the upload breaks. The size is checked before any pixel is decoded.
pub fn normalise(bytes: &[u8], limits: &PhotoLimits) -> Result<NormalPhoto, PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    if bytes.len() > limits.max_bytes {
        return Err(PhotoError::TooManyBytes { found: bytes.len(), limit: limits.max_bytes });
    }
    let format = sniffed(bytes)?;
    let (image, orientation) = decoded(bytes, format, limits)?;
    let mut image = reduced(plain(image), limits.longest_side);
    image.apply_orientation(orientation);
    encoded(&image, format)
}

/// The format by the first bytes. Names and declared types are the sender's word only.
fn sniffed(bytes: &[u8]) -> Result<ImageFormat, PhotoError> {
    match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => Ok(format),
        _ => Err(PhotoError::NotAPhoto),
    }
}

fn decoded(bytes: &[u8], format: ImageFormat, limits: &PhotoLimits) -> Result<(DynamicImage, Orientation), PhotoError> {
    let refused = |error: ImageError| refusal(&error, limits);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(bounds(limits));
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if width.max(height) > limits.max_side {
        return Err(PhotoError::SideTooLong { limit: limits.max_side });
    }
    if u64::from(width) * u64::from(height) > limits.max_pixels || decoder.total_bytes() > limits.max_memory {
        return Err(PhotoError::TooManyPixels { limit: limits.max_pixels });
    }
    if format == ImageFormat::Jpeg && !jpeg_is_whole(bytes) {
        return Err(PhotoError::Damaged);
    }
    // A broken EXIF block is no reason to refuse a photo: it goes anyway.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    Ok((image, orientation))
}

fn bounds(limits: &PhotoLimits) -> Limits {
    let mut bounds = Limits::default();
    bounds.max_image_width = Some(limits.max_side);
    bounds.max_image_height = Some(limits.max_side);
    bounds.max_alloc = Some(limits.max_memory);
    bounds
}

fn refusal(error: &ImageError, limits: &PhotoLimits) -> PhotoError {
    match error {
        ImageError::Limits(error) => match error.kind() {
            LimitErrorKind::DimensionError => PhotoError::SideTooLong { limit: limits.max_side },
            _ => PhotoError::TooManyPixels { limit: limits.max_pixels },
        },
        ImageError::Unsupported(_) => PhotoError::UnsupportedVariant,
        _ => PhotoError::Damaged,
    }
}

/// Whether the picture data of a JPEG has an end. The decoder fills a missing rest with grey and says nothing; as evidence
/// of a repair that would be worthless. Within picture data the two bytes of the end marker cannot occur; what cameras
/// append after it does not matter, and the end marker of a preview inside a segment is not seen.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let has_end = |data: &[u8]| data.windows(2).any(|pair| pair == [0xFF, 0xD9]);
    let mut rest = bytes.get(2..).unwrap_or_default();
    loop {
        rest = match rest {
            [0xFF, 0xFF, ..] => rest.get(1..).unwrap_or_default(),
            [0xFF, 0xDA, data @ ..] => return has_end(data),
            [0xFF, 0x01 | 0xD0..=0xD7, after @ ..] => after,
            [0xFF, _, high, low, ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                rest.get(2 + length..).unwrap_or_default()
            }
            other => return has_end(other),
        };
    }
}

/// Eight bits a channel, and only the channel sets that both encoders know.
fn plain(image: DynamicImage) -> DynamicImage {
    match image {
        image @ (DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_)) => image,
        image if image.color().has_alpha() => image.into_rgba8().into(),
        image if image.color().has_color() => image.into_rgb8().into(),
        image => image.into_luma8().into(),
    }
}

/// The good filter keeps whole rows as floating point; very large photos are first halved roughly to spare memory.
fn reduced(image: DynamicImage, longest: u32) -> DynamicImage {
    let side = image.width().max(image.height());
    if side <= longest {
        return image;
    }
    let twice = longest.saturating_mul(2);
    let image = if side > twice { image.thumbnail(twice, twice) } else { image };
    image.resize(longest, longest, FilterType::CatmullRom)
}

fn encoded(image: &DynamicImage, source: ImageFormat) -> Result<NormalPhoto, PhotoError> {
    let mut bytes = Vec::new();
    let as_png = source == ImageFormat::Png || image.color().has_alpha();
    let (written, media_type, extension) = if as_png {
        let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, PngFilter::Adaptive);
        (image.write_with_encoder(encoder), "image/png", "png")
    } else {
        (image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)), "image/jpeg", "jpg")
    };
    written.map_err(|_| PhotoError::Encoding)?;
    let digest = digest::digest(&digest::SHA256, &bytes);
    let sha256 = digest.as_ref().try_into().map_err(|_| PhotoError::Encoding)?;
    Ok(NormalPhoto { bytes, media_type, extension, width: image.width(), height: image.height(), sha256 })
}
