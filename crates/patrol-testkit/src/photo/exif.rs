//! Writes EXIF: a small TIFF structure with up to four directories (JEITA CP-3451 clause 4.5). Only for tests: the app
//! itself never writes EXIF.

/// Coordinates that are wrong in a way cameras are wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GpsRaw {
    /// 0° N 0° E: a receiver without a fix.
    ZeroZero,
    /// Every rational is 0/0.
    NaN,
    /// 95° N 200° E.
    OutOfRange,
    /// Numbers without N or S.
    MissingRef,
}

/// What the GPS directory holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gps {
    Degrees {
        lat: f64,
        lon: f64,
        accuracy_m: Option<f64>,
    },
    Raw(GpsRaw),
}

impl Gps {
    pub(super) const fn accuracy_m(self) -> Option<f64> {
        match self {
            Self::Degrees { accuracy_m, .. } => accuracy_m,
            Self::Raw(_) => None,
        }
    }
}

/// The fields a test can ask for.
#[derive(Debug, Clone)]
pub(super) struct ExifFields {
    pub(super) orientation: u16,
    pub(super) taken: Option<(String, Option<String>)>,
    pub(super) gps: Option<Gps>,
    pub(super) datum: String,
    pub(super) is_big_endian: bool,
}

impl Default for ExifFields {
    fn default() -> Self {
        Self {
            orientation: 1,
            taken: None,
            gps: None,
            datum: "WGS-84".to_owned(),
            is_big_endian: false,
        }
    }
}

/// A field's value; directories are laid out last, when their places are known.
enum Value {
    Ascii(String),
    Short(u16),
    Long(u32),
    Rationals(Vec<(u32, u32)>),
    Directory(Vec<(u16, Value)>),
}

impl ExifFields {
    /// The TIFF structure, with a small picture in IFD1 when there is one.
    pub(super) fn tiff(&self, small_picture: Option<&[u8]>) -> Vec<u8> {
        let mut main = vec![
            (0x010F, Value::Ascii("Xunge".to_owned())),
            (0x0112, Value::Short(self.orientation)),
        ];
        if let Some((local, offset)) = &self.taken {
            let mut fields = vec![(0x9003, Value::Ascii(local.clone()))];
            fields.extend(offset.iter().map(|offset| (0x9011, Value::Ascii(offset.clone()))));
            main.push((0x8769, Value::Directory(fields)));
        }
        if let Some(gps) = self.gps {
            main.push((0x8825, Value::Directory(gps_fields(gps, &self.datum))));
        }
        let mut writer = Writer {
            bytes: Vec::new(),
            is_big_endian: self.is_big_endian,
        };
        writer
            .bytes
            .extend_from_slice(if self.is_big_endian { b"MM" } else { b"II" });
        writer.short(42);
        writer.long(8);
        let next_at = writer.directory(&main);
        if let Some(small_picture) = small_picture {
            writer.small_picture(next_at, small_picture);
        }
        writer.bytes
    }
}

fn gps_fields(gps: Gps, datum: &str) -> Vec<(u16, Value)> {
    let (lat, lon, accuracy_m) = match gps {
        Gps::Degrees { lat, lon, accuracy_m } => (lat, lon, accuracy_m),
        Gps::Raw(GpsRaw::ZeroZero) => (0.0, 0.0, None),
        Gps::Raw(GpsRaw::OutOfRange) => (95.0, 200.0, None),
        Gps::Raw(GpsRaw::NaN | GpsRaw::MissingRef) => (32.5, 118.5, None),
    };
    let angle = |degrees: f64| match gps {
        Gps::Raw(GpsRaw::NaN) => vec![(0, 0); 3],
        _ => degrees_minutes_seconds(degrees),
    };
    let hemisphere = |degrees: f64, names: [&str; 2]| {
        let [positive, negative] = names;
        Value::Ascii(if degrees < 0.0 { negative } else { positive }.to_owned())
    };
    let mut fields = Vec::new();
    if !matches!(gps, Gps::Raw(GpsRaw::MissingRef)) {
        fields.push((0x0001, hemisphere(lat, ["N", "S"])));
    }
    fields.push((0x0002, Value::Rationals(angle(lat))));
    fields.push((0x0003, hemisphere(lon, ["E", "W"])));
    fields.push((0x0004, Value::Rationals(angle(lon))));
    fields.push((0x0012, Value::Ascii(datum.to_owned())));
    if let Some(accuracy_m) = accuracy_m {
        fields.push((0x001F, Value::Rationals(vec![(whole(accuracy_m * 1000.0), 1000)])));
    }
    fields
}

/// Seconds in 1/1,000,000, which is 0.03 mm.
fn degrees_minutes_seconds(degrees: f64) -> Vec<(u32, u32)> {
    let micro_seconds = (degrees.abs() * 3_600_000_000.0).round();
    let minutes = (micro_seconds / 60_000_000.0).floor();
    let seconds = micro_seconds - minutes * 60_000_000.0;
    let whole_degrees = (minutes / 60.0).floor();
    vec![
        (whole(whole_degrees), 1),
        (whole(minutes - whole_degrees * 60.0), 1),
        (whole(seconds), 1_000_000),
    ]
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast to u32 saturates, as tests may ask"
)]
fn whole(number: f64) -> u32 {
    number.round() as u32
}

/// TIFF in one of its two byte orders. Places are counted from the beginning of `bytes`.
struct Writer {
    bytes: Vec<u8>,
    is_big_endian: bool,
}

impl Writer {
    fn short(&mut self, number: u16) {
        let bytes = if self.is_big_endian {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        };
        self.bytes.extend_from_slice(&bytes);
    }

    fn long(&mut self, number: u32) {
        let bytes = if self.is_big_endian {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        };
        self.bytes.extend_from_slice(&bytes);
    }

    /// Overwrites four bytes that were left open.
    fn long_at(&mut self, at: usize, number: u32) {
        let bytes = if self.is_big_endian {
            number.to_be_bytes()
        } else {
            number.to_le_bytes()
        };
        for (place, byte) in self.bytes.iter_mut().skip(at).zip(bytes) {
            *place = byte;
        }
    }

    fn end(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX)
    }

    /// A directory and behind it what does not fit into its entries; gives the place of its link to the next one.
    fn directory(&mut self, fields: &[(u16, Value)]) -> usize {
        self.short(u16::try_from(fields.len()).unwrap_or(u16::MAX));
        let entries_at = self.bytes.len();
        for (tag, value) in fields {
            let (kind, count) = match value {
                Value::Ascii(text) => (2, text.len() + 1),
                Value::Short(_) => (3, 1),
                Value::Long(_) | Value::Directory(_) => (4, 1),
                Value::Rationals(ratios) => (5, ratios.len()),
            };
            self.short(*tag);
            self.short(kind);
            self.long(u32::try_from(count).unwrap_or(u32::MAX));
            self.inline(value);
        }
        let next_at = self.bytes.len();
        self.long(0);
        for (index, (_, value)) in fields.iter().enumerate() {
            self.behind(entries_at + index * 12 + 8, value);
        }
        next_at
    }

    /// The four bytes within an entry, zero when the value goes behind.
    fn inline(&mut self, value: &Value) {
        match value {
            Value::Short(number) => {
                self.short(*number);
                self.short(0);
            }
            Value::Long(number) => self.long(*number),
            Value::Ascii(text) if text.len() < 4 => {
                let mut padded = text.clone().into_bytes();
                padded.resize(4, 0);
                self.bytes.extend_from_slice(&padded);
            }
            Value::Ascii(_) | Value::Rationals(_) | Value::Directory(_) => self.long(0),
        }
    }

    fn behind(&mut self, link_at: usize, value: &Value) {
        match value {
            Value::Short(_) | Value::Long(_) => return,
            Value::Ascii(text) if text.len() < 4 => return,
            _ => {}
        }
        if self.bytes.len() % 2 == 1 {
            self.bytes.push(0);
        }
        self.long_at(link_at, self.end());
        match value {
            Value::Ascii(text) => {
                self.bytes.extend_from_slice(text.as_bytes());
                self.bytes.push(0);
            }
            Value::Rationals(ratios) => {
                for (numerator, denominator) in ratios {
                    self.long(*numerator);
                    self.long(*denominator);
                }
            }
            Value::Directory(fields) => {
                self.directory(fields);
            }
            Value::Short(_) | Value::Long(_) => {}
        }
    }

    /// IFD1 with a JPEG (clause 4.5.5).
    fn small_picture(&mut self, next_at: usize, picture: &[u8]) {
        self.long_at(next_at, self.end());
        // Three entries of 12 bytes, their count and the link behind them.
        let picture_at = self.end() + 2 + 3 * 12 + 4;
        self.directory(&[
            (0x0103, Value::Short(6)),
            (0x0201, Value::Long(picture_at)),
            (0x0202, Value::Long(u32::try_from(picture.len()).unwrap_or(u32::MAX))),
        ]);
        self.bytes.extend_from_slice(picture);
    }
}

/// Puts a TIFF structure as APP1 directly behind the start, where cameras put it.
#[allow(clippy::expect_used, reason = "a builder for tests: a loud end is right")]
pub(super) fn into_jpeg(jpeg: &[u8], tiff: &[u8]) -> Vec<u8> {
    let (start, rest) = jpeg.split_at(2);
    let length = u16::try_from(tiff.len() + 8).expect("EXIF of a test fits into one segment");
    [start, &[0xFF, 0xE1], &length.to_be_bytes(), b"Exif\0\0", tiff, rest].concat()
}
