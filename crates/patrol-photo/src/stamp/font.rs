//! The font of the stamp, and what is drawn for a character.
//!
//! Noto Sans CJK SC, cut down to GBK and the table of characters for names (assets/fonts/README.md). It is built into
//! the program; reading it costs microseconds, and of its 5 MB only the glyphs that are drawn come into memory.

use std::sync::LazyLock;

use ab_glyph::{Font as _, FontRef, GlyphId};

/// The file itself.
pub(super) static BYTES: &[u8] = include_bytes!("../../../../assets/fonts/NotoSansCJKsc-Regular-stamp.otf");

/// Stands for a character that the font lacks.
const MISSING: char = '〓';

static FONT: LazyLock<FontRef<'static>> =
    LazyLock::new(|| FontRef::try_from_slice(BYTES).expect("the font is part of the program, and a test reads it"));

pub(super) fn font() -> &'static FontRef<'static> {
    &FONT
}

/// What is drawn for a character: itself, a space, 〓, or nothing for what is invisible anyhow.
pub(super) fn drawn(character: char) -> Option<char> {
    if character.is_whitespace() {
        return Some(' ');
    }
    if is_invisible(character) {
        return None;
    }
    let is_known = font().glyph_id(character) != GlyphId(0);
    Some(if is_known { character } else { MISSING })
}

/// Controls, joiners, direction marks, variation selectors, and the skin tones that belong to the emoji before them.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every glyph but a space's has an outline, and none is glyph 0, the empty box.
    fn assert_drawable(characters: impl IntoIterator<Item = char>) {
        for character in characters {
            let glyph = font().glyph_id(character);
            assert_ne!(glyph, GlyphId(0), "{character} U+{:04X}", u32::from(character));
            assert!(font().outline(glyph).is_some(), "{character} has no outline");
            assert_eq!(drawn(character), Some(character));
        }
    }

    #[test]
    fn no_glyph_is_longer_than_the_shortest_row() {
        let longest = (0..22_908).map(|glyph| font().h_advance_unscaled(GlyphId(glyph)));
        assert!(longest.fold(0.0, f32::max) <= 4000.0);
    }

    #[test]
    fn every_han_character_of_gbk_is_drawn() {
        assert_eq!(('\u{4e00}'..='\u{9fa5}').count(), 20_902);
        assert_drawable('\u{4e00}'..='\u{9fa5}');
    }

    #[test]
    fn plates_places_names_and_signs_are_drawn() {
        assert_drawable('!'..='~');
        assert_drawable("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼挂学警港澳领使".chars());
        assert_drawable("，。、；：？！“”‘’（）【】《》〈〉「」『』—…·～〓℃℉№㎡㎞±×÷°′″①⑩⑳→←↑↓●○■□▲△★☆￥€§％".chars());
        // Names outside GBK, from the table of 2013.
        assert_drawable("㛃䶮䲟鿍𠅤𣸣𨱏𫖯𬭎𬸣𬶍".chars());
    }

    #[test]
    fn what_the_font_lacks_is_marked_and_what_is_invisible_goes() {
        for character in ['😀', '한', 'ع', '\u{e000}', '\u{10ffff}', '\u{301}'] {
            assert_eq!(drawn(character), Some(MISSING), "{character}");
        }
        for character in [
            '\0',
            '\u{7}',
            '\u{200d}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{202e}',
            '\u{1f3fd}',
        ] {
            assert_eq!(drawn(character), None, "{character:?}");
        }
        for character in [' ', '\t', '\n', '\u{a0}', '\u{3000}'] {
            assert_eq!(drawn(character), Some(' '), "{character:?}");
        }
        assert_ne!(font().glyph_id(MISSING), GlyphId(0));
    }
}
