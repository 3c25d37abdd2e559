//! A number plate drawn in its colours.

use maud::{Markup, html};
use patrol_domain::{Plate, PlateKind};

/// Text and the stored name of the kind, as recorded; the dot is put in when the text still reads as a plate.
pub(super) fn drawn(text: &str, kind: &str) -> Markup {
    if text.is_empty() {
        return html! {};
    }
    let shown = Plate::parse(text).map_or_else(|_| text.to_owned(), |plate| plate.display());
    let kind = serde_json::from_value(serde_json::Value::String(kind.to_owned())).unwrap_or(PlateKind::Free);
    html! { span.plate.(colour(kind)) { (shown) } }
}

/// Ground and characters after GA 36-2018. An ordinary plate is blue on small vehicles and yellow on large ones, which
/// the text does not tell; blue is by far the more usual.
fn colour(kind: PlateKind) -> &'static str {
    match kind {
        PlateKind::Ordinary => "blue",
        PlateKind::NewEnergySmall => "green",
        PlateKind::NewEnergyLarge => "yellow-green",
        PlateKind::Learner | PlateKind::Trailer => "yellow",
        PlateKind::Police | PlateKind::Emergency | PlateKind::ArmedPolice | PlateKind::Military => "white",
        PlateKind::HkMacau | PlateKind::Consulate | PlateKind::Embassy => "black",
        PlateKind::TemporaryEntry | PlateKind::Free => "plain",
    }
}
