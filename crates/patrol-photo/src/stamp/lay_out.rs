//! Where the words stand: rows, their size, the height of the band.
//!
//! Lengths are counted in ems (the side of a Han character) until the size is known, so that finding it costs nothing.

use ab_glyph::{Font as _, GlyphId};

use super::font::font;

/// Text of 11 points on a screen of 360: a phone's smallest caption. Portrait or landscape, the picture fills its width.
const EM_OF_WIDTH: f32 = 11.0 / 360.0;
/// The first attempt is no smaller, in pixels: a photo of 320 pixels is shown enlarged, or not to be read at all.
const FIRST_EM: f32 = 12.0;
/// No smaller, in pixels of the picture: below this Han characters are blots.
const LEAST_EM: f32 = 6.0;
/// How much smaller the next attempt is.
const NEXT_ATTEMPT: f32 = 0.97;
/// How much smaller the text may become to save a row: a lone unit at a row's beginning is ugly, and hides more picture.
const TO_SAVE_A_ROW: f32 = 0.85;
/// The band may cover this part of the height.
const MOST_OF_HEIGHT: f32 = 0.4;
/// The shortest row that is still written, in ems: no glyph is as long as that, so none stands out of the picture.
const LEAST_ROOM: f32 = 4.0;
/// From one row to the next, in ems.
const ROW: f32 = 1.3;
/// From the top of a row to its baseline, in ems: Han characters stand from 0.88 above to 0.12 below, so they are in the
/// middle, and the tail of a Latin g still is within the row.
const BASELINE: f32 = 1.03;
/// Between the text and the band's edges, in ems.
const PADDING: f32 = 0.5;

/// Stand at a row's end and never at its beginning.
const CLOSING: &str = "，。、；：？！…—·～％”’）】》〉」』,.;:?!%)]}";
/// Stand at a row's beginning and never at its end.
const OPENING: &str = "“‘（【《〈「『([{";

/// A glyph and the place of its origin, in pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placed {
    pub(super) glyph: GlyphId,
    pub(super) x: f32,
    pub(super) baseline: f32,
}

/// A stamp ready to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Layout {
    /// The side of a Han character in pixels.
    pub(super) em: f32,
    /// How high the band is, in pixels from the lower edge.
    pub(super) band: u32,
    pub(super) glyphs: Vec<Placed>,
}

/// A character with its width in ems.
#[derive(Debug, Clone, Copy)]
struct Letter {
    character: char,
    glyph: GlyphId,
    advance: f32,
}

/// Finds the largest size at which all lines fit; `None` when there are none, or no size does it.
pub(super) fn lay_out(lines: &[String], width: u32, height: u32) -> Option<Layout> {
    let lines: Vec<Vec<Letter>> = lines.iter().map(|line| letters(line)).collect();
    if lines.is_empty() {
        return None;
    }
    let (width, height) = (pixels(width), pixels(height));
    let mut em = (width * EM_OF_WIDTH).max(FIRST_EM);
    let fewest = rows_at(&lines, width, em * TO_SAVE_A_ROW).len();
    while em >= LEAST_EM {
        let rows = rows_at(&lines, width, em);
        let band = (pixels(u32::try_from(rows.len()).ok()?) * ROW + 2.0 * PADDING) * em;
        let has_room = room(width, em) >= LEAST_ROOM;
        if has_room && rows.len() <= fewest && band <= height * MOST_OF_HEIGHT {
            return Some(place(&rows, em, band.ceil(), height));
        }
        em *= NEXT_ATTEMPT;
    }
    None
}

/// All lines, wrapped for a picture of this width with text of this size.
fn rows_at(lines: &[Vec<Letter>], width: f32, em: f32) -> Vec<Vec<Letter>> {
    lines.iter().flat_map(|line| wrap(line, room(width, em))).collect()
}

/// How long a row may be, in ems.
fn room(width: f32, em: f32) -> f32 {
    width / em - 2.0 * PADDING
}

fn letters(line: &str) -> Vec<Letter> {
    let units = font().units_per_em().unwrap_or(1000.0);
    line.chars()
        .map(|character| {
            let glyph = font().glyph_id(character);
            let advance = font().h_advance_unscaled(glyph) / units;
            Letter {
                character,
                glyph,
                advance,
            }
        })
        .collect()
}

/// Breaks a line into rows of at most `room` ems.
fn wrap(line: &[Letter], room: f32) -> Vec<Vec<Letter>> {
    let mut rows = vec![Vec::new()];
    for word in line.chunk_by(|before, after| is_held_together(before.character, after.character)) {
        if let Some(row) = rows.last_mut()
            && length(row) + length(without_blank(word)) <= room
        {
            row.extend_from_slice(word);
            continue;
        }
        if length(without_blank(word)) <= room {
            rows.push(word.to_vec());
            continue;
        }
        // Longer than a whole row: it breaks where it must.
        for letter in word {
            match rows.last_mut() {
                Some(row) if length(row) + letter.advance <= room => row.push(*letter),
                _ => rows.push(vec![*letter]),
            }
        }
    }
    rows
}

/// Whether no row may end between two characters.
fn is_held_together(before: char, after: char) -> bool {
    let is_latin = |character: char| character.is_ascii_graphic();
    after == ' ' || CLOSING.contains(after) || OPENING.contains(before) || (is_latin(before) && is_latin(after))
}

/// A blank behind a word takes no room at a row's end.
fn without_blank(word: &[Letter]) -> &[Letter] {
    match word.split_last() {
        Some((last, rest)) if last.character == ' ' => rest,
        _ => word,
    }
}

fn length(letters: &[Letter]) -> f32 {
    letters.iter().map(|letter| letter.advance).sum()
}

fn place(rows: &[Vec<Letter>], em: f32, band: f32, height: f32) -> Layout {
    let top = height - band + PADDING * em;
    let mut glyphs = Vec::new();
    let mut baseline = top + BASELINE * em;
    for row in rows {
        let mut x = PADDING * em;
        for letter in row {
            glyphs.push(Placed {
                glyph: letter.glyph,
                x,
                baseline,
            });
            x += letter.advance * em;
        }
        baseline += ROW * em;
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of the picture's height, rounded up"
    )]
    let band = band as u32;
    Layout { em, band, glyphs }
}

/// Sides and counts of a display copy are far below 2^24, where f32 begins to leave out whole numbers.
#[allow(clippy::cast_precision_loss, reason = "see above")]
fn pixels(length: u32) -> f32 {
    length as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(line: &str, room: f32) -> Vec<String> {
        wrap(&letters(line), room)
            .iter()
            .map(|row| row.iter().map(|letter| letter.character).collect())
            .collect()
    }

    #[test]
    fn a_line_breaks_between_han_and_not_within_a_number() {
        assert_eq!(rows("柳叶街东侧路口", 3.0), ["柳叶街", "东侧路", "口"]);
        assert_eq!(
            rows("时间2026-06-18 09:12:08", 6.0),
            ["时间", "2026-06-18 ", "09:12:08"]
        );
        assert_eq!(rows("苏A8K3R7", 20.0), ["苏A8K3R7"]);
    }

    #[test]
    fn a_mark_stays_with_its_word() {
        assert_eq!(rows("车主不在场，已贴", 5.0), ["车主不在", "场，已贴"]);
        assert_eq!(rows("柳叶街（东侧）", 4.0), ["柳叶街", "（东侧）"]);
    }

    #[test]
    fn what_is_longer_than_a_row_breaks_where_it_must() {
        let broken = rows(&"W".repeat(30), 5.0);
        assert!(broken.len() > 1);
        assert_eq!(broken.concat(), "W".repeat(30));
        assert_eq!(rows("。。。。。。", 2.0).concat(), "。。。。。。");
    }

    #[test]
    fn a_little_smaller_is_better_than_one_more_row() {
        // 32.7 ems fit at first; less the padding, 31 characters are one row and 33 would be two.
        let at_first = lay_out(&["很".repeat(31)], 1600, 1200).unwrap();
        let a_little_smaller = lay_out(&["很".repeat(33)], 1600, 1200).unwrap();
        assert!(a_little_smaller.em < at_first.em && a_little_smaller.em > at_first.em * TO_SAVE_A_ROW);
        assert!(a_little_smaller.band < at_first.band);
        let two_rows = lay_out(&["很".repeat(50)], 1600, 1200).unwrap();
        assert!(two_rows.band > at_first.band);
    }

    #[test]
    fn the_size_follows_the_width_until_the_band_is_too_high() {
        let lines = vec!["2026-06-18 09:12:08".to_owned(), "柳叶街".to_owned()];
        let portrait = lay_out(&lines, 1200, 1600).unwrap();
        assert!((portrait.em - 1200.0 * 11.0 / 360.0).abs() < 0.01, "{}", portrait.em);
        let strip = lay_out(&lines, 1600, 100).unwrap();
        assert!(strip.em < 12.0 && strip.band <= 40, "{strip:?}");
        assert_eq!(lay_out(&lines, 1600, 20), None);
        let longest = vec!["很".repeat(80); 5];
        for (width, height) in [(320, 240), (240, 320), (1600, 1200), (1200, 1600)] {
            assert!(lay_out(&longest, width, height).is_some(), "{width} × {height}");
        }
        assert_eq!(lay_out(&lines, 20, 1600), None);
        assert_eq!(lay_out(&lines, 1, 1), None);
        assert_eq!(lay_out(&[], 1600, 1200), None);
    }
}
