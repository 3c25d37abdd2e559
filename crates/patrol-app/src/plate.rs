//! What this phone knows about a plate.

use patrol_domain::Plate;

use crate::app::App;
use crate::case::view_standing;
use crate::draft::view_plate;
use crate::error::AppError;
use crate::view::{PlateCase, PlateKnown, PlateView};

/// How many cases of a plate are shown, and how many plates are offered again.
const CASES: usize = 20;
const RECENT: usize = 12;

impl App {
    /// The cases of a plate as it is being typed; none for what is no plate.
    pub(crate) fn plate_known(&self, typed: &str) -> Result<PlateKnown, AppError> {
        let as_of_ms = self.ports.clock.wall().0;
        let Ok(plate) = Plate::parse(typed) else {
            return Ok(PlateKnown {
                plate: None,
                cases: Vec::new(),
                total: 0,
                as_of_ms,
            });
        };
        let (cases, total) = self.store.cases_of_plate(plate.text(), CASES)?;
        let view = |case: &patrol_store::CaseRecord| {
            let (matter_zh, matter_en) = self.catalogue.names(&case.matter);
            let street = case.street.as_deref().and_then(|id| self.district.street(id));
            PlateCase {
                case_id: case.case.to_string(),
                number: case.number.clone(),
                matter_zh: matter_zh.to_owned(),
                matter_en: matter_en.to_owned(),
                opened_ms: case.opened.0,
                street_zh: street.map(|street| street.zh.clone()),
                street_en: street.map(|street| street.en.clone()),
                state: view_standing(case.state),
            }
        };
        Ok(PlateKnown {
            plate: Some(view_plate(&plate)),
            cases: cases.iter().map(view).collect(),
            total,
            as_of_ms,
        })
    }

    /// The plates that this phone recorded last, newest first.
    pub(crate) fn plate_recent(&self) -> Result<Vec<PlateView>, AppError> {
        let plates = self.store.recent_plates(RECENT)?;
        let parsed = plates.iter().filter_map(|text| Plate::parse(text).ok());
        Ok(parsed.map(|plate| view_plate(&plate)).collect())
    }
}
