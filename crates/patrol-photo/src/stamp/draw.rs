//! Band and glyphs into pixels.

use ab_glyph::{Font as _, Glyph, PxScale, point};

use super::font::font;
use super::lay_out::Layout;
use crate::picture::{Picture, Rgb, size};

/// What is left of the picture's light under the band: 40 %.
const LEFT_OF_LIGHT: u16 = 102;

pub(super) fn draw(layout: &Layout, picture: &mut Picture) {
    darken(picture, layout.band);
    let scale = PxScale::from(layout.em * font().height_unscaled() / font().units_per_em().unwrap_or(1000.0));
    for placed in &layout.glyphs {
        let glyph = Glyph {
            id: placed.glyph,
            scale,
            position: point(placed.x, placed.baseline),
        };
        // A space has no outline.
        let Some(outline) = font().outline_glyph(glyph) else {
            continue;
        };
        let corner = outline.px_bounds().min;
        outline.draw(|x, y, coverage| {
            if let Some(pixel) = pixel_at(picture, corner.x, x, corner.y, y) {
                whiten(pixel, coverage);
            }
        });
    }
}

fn darken(picture: &mut Picture, band: u32) {
    let rows = size(picture.height.saturating_sub(band));
    let above = rows * size(picture.width);
    for pixel in picture.pixels.iter_mut().skip(above) {
        *pixel = pixel.map(|colour| u8::try_from(u16::from(colour) * LEFT_OF_LIGHT / 255).unwrap_or(u8::MAX));
    }
}

/// The pixel at a glyph's corner, which ab_glyph gives in whole numbers, plus a way within the glyph.
fn pixel_at(picture: &mut Picture, left: f32, x: u32, top: f32, y: u32) -> Option<&mut Rgb> {
    #[allow(clippy::cast_possible_truncation, reason = "whole numbers of a picture's size")]
    let (left, top) = (left as i32, top as i32);
    let x = u32::try_from(left.checked_add_unsigned(x)?)
        .ok()
        .filter(|x| *x < picture.width)?;
    let y = u32::try_from(top.checked_add_unsigned(y)?)
        .ok()
        .filter(|y| *y < picture.height)?;
    picture.pixels.get_mut(size(y) * size(picture.width) + size(x))
}

/// Towards white, as far as the glyph covers the pixel (0 to 1).
fn whiten(pixel: &mut Rgb, coverage: f32) {
    *pixel = pixel.map(|colour| {
        let light = f32::from(colour) + f32::from(255 - colour) * coverage.clamp(0.0, 1.0);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 255"
        )]
        let light = light.round() as u8;
        light
    });
}
