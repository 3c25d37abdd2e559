//! The stamp: time, place, officer and number in the pixels of a display copy, so that a print or a forwarded picture
//! still says what it is. Never on the original, which is evidence, nor on the thumbnail, which is too small.
//!
//! The words come in as finished lines; whoever makes them knows time zones and languages, this crate knows pixels.
//! They stand white on a dark translucent band along the lower edge: 60 % of black keeps white text at a contrast of 5.7
//! to 1 even over snow (WCAG 2.2, 1.4.3 asks for 4.5) and lets the picture under it be recognised.
//!
//! # What becomes of a line
//! - A line that is too long for the picture's width is wrapped; words and numbers are kept whole where possible.
//! - When the band would cover more than two fifths of the height, the text becomes smaller until it does not.
//! - When it would have to be smaller than 6 pixels, nothing is drawn: half a stamp would be worse than none, and
//!   [`Display::is_stamped`](crate::Display::is_stamped) says so. No photo of 320 × 240 comes to that, with whatever words.
//! - A character that the font lacks (emoji, mostly) is drawn as 〓, the printers' mark for a missing sort, and never as
//!   an empty box or not at all: a reader sees that something stood there.
//!
//! # Rejected
//! The system's fonts: phone and station would draw different pixels, and a desktop without Chinese fonts none. Shaping
//! (`cosmic-text`): Han characters stand one beside the other, and no script that needs more is written here.

mod draw;
mod font;
mod lay_out;

use crate::picture::Picture;

/// The most lines of a stamp, before wrapping.
pub const MAX_STAMP_LINES: usize = 5;
/// The most characters of a line.
pub const MAX_STAMP_CHARACTERS: usize = 80;

/// What was cut off.
const MORE: char = '…';

/// The words of a stamp, as they will be drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp {
    lines: Vec<String>,
}

impl Stamp {
    /// Takes the lines in the order in which they stand, and makes them drawable: blanks of any kind become one space,
    /// what is invisible goes, what the font lacks becomes 〓. Empty lines go. What exceeds [`MAX_STAMP_LINES`] or
    /// [`MAX_STAMP_CHARACTERS`] is cut, with … where it was.
    pub fn new<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> Self {
        let mut drawable = lines
            .into_iter()
            .map(|line| drawable(line.as_ref()))
            .filter(|line| !line.is_empty());
        let mut lines: Vec<String> = drawable.by_ref().take(MAX_STAMP_LINES).collect();
        if drawable.next().is_some()
            && let Some(last) = lines.last_mut()
            && !last.ends_with(MORE)
        {
            *last = cut(last, MAX_STAMP_CHARACTERS - 1);
            last.push(MORE);
        }
        Self { lines }
    }

    /// The lines as they will be drawn.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Draws on an upright picture; `false` when there is nothing to draw or no room for it, and nothing was drawn.
    pub(crate) fn draw_on(&self, picture: &mut Picture) -> bool {
        let Some(layout) = lay_out::lay_out(&self.lines, picture.width, picture.height) else {
            return false;
        };
        draw::draw(&layout, picture);
        true
    }
}

/// The font's file (OpenType, under the SIL Open Font License 1.1), for whoever shows its licence or writes the same words
/// elsewhere.
pub fn stamp_font() -> &'static [u8] {
    font::BYTES
}

fn drawable(line: &str) -> String {
    let seen: String = line.chars().filter_map(font::drawn).collect();
    let line = seen
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    if line.chars().count() <= MAX_STAMP_CHARACTERS {
        return line;
    }
    let mut short = cut(&line, MAX_STAMP_CHARACTERS - 1);
    short.push(MORE);
    short
}

fn cut(line: &str, characters: usize) -> String {
    line.chars().take(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_made_drawable() {
        let stamp = Stamp::new([
            "  柳叶街\t12 号\u{3000}东侧\n",
            "",
            "\u{200b}",
            "张伟👩🏽‍🔧 苏A·8K3R7",
            "e\u{301}",
        ]);
        assert_eq!(stamp.lines(), ["柳叶街 12 号 东侧", "张伟〓〓 苏A·8K3R7", "e〓"]);
    }

    #[test]
    fn what_is_too_much_is_cut_and_says_so() {
        let stamp = Stamp::new(["很".repeat(81)]);
        assert_eq!(stamp.lines(), [format!("{}…", "很".repeat(79))]);
        let stamp = Stamp::new(["很".repeat(80)]);
        assert_eq!(stamp.lines(), ["很".repeat(80)]);
        let stamp = Stamp::new(["1", "2", "3", "4", "5", "6"]);
        assert_eq!(stamp.lines(), ["1", "2", "3", "4", "5…"]);
        let stamp = Stamp::new(["1", "2", "3", "4", &"5".repeat(90), "6"]);
        assert_eq!(stamp.lines().last().map(|last| last.chars().count()), Some(80));
        assert!(Stamp::new([""; 9]).lines().is_empty());
    }
}
