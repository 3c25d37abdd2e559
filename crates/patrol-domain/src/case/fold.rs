//! The fold itself.

use std::collections::BTreeMap;

use super::act::{Act, CaseState, Effect, stand};
use super::order::{arrange, heads};
use crate::hash::Sha256Hash;
use crate::id::{CaseId, OpId, PersonId};
use crate::op::{
    Body, CaseAmended, CaseOpened, Emptied, Interval, MatterChoice, Op, Place, PlateRecord, Step, VoidCause,
};
use crate::photo::PhotoRef;
use crate::seal::{Part, Sealed};
use crate::time::At;

/// An op of a case with the words that lie beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseOp {
    /// The op.
    pub op: Op,
    /// Its personal fields, as far as they are there.
    pub parts: Vec<Part>,
}

/// A personal field as it can be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Words {
    /// Nothing was said.
    #[default]
    None,
    /// What was said.
    Said(String),
    /// Something was said, and the words are not here: erased, or not received.
    Missing,
}

impl Words {
    /// The words, empty when there are none to show.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Said(words) => words,
            Self::None | Self::Missing => "",
        }
    }
}

/// A photo of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePhoto {
    /// The photo as its op names it.
    pub photo: PhotoRef,
    /// The op that brought it first.
    pub op: OpId,
    /// Whether it counts or is only evidence beside the case.
    pub effect: Effect,
}

/// A step of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRecord {
    /// The op that says so.
    pub op: OpId,
    /// What was done.
    pub step: Step,
    /// When.
    pub at: At,
    /// By whom.
    pub author: PersonId,
    /// The officer's words.
    pub note: Words,
}

/// Why a case is void.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voiding {
    /// The op that says so.
    pub op: OpId,
    /// Why.
    pub cause: VoidCause,
    /// Why, in words.
    pub reason: Words,
}

/// One line of a case's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The op.
    pub op: OpId,
    /// What came of it.
    pub effect: Effect,
}

/// A case as its ops make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Where it stands.
    pub state: CaseState,
    /// The op that opened it.
    pub opened: Option<OpId>,
    /// Its number on the phone that opened it.
    pub number: String,
    /// The matter, as last amended.
    pub matter: Option<MatterChoice>,
    /// The vehicle, as last amended.
    pub plate: Option<PlateRecord>,
    /// Where, as last amended.
    pub place: Place,
    /// The officer's words, as last amended.
    pub note: Words,
    /// The answers to the form, as last amended: a JSON object.
    pub form: Words,
    /// How long lay between the two photos that the rule asks for.
    pub interval: Option<Interval>,
    /// Its photos, in the order of their ops; the same bytes twice are one photo.
    pub photos: Vec<CasePhoto>,
    /// What was done about it, in order.
    pub steps: Vec<StepRecord>,
    /// How often it was amended.
    pub amendments: usize,
    /// Why it is void.
    pub voiding: Option<Voiding>,
    /// All ops in order, each with what came of it.
    pub history: Vec<Entry>,
    /// What the next op of this case has to name in its `after`.
    pub heads: Vec<OpId>,
}

/// Folds the ops of one case. The order in which they are given does not matter; of two with the same id the first counts,
/// and the caller has made sure that they are the same. Ops of other cases are left out.
pub fn fold<'op>(case: CaseId, ops: impl IntoIterator<Item = &'op CaseOp>) -> Case {
    let mut known = BTreeMap::new();
    for op in ops {
        if op.op.case == Some(case) {
            known.entry(op.op.id).or_insert(op);
        }
    }
    let mut folded = Case::unopened(heads(&known));
    let mut arranged = arrange(&known);
    // An opening comes first even if another op of the case does not name it: no other op can count before it.
    let opening = arranged
        .iter()
        .position(|id| known.get(id).is_some_and(|op| Act::of(&op.op.body) == Act::Open));
    if let Some(slice) = opening.and_then(|position| arranged.get_mut(..=position)) {
        slice.rotate_right(1);
    }
    for op in arranged.iter().filter_map(|id| known.get(id)) {
        folded.take(op);
    }
    folded
}

impl Case {
    fn unopened(heads: Vec<OpId>) -> Self {
        Self {
            state: CaseState::Unopened,
            opened: None,
            number: String::new(),
            matter: None,
            plate: None,
            place: Place::default(),
            note: Words::None,
            form: Words::None,
            interval: None,
            photos: Vec::new(),
            steps: Vec::new(),
            amendments: 0,
            voiding: None,
            history: Vec::new(),
            heads,
        }
    }

    fn take(&mut self, op: &CaseOp) {
        let (effect, state) = stand(self.state, Act::of(&op.op.body));
        self.state = state;
        self.history.push(Entry { op: op.op.id, effect });
        self.take_photos(op, effect);
        if effect != Effect::Applies {
            return;
        }
        match &op.op.body {
            Body::CaseOpened(body) => self.open(op, body),
            Body::StepTaken(body) => self.steps.push(StepRecord {
                op: op.op.id,
                step: body.step,
                at: op.op.at.clone(),
                author: op.op.author,
                note: words(op, "note", body.note),
            }),
            Body::CaseAmended(body) => self.amend(op, body),
            Body::CaseVoided(body) => {
                self.voiding = Some(Voiding {
                    op: op.op.id,
                    cause: body.cause,
                    reason: words(op, "reason", body.reason),
                });
            }
            // Their photos are taken already; all others never apply.
            _ => {}
        }
    }

    fn take_photos(&mut self, op: &CaseOp, effect: Effect) {
        for photo in &op.op.photos {
            let is_known = |known: &CasePhoto| known.photo.sha256 == photo.sha256;
            if !self.photos.iter().any(is_known) {
                self.photos.push(CasePhoto {
                    photo: photo.clone(),
                    op: op.op.id,
                    effect,
                });
            }
        }
    }

    fn open(&mut self, op: &CaseOp, body: &CaseOpened) {
        let CaseOpened {
            number,
            matter,
            pack,
            plate,
            place,
            note,
            form,
            interval,
        } = body;
        self.opened = Some(op.op.id);
        self.number.clone_from(number);
        self.matter = Some(MatterChoice {
            code: matter.clone(),
            pack: pack.clone(),
        });
        self.plate.clone_from(plate);
        self.place = place.clone();
        self.note = words(op, "note", *note);
        self.form = words(op, "form", *form);
        self.interval = *interval;
    }

    fn amend(&mut self, op: &CaseOp, body: &CaseAmended) {
        let CaseAmended {
            matter,
            plate,
            place,
            note,
            form,
            emptied,
            reason: _,
        } = body;
        self.amendments += 1;
        for field in emptied {
            match field {
                Emptied::Plate => self.plate = None,
                Emptied::Note => self.note = Words::None,
            }
        }
        if let Some(matter) = matter {
            self.matter = Some(matter.clone());
        }
        if let Some(plate) = plate {
            self.plate = Some(plate.clone());
        }
        if let Some(place) = place {
            self.place = place.clone();
        }
        if note.is_some() {
            self.note = words(op, "note", *note);
        }
        if form.is_some() {
            self.form = words(op, "form", *form);
        }
    }

    /// Whether the case names this photo.
    pub fn has_photo(&self, sha256: Sha256Hash) -> bool {
        self.photos.iter().any(|photo| photo.photo.sha256 == sha256)
    }
}

/// A part counts only if it is what was sealed.
fn words(op: &CaseOp, field: &str, sealed: Option<Sealed>) -> Words {
    let Some(sealed) = sealed else { return Words::None };
    op.parts
        .iter()
        .find(|part| part.field == field && part.seal() == sealed)
        .map_or(Words::Missing, |part| Words::Said(part.value.clone()))
}
