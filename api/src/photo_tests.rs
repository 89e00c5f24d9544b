//! Photos made here, good and bad.

use image::{GenericImageView, Rgb, RgbImage, Rgba, RgbaImage, codecs::webp::WebPEncoder};

use super::*;

/// Left half red, right half blue, and a white top row, so that one sees how the picture was turned.
fn picture(width: u32, height: u32) -> DynamicImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y) {
        (_, 0) => Rgb([255, 255, 255]),
        (true, _) => Rgb([220, 20, 20]),
        (false, _) => Rgb([20, 20, 220]),
    })
    .into()
}

fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("the test's own picture");
    bytes.into_inner()
}

fn normal(bytes: &[u8]) -> Result<NormalPhoto, PhotoError> {
    normalise(bytes, &PhotoLimits::default())
}

/// A TIFF block with the orientation "turn right" (6), and a GPS directory that says 45° N.
fn exif_with_place() -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend(entry(0x0112, 3, 1, 6));
    tiff.extend(entry(0x8825, 4, 1, 38));
    tiff.extend(0_u32.to_le_bytes());
    assert_eq!(tiff.len(), 38, "the GPS directory starts where the pointer says");
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, u32::from(b'N')));
    tiff.extend(entry(0x0002, 5, 3, 68));
    tiff.extend(0_u32.to_le_bytes());
    assert_eq!(tiff.len(), 68, "the latitude starts where the pointer says");
    for number in [45_u32, 1, 19, 1, 7, 1] {
        tiff.extend(number.to_le_bytes());
    }
    tiff
}

/// A JPEG whose first segments are EXIF with a place and a comment.
fn jpeg_with_place(width: u32, height: u32) -> Vec<u8> {
    let jpeg = file(&picture(width, height), ImageFormat::Jpeg);
    let segment = |marker: u8, payload: &[u8]| {
        let length = u16::try_from(payload.len() + 2).expect("a short segment");
        [&[0xFF, marker][..], &length.to_be_bytes(), payload].concat()
    };
    let exif = [b"Exif\0\0".as_slice(), &exif_with_place()].concat();
    [&jpeg[..2], &segment(0xE1, &exif), &segment(0xFE, b"Li Wei, Huannan Road 5"), &jpeg[2..]].concat()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The markers of a JPEG's segments up to its picture data.
fn markers(jpeg: &[u8]) -> Vec<u8> {
    let mut markers = Vec::new();
    let mut rest = &jpeg[2..];
    while let [0xFF, marker, high, low, ..] = rest {
        markers.push(*marker);
        if *marker == 0xDA {
            break;
        }
        rest = &rest[2 + usize::from(u16::from_be_bytes([*high, *low]))..];
    }
    markers
}

#[test]
fn a_place_in_the_photo_does_not_come_out() {
    let upload = jpeg_with_place(64, 40);
    let mut decoder = image::codecs::jpeg::JpegDecoder::new(Cursor::new(&upload)).expect("it is a JPEG");
    let exif = decoder.exif_metadata().expect("readable").expect("the test's EXIF block is seen as one");
    assert!(contains(&exif, &45_u32.to_le_bytes()), "and it holds the latitude");

    let photo = normal(&upload).expect("a good photo");
    assert!(!contains(&photo.bytes, b"Exif") && !contains(&photo.bytes, b"II*\0") && !contains(&photo.bytes, b"Huannan"));
    let segments = markers(&photo.bytes);
    assert!(segments.ends_with(&[0xDA]), "the walk reaches the picture data: {segments:02x?}");
    let foreign = |marker: &u8| matches!(marker, 0xE1..=0xEF | 0xFE);
    assert!(!segments.iter().any(foreign), "no application segment but JFIF, no comment: {segments:02x?}");
    let mut decoder = image::codecs::jpeg::JpegDecoder::new(Cursor::new(&photo.bytes)).expect("a JPEG");
    assert_eq!(decoder.exif_metadata().expect("readable"), None);
}

#[test]
fn a_photo_is_turned_as_its_exif_says() {
    let photo = normal(&jpeg_with_place(64, 40)).expect("a good photo");
    assert_eq!((photo.width, photo.height, photo.media_type, photo.extension), (40, 64, "image/jpeg", "jpg"));
    let image = image::load_from_memory(&photo.bytes).expect("it decodes");
    assert_eq!(image.dimensions(), (40, 64));
    let (upper, lower) = (image.get_pixel(10, 10).0, image.get_pixel(10, 54).0);
    assert!(upper[0] > 150 && upper[2] < 100, "the left half is now above: {upper:?}");
    assert!(lower[2] > 150 && lower[0] < 100, "the right half is now below: {lower:?}");
}

#[test]
fn text_in_a_png_and_exif_in_a_webp_do_not_come_out() {
    let mut png = file(&picture(8, 8), ImageFormat::Png);
    let text = chunk(*b"tEXt", b"Author\0Li Wei");
    png.splice(33..33, [chunk(*b"eXIf", &exif_with_place()), text].concat());
    let photo = normal(&png).expect("a good photo");
    assert_eq!((photo.media_type, photo.extension), ("image/png", "png"));
    assert!(!contains(&photo.bytes, b"eXIf") && !contains(&photo.bytes, b"Li Wei"));

    let mut webp = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut webp);
    image::ImageEncoder::set_exif_metadata(&mut encoder, exif_with_place()).expect("WebP takes EXIF");
    picture(64, 40).write_with_encoder(encoder).expect("the test's own picture");
    assert!(contains(&webp, b"EXIF"));
    let photo = normal(&webp).expect("a good photo");
    assert_eq!((photo.media_type, photo.width, photo.height), ("image/jpeg", 40, 64));
    assert!(!contains(&photo.bytes, b"EXIF") && !contains(&photo.bytes, b"II*\0"));
}

#[test]
fn transparency_is_kept_and_deep_colours_are_read() {
    let glass: DynamicImage = RgbaImage::from_pixel(8, 8, Rgba([10, 20, 30, 128])).into();
    let photo = normal(&file(&glass, ImageFormat::WebP)).expect("a good photo");
    assert_eq!(photo.media_type, "image/png");
    assert_eq!(image::load_from_memory(&photo.bytes).expect("it decodes").get_pixel(3, 3).0[3], 128);
    for deep in [DynamicImage::ImageLuma16(picture(8, 8).into_luma16()), DynamicImage::ImageRgba16(picture(8, 8).into_rgba16())] {
        normal(&file(&deep, ImageFormat::Png)).expect("16 bits are read");
    }
    let grey = DynamicImage::ImageLuma8(picture(8, 8).into_luma8());
    assert_eq!(normal(&file(&grey, ImageFormat::Jpeg)).expect("grey is read").media_type, "image/jpeg");
}

#[test]
fn large_photos_are_reduced_and_small_ones_are_not() {
    for (from, to) in [((3000, 1500), (2560, 1280)), ((600, 6000), (256, 2560)), ((2560, 2), (2560, 2)), ((1, 1), (1, 1))] {
        let photo = normal(&file(&picture(from.0, from.1), ImageFormat::Jpeg)).expect("a good photo");
        assert_eq!((photo.width, photo.height), to, "from {from:?}");
        let digest = digest::digest(&digest::SHA256, &photo.bytes);
        assert_eq!(photo.sha256.as_slice(), digest.as_ref());
    }
}

#[test]
fn what_is_no_photo_is_refused() {
    assert_eq!(normal(b""), Err(PhotoError::Empty));
    let svg = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    for content in [svg.as_slice(), gif, b"MZ\x90\0", b"%PDF-1.7", b"\0\0\0\x18ftypheic", b"RIFF\x04\0\0\0WAVE", b"\xFF"] {
        assert_eq!(normal(content), Err(PhotoError::NotAPhoto), "{content:?}");
    }
}

#[test]
fn a_photo_that_breaks_off_is_refused() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        // Noise, so that the picture data are long and the break is within them.
        let noise = RgbImage::from_fn(64, 64, |x, y| {
            let word = (x * 7919 + y * 104_729).wrapping_mul(2_654_435_761).to_le_bytes();
            Rgb([word[1], word[2], word[3]])
        });
        let whole = file(&noise.into(), format);
        normal(&whole).expect("whole it is good");
        for part in [2, 3, 10] {
            assert_eq!(normal(&whole[..whole.len() - whole.len() / part]), Err(PhotoError::Damaged), "{format:?} without 1/{part}");
        }
        if format != ImageFormat::WebP {
            assert_eq!(normal(&whole[..20]), Err(PhotoError::Damaged), "{format:?}: 20 bytes");
        }
    }
}

#[test]
fn an_end_marker_in_a_preview_or_after_the_picture_changes_nothing() {
    let whole = jpeg_with_place(64, 40);
    let preview = [&[0xFF, 0xE2, 0, 6][..], &[0xFF, 0xD9, 0xFF, 0xD9], &whole[2..]].concat();
    let with_preview = [&whole[..2], &preview].concat();
    normal(&with_preview).expect("a good photo");
    assert_eq!(normal(&with_preview[..with_preview.len() - 2]), Err(PhotoError::Damaged));
    normal(&[whole.as_slice(), b"what a camera appends"].concat()).expect("a good photo");
}

/// A PNG chunk with its checksum (ISO 3309 CRC-32).
fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&name[..], data].concat();
    let crc = !body.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    let length = u32::try_from(data.len()).expect("a short chunk");
    [&length.to_be_bytes()[..], &body, &crc.to_be_bytes()].concat()
}

/// A small file that claims to be a huge picture.
fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut png = file(&picture(8, 8), ImageFormat::Png);
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &png[24..29]].concat();
    png.splice(8..33, chunk(*b"IHDR", &header));
    png
}

fn jpeg_bomb(width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = file(&picture(8, 8), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a baseline frame");
    let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
    jpeg.splice(frame + 5..frame + 9, size);
    jpeg
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    let limits = PhotoLimits::default();
    let pixels = Err(PhotoError::TooManyPixels { limit: limits.max_pixels });
    let side = Err(PhotoError::SideTooLong { limit: limits.max_side });
    assert_eq!(normal(&png_bomb(11_999, 11_999)), pixels);
    assert_eq!(normal(&png_bomb(60_000, 60_000)), side);
    assert_eq!(normal(&png_bomb(12_001, 1)), side);
    assert_eq!(normal(&jpeg_bomb(11_999, 11_999)), pixels);
    assert_eq!(normal(&jpeg_bomb(65_000, 65_000)), side);
    let tight = PhotoLimits { max_memory: 100, ..limits };
    let memory = normalise(&file(&picture(8, 8), ImageFormat::Jpeg), &tight);
    assert_eq!(memory, Err(PhotoError::TooManyPixels { limit: limits.max_pixels }));
    let short = PhotoLimits { max_bytes: 10, ..limits };
    assert_eq!(normalise(&[0; 11], &short), Err(PhotoError::TooManyBytes { found: 11, limit: 10 }));
}
