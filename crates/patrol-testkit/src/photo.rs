//! Photos for tests, sound and broken, made on the spot: twins of true camera files, which are other people's and stay
//! out of the repository.
//!
//! The same seed gives the same bytes on every machine of one processor family, and another seed other bytes. The scene
//! has one colour in each corner of the picture *as seen*, so that a test can tell whether a thumbnail is upright, and
//! sensor-like noise, so that a file has the size of a real one.

mod broken;
mod exif;
mod scene;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use image::ExtendedColorType;
use image::codecs::{png::PngEncoder, webp::WebPEncoder};
use mozjpeg::{ColorSpace, Compress};

pub use broken::{bad_gps, heic_header, huge_dimensions, png_bomb, text_named_jpg, truncated, zero_bytes};
pub use exif::GpsRaw;
pub use scene::CORNERS;

use exif::{ExifFields, Gps};
use scene::Scene;

/// What the file is coded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Jpeg,
    Png,
    Webp,
}

/// What the JPEG's components are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colours {
    YCbCr,
    Grey,
    Cmyk,
}

/// Builds one photo. Without further wishes: a baseline JPEG of 800 × 600 with EXIF that says nothing but "upright".
#[derive(Debug, Clone)]
pub struct PhotoBuilder {
    seed: u64,
    width: u32,
    height: u32,
    noise: u8,
    quality: f32,
    format: Format,
    colours: Colours,
    is_progressive: bool,
    has_camera_thumbnail: bool,
    exif: Option<ExifFields>,
}

impl PhotoBuilder {
    /// A photo of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            width: 800,
            height: 600,
            noise: 24,
            quality: 88.0,
            format: Format::Jpeg,
            colours: Colours::YCbCr,
            is_progressive: false,
            has_camera_thumbnail: false,
            exif: Some(ExifFields::default()),
        }
    }

    /// Width and height in pixels as seen, upright; at least 1 each.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        (self.width, self.height) = (width.max(1), height.max(1));
        self
    }

    /// DateTimeOriginal as EXIF writes it (`2026:06:18 09:12:08`), and OffsetTimeOriginal (`+08:00`). Any text goes in.
    #[must_use]
    pub fn taken(mut self, local: &str, offset: Option<&str>) -> Self {
        self.fields().taken = Some((local.to_owned(), offset.map(str::to_owned)));
        self
    }

    /// Degrees in WGS-84, north and east positive.
    #[must_use]
    pub fn gps(mut self, lat: f64, lon: f64) -> Self {
        let accuracy_m = self.fields().gps.and_then(|gps| gps.accuracy_m());
        self.fields().gps = Some(Gps::Degrees { lat, lon, accuracy_m });
        self
    }

    /// GPSHPositioningError in metres; call it after [`Self::gps`].
    #[must_use]
    pub fn gps_accuracy(mut self, metres: f64) -> Self {
        if let Some(Gps::Degrees { accuracy_m, .. }) = &mut self.fields().gps {
            *accuracy_m = Some(metres);
        }
        self
    }

    /// Coordinates that are wrong in a way cameras are wrong.
    #[must_use]
    pub fn gps_raw(mut self, raw: GpsRaw) -> Self {
        self.fields().gps = Some(Gps::Raw(raw));
        self
    }

    /// GPSMapDatum, `WGS-84` unless told.
    #[must_use]
    pub fn datum(mut self, datum: &str) -> Self {
        self.fields().datum = datum.to_owned();
        self
    }

    /// EXIF orientation, 1 to 8; the pixels are stored accordingly, so that the scene is upright to who honours it.
    #[must_use]
    pub fn orientation(mut self, value: u16) -> Self {
        self.fields().orientation = value;
        self
    }

    /// EXIF with the most significant byte first, as Apple and Canon disagree.
    #[must_use]
    pub fn big_endian(mut self) -> Self {
        self.fields().is_big_endian = true;
        self
    }

    /// A small JPEG inside EXIF (IFD1), with an end mark of its own.
    #[must_use]
    pub fn camera_thumbnail(mut self) -> Self {
        self.has_camera_thumbnail = true;
        self
    }

    /// No EXIF at all.
    #[must_use]
    pub fn without_exif(mut self) -> Self {
        self.exif = None;
        self
    }

    /// Progressive JPEG: several scans.
    #[must_use]
    pub fn progressive(mut self) -> Self {
        self.is_progressive = true;
        self
    }

    /// JPEG with one component.
    #[must_use]
    pub fn grey(mut self) -> Self {
        self.colours = Colours::Grey;
        self
    }

    /// JPEG in Adobe's inverted CMYK.
    #[must_use]
    pub fn cmyk(mut self) -> Self {
        self.colours = Colours::Cmyk;
        self
    }

    /// How far the noise goes up and down, 0 to 127; 24 unless told.
    #[must_use]
    pub fn noise(mut self, amplitude: u8) -> Self {
        self.noise = amplitude.min(127);
        self
    }

    /// PNG with EXIF in eXIf.
    #[must_use]
    pub fn png(mut self) -> Self {
        self.format = Format::Png;
        self
    }

    /// Lossless WebP with EXIF in its own chunk.
    #[must_use]
    pub fn webp(mut self) -> Self {
        self.format = Format::Webp;
        self
    }

    /// The file's bytes.
    ///
    /// # Panics
    /// When an encoder refuses its own input, which is a bug of this builder.
    pub fn build(self) -> Vec<u8> {
        let orientation = self.exif.as_ref().map_or(1, |fields| fields.orientation);
        let turned = (5..=8).contains(&orientation);
        let (width, height) = if turned {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        };
        let scene = Scene {
            seed: self.seed,
            width,
            height,
            noise: self.noise,
            orientation,
        };
        let small = self.has_camera_thumbnail.then(|| {
            jpeg(
                &Scene {
                    width: 160,
                    height: 120,
                    ..scene
                }
                .draw(),
                (160, 120),
                Colours::YCbCr,
                75.0,
                false,
            )
        });
        let tiff = self.exif.as_ref().map(|fields| fields.tiff(small.as_deref()));
        let pixels = scene.draw();
        match self.format {
            Format::Jpeg => {
                let bytes = jpeg(
                    &pixels,
                    (width, height),
                    self.colours,
                    self.quality,
                    self.is_progressive,
                );
                tiff.map_or_else(|| bytes.clone(), |tiff| exif::into_jpeg(&bytes, &tiff))
            }
            Format::Png => {
                let mut bytes = Vec::new();
                write(PngEncoder::new(&mut bytes), &pixels, (width, height), tiff);
                bytes
            }
            Format::Webp => {
                let mut bytes = Vec::new();
                write(WebPEncoder::new_lossless(&mut bytes), &pixels, (width, height), tiff);
                bytes
            }
        }
    }

    fn fields(&mut self) -> &mut ExifFields {
        self.exif.get_or_insert_default()
    }
}

/// A photo as a phone makes it: 4032 × 3024, 3 to 4 MB, time, place, accuracy, the camera's own small picture.
///
/// The first call for a seed takes some 0.3 s in a development build; later ones copy what is kept.
pub fn camera_size(seed: u64) -> Vec<u8> {
    static KEPT: OnceLock<Mutex<HashMap<u64, Arc<[u8]>>>> = OnceLock::new();
    let kept = KEPT.get_or_init(Mutex::default);
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let bytes = kept.entry(seed).or_insert_with(|| {
        let built = PhotoBuilder::new(seed)
            .size(4032, 3024)
            .noise(17)
            .taken("2026:06:18 09:12:08", Some("+08:00"))
            .gps(32.341_258_6, 118.840_317_2)
            .gps_accuracy(4.8)
            .camera_thumbnail()
            .build();
        Arc::from(built)
    });
    bytes.to_vec()
}

#[allow(clippy::expect_used, reason = "a builder for tests: a loud end is right")]
fn write(encoder: impl image::ImageEncoder, pixels: &[u8], (width, height): (u32, u32), tiff: Option<Vec<u8>>) {
    let mut encoder = encoder;
    if let Some(tiff) = tiff {
        encoder.set_exif_metadata(tiff).expect("PNG and WebP carry EXIF");
    }
    encoder
        .write_image(pixels, width, height, ExtendedColorType::Rgb8)
        .expect("three bytes for every pixel were drawn");
}

/// Encodes RGB as JPEG, fast and without EXIF.
#[allow(clippy::expect_used, reason = "a builder for tests: a loud end is right")]
fn jpeg(rgb: &[u8], (width, height): (u32, u32), colours: Colours, quality: f32, is_progressive: bool) -> Vec<u8> {
    let (space, pixels) = match colours {
        Colours::YCbCr => (ColorSpace::JCS_RGB, rgb.to_vec()),
        Colours::Grey => (
            ColorSpace::JCS_GRAYSCALE,
            rgb.iter().skip(1).step_by(3).copied().collect(),
        ),
        // Adobe stores ink inverted, which is light; no black ink at all keeps it simple.
        Colours::Cmyk => (
            ColorSpace::JCS_CMYK,
            rgb.chunks_exact(3).flat_map(|light| [light, &[255]].concat()).collect(),
        ),
    };
    let mut compress = Compress::new(space);
    compress.set_fastest_defaults();
    compress.set_size(width as usize, height as usize);
    compress.set_quality(quality);
    if is_progressive {
        compress.set_progressive_mode();
    }
    let mut started = compress
        .start_compress(Vec::new())
        .expect("the sizes are within JPEG's");
    started.write_scanlines(&pixels).expect("every pixel was drawn");
    started.finish().expect("a vector takes any number of bytes")
}
