//! The records that this phone holds.

mod answer;
mod file;
mod find;
mod found;

use patrol_domain::case::CaseState;
use patrol_domain::{CaseId, Plate};
use patrol_store::{CaseHistory, CasePhoto, CaseRecord};

use crate::app::App;
use crate::draft::{view_place, view_plate};
use crate::error::AppError;
use crate::view::{CasePage, CasePhotoView, CaseRow, CaseStanding};

pub use find::Find;
pub use found::Original;

/// The most rows of one page.
const MAX_PAGE: usize = 200;

impl App {
    /// The cases of this phone before the mark `before`, newest first.
    ///
    /// # Errors
    /// [`AppError`] when the mark is none or the database cannot be read.
    pub fn cases(&self, before: Option<&str>, limit: usize) -> Result<CasePage, AppError> {
        let page = self.store.cases(read_mark(before)?, limit.clamp(1, MAX_PAGE))?;
        Ok(CasePage {
            rows: page.cases.iter().map(|case| self.view_case(case)).collect(),
            next: page.next.map(|next| next.to_string()),
        })
    }

    /// A case with everything that was ever said about it.
    ///
    /// # Errors
    /// [`AppError::Store`] for a case that this phone does not know.
    pub fn case_history(&self, case: CaseId) -> Result<CaseHistory, AppError> {
        Ok(self.store.case(case)?)
    }

    pub(crate) fn view_case(&self, case: &CaseRecord) -> CaseRow {
        let (matter_zh, matter_en) = self.catalogue.names(&case.matter);
        let street = case.street.as_deref().and_then(|id| self.district.street(id));
        let plate = case.plate.as_ref().and_then(|(text, _)| Plate::parse(text).ok());
        CaseRow {
            case_id: case.case.to_string(),
            number: case.number.clone(),
            state: view_standing(case.state),
            amendments: case.amendments,
            matter: case.matter.clone(),
            matter_zh: matter_zh.to_owned(),
            matter_en: matter_en.to_owned(),
            plate: plate.as_ref().map(view_plate),
            street_zh: street.map(|street| street.zh.clone()),
            street_en: street.map(|street| street.en.clone()),
            place: case.fix.as_ref().map(view_place),
            note: case.note.clone(),
            opened_ms: case.opened.0,
            tz_minutes: case.tz.0,
            photos: case.photos.iter().map(view_photo).collect(),
            record_at_station: case.record_at_station,
            at_station: case.at_station(),
            receipt_ms: case.receipt_ms,
        }
    }
}

fn read_mark(before: Option<&str>) -> Result<Option<i64>, AppError> {
    let mark = |before: &str| {
        before
            .parse()
            .map_err(|_| AppError::Arguments("not a page's mark".into()))
    };
    before.map(mark).transpose()
}

fn view_photo(photo: &CasePhoto) -> CasePhotoView {
    let CasePhoto {
        sha256,
        bytes,
        at_station,
        lost,
        counts: _,
    } = photo;
    CasePhotoView {
        sha256: sha256.to_string(),
        bytes: *bytes,
        at_station: *at_station,
        lost: *lost,
    }
}

pub(crate) const fn view_standing(state: CaseState) -> CaseStanding {
    match state {
        CaseState::Handled => CaseStanding::Handled,
        CaseState::Voided => CaseStanding::Voided,
        // The list holds no case whose beginning is not known.
        CaseState::Recorded | CaseState::Unopened => CaseStanding::Recorded,
    }
}
