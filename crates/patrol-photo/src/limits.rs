//! How much a single photo may be, so that one hostile file cannot eat a phone's memory.

/// What is still taken. The defaults hold every phone camera on sale, 108-megapixel ones included, and stop the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes a file may have.
    pub max_bytes: u64,
    /// The most pixels on either side.
    pub max_side: u32,
    /// The most pixels in all.
    pub max_pixels: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 40 * 1024 * 1024,
            max_side: 16_384,
            max_pixels: 120_000_000,
        }
    }
}
