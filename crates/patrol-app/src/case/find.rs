//! Looking for cases: what was typed may be a plate, a number, a word of a note, or the name of a matter or a street.

use patrol_domain::WallMs;
use patrol_domain::case::CaseState;
use patrol_store::{CaseFilter, Leaf, Lies, Term};

use super::{MAX_PAGE, read_mark};
use crate::app::App;
use crate::error::AppError;
use crate::view::{CaseFound, CaseLies, CaseStanding};

/// More words than these are not looked for.
const MAX_TERMS: usize = 8;

/// What to look for, and which piece of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Find {
    /// What was typed; every word has to fit.
    pub words: String,
    /// Only cases that stand so.
    pub state: Option<CaseStanding>,
    /// Only cases whose parts lie there.
    pub lies: Option<CaseLies>,
    /// Only matters of this class of the catalogue.
    pub matter_class: Option<String>,
    /// Opened at this wall time or later, ms since 1970.
    pub from_ms: Option<i64>,
    /// Opened before this wall time, ms since 1970.
    pub to_ms: Option<i64>,
    /// The mark of the page before.
    pub before: Option<String>,
    /// How many cases behind the mark to leave out.
    pub skip: usize,
    /// How many cases to give, at most 200.
    pub limit: usize,
    /// Whether to say how many fit in all.
    pub count: bool,
}

impl App {
    /// A piece of the list of cases that fit, newest first.
    ///
    /// # Errors
    /// [`AppError`] when the mark is none or the database cannot be read.
    pub fn find_cases(&self, find: &Find) -> Result<CaseFound, AppError> {
        let leaf = Leaf {
            before: read_mark(find.before.as_deref())?,
            skip: find.skip,
            limit: find.limit.clamp(1, MAX_PAGE),
        };
        let words = find.words.split_whitespace().take(MAX_TERMS);
        let terms: Vec<Term> = words.map(|word| self.term(word)).collect();
        let filter = CaseFilter {
            state: find.state.map(|state| match state {
                CaseStanding::Recorded => CaseState::Recorded,
                CaseStanding::Handled => CaseState::Handled,
                CaseStanding::Voided => CaseState::Voided,
            }),
            lies: find.lies.map(|lies| match lies {
                CaseLies::OnPhone => Lies::OnPhone,
                CaseLies::AtStation => Lies::AtStation,
                CaseLies::Lost => Lies::Lost,
            }),
            matters: find.matter_class.as_deref().map(|class| self.catalogue.of_class(class)),
            from: find.from_ms.map(WallMs),
            to: find.to_ms.map(WallMs),
        };
        let page = self.store.leaf_cases(&terms, &filter, leaf)?;
        let total = if find.count {
            Some(self.store.count_found(&terms, &filter)?)
        } else {
            None
        };
        Ok(CaseFound {
            rows: page.cases.iter().map(|case| self.view_case(case)).collect(),
            next: page.next.map(|next| next.to_string()),
            total,
        })
    }

    fn term(&self, word: &str) -> Term {
        let small = word.to_lowercase();
        Term {
            words: word.to_owned(),
            matters: self.catalogue.named_like(&small),
            streets: self.district.named_like(&small),
        }
    }
}
