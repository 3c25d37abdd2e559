//! How a camera held its sensor when it wrote the pixels: EXIF's eight values, and what they do to a picture.

/// The EXIF tag 0x0112 (JEITA CP-3451 clause 4.6.4 A). Each variant says where the stored row 0 and column 0 are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// 1: row 0 on top, column 0 on the left. Also what holds when a photo says nothing.
    #[default]
    Normal,
    /// 2: on top, on the right.
    MirroredHorizontally,
    /// 3: at the bottom, on the right.
    Turned180,
    /// 4: at the bottom, on the left.
    MirroredVertically,
    /// 5: on the left, on top.
    Transposed,
    /// 6: on the right, on top; shown upright by a turn of 90° clockwise.
    Turned90,
    /// 7: on the right, at the bottom.
    Transversed,
    /// 8: on the left, at the bottom; shown upright by a turn of 270° clockwise.
    Turned270,
}

impl Orientation {
    /// Reads EXIF's number; `None` for a value the standard does not know.
    pub const fn from_exif(value: u32) -> Option<Self> {
        Some(match value {
            1 => Self::Normal,
            2 => Self::MirroredHorizontally,
            3 => Self::Turned180,
            4 => Self::MirroredVertically,
            5 => Self::Transposed,
            6 => Self::Turned90,
            7 => Self::Transversed,
            8 => Self::Turned270,
            _ => return None,
        })
    }

    /// EXIF's number, 1 to 8.
    pub const fn exif_value(self) -> u8 {
        match self {
            Self::Normal => 1,
            Self::MirroredHorizontally => 2,
            Self::Turned180 => 3,
            Self::MirroredVertically => 4,
            Self::Transposed => 5,
            Self::Turned90 => 6,
            Self::Transversed => 7,
            Self::Turned270 => 8,
        }
    }

    /// Whether width and height change places.
    pub const fn swaps_sides(self) -> bool {
        matches!(
            self,
            Self::Transposed | Self::Turned90 | Self::Transversed | Self::Turned270
        )
    }

    /// Width and height as seen, from those stored.
    pub const fn upright_size(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps_sides() {
            (height, width)
        } else {
            (width, height)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_reads_back_and_others_are_nothing() {
        for value in 1..=8_u8 {
            assert_eq!(Orientation::from_exif(u32::from(value)).unwrap().exif_value(), value);
        }
        for value in [0, 9, 65_535] {
            assert_eq!(Orientation::from_exif(value), None);
        }
    }

    #[test]
    fn the_last_four_values_swap_the_sides() {
        for value in 1..=8 {
            let orientation = Orientation::from_exif(value).unwrap();
            let expected = if value >= 5 { (3, 4) } else { (4, 3) };
            assert_eq!(orientation.upright_size(4, 3), expected, "{orientation:?}");
        }
    }
}
