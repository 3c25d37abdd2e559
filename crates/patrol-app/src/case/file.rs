//! One case as its page shows it: who did what, when by which clock, what it changed, and whether the station signed.

use std::collections::BTreeMap;

use patrol_domain::case::{Case, CaseOp, Effect, Words, fold};
use patrol_domain::op::{Body, Interval};
use patrol_domain::{At, CaseId, OpId, Part, PersonId, Plate, Sealed};
use patrol_store::{ActKind, CaseFile, PhotoFile, TypedAct};

use crate::app::App;
use crate::draft::view_place;
use crate::error::AppError;
use crate::timer::was_moved;
use crate::view::{
    ActFields, ActName, AnswerView, CaseView, ChangeView, ChangedField, ClockProof, ClockView, EventEffect, EventKind,
    EventView, IntervalView, OfficerView, PhotoFileView, TypedActView, WordsView,
};

/// Words in both languages.
type Pair = (String, String);

impl App {
    /// One case with everything that this phone knows about it.
    ///
    /// # Errors
    /// [`AppError::Store`] for a case that this phone does not know.
    pub fn read_case(&self, case: CaseId) -> Result<CaseView, AppError> {
        let file = self.store.case_file(case)?;
        let set_aside = self.store.set_aside()?.into_iter();
        let case_now = &file.history.case;
        let place = &case_now.place;
        let opening = file.history.case.opened.and_then(|id| find(&file, id));
        let community = file.history.case.place.community.as_deref();
        let community = community.and_then(|code| self.district.community(code));
        let rule_s = case_now
            .matter
            .as_ref()
            .map_or(0, |matter| self.catalogue.interval_s(&matter.code));
        Ok(CaseView {
            row: self.view_case(&file.record),
            pack: file
                .history
                .case
                .matter
                .as_ref()
                .map(|matter| matter.pack.version.clone())
                .unwrap_or_default(),
            street: place.street.clone(),
            fix: place.fix.as_ref().map(view_place),
            pin: place.pin.as_ref().map(view_place),
            form: Self::answers_of(case_now),
            answers: self.say_answers(case_now),
            form_gone: matches!(case_now.form, Words::Missing),
            interval: case_now.interval.map(|interval| view_interval(interval, rule_s)),
            community_zh: community.map(|(zh, _)| zh.to_owned()),
            community_en: community.map(|(_, en)| en.to_owned()),
            clock: view_clock(opening.map(|op| &op.op.at)),
            photos: view_photos(&file),
            events: self.view_events(case, &file)?,
            set_aside: set_aside
                .filter(|aside| aside.case == Some(case))
                .map(|aside| self.view_set_aside(aside))
                .collect::<Result<_, _>>()?,
            typed: file.acts.iter().map(view_typed).collect(),
        })
    }

    /// Writes down what is being typed about a case; `None` when it is not wanted any more.
    pub(crate) fn type_act(&self, case: CaseId, act: ActName, fields: Option<&ActFields>) -> Result<(), AppError> {
        let act = match act {
            ActName::Amend => ActKind::Amend,
            ActName::Void => ActKind::Void,
            ActName::Step => ActKind::Step,
        };
        if let Some(ActFields { note, reason, form, .. }) = fields {
            crate::act::check_words(note.as_deref().unwrap_or(""))?;
            crate::act::check_words(reason)?;
            form.clone().map(crate::pack::form::write).transpose()?;
        }
        let fields = fields.map(serde_json::to_string).transpose();
        let fields = fields.map_err(|error| AppError::Arguments(error.to_string()))?;
        Ok(self
            .store
            .write_act(case, act, fields.as_deref(), self.ports.clock.wall())?)
    }

    fn view_events(&self, case: CaseId, file: &CaseFile) -> Result<Vec<EventView>, AppError> {
        let people = self.store.people()?.into_iter();
        let people: BTreeMap<PersonId, OfficerView> = people
            .map(|person| {
                let officer = OfficerView {
                    number: person.number,
                    name: person.name,
                };
                (person.person, officer)
            })
            .collect();
        let ordered: Vec<(&CaseOp, Effect)> = file
            .history
            .case
            .history
            .iter()
            .filter_map(|entry| Some((find(file, entry.op)?, entry.effect)))
            .collect();
        let mut events = Vec::with_capacity(ordered.len());
        for (position, (op, effect)) in ordered.iter().enumerate() {
            let until = |end: usize| fold(case, ordered.iter().take(end).map(|(op, _)| *op));
            let changes = match &op.op.body {
                Body::CaseAmended(_) if *effect == Effect::Applies => {
                    self.view_changes(&until(position), &until(position + 1))
                }
                _ => Vec::new(),
            };
            let receipt = file.receipts.iter().find(|receipt| receipt.op == op.op.id);
            events.push(EventView {
                officer: people.get(&op.op.author).cloned(),
                receipt_ms: receipt.and_then(|receipt| receipt.station_ms),
                ..view_event(op, *effect, changes)
            });
        }
        Ok(events)
    }

    fn view_changes(&self, before: &Case, after: &Case) -> Vec<ChangeView> {
        let matter = |case: &Case| {
            case.matter.as_ref().map(|matter| {
                let (zh, en) = self.catalogue.names(&matter.code);
                (zh.to_owned(), en.to_owned())
            })
        };
        let plate = |case: &Case| {
            case.plate.as_ref().map(|plate| {
                let shown = Plate::parse(&plate.text).map_or_else(|_| plate.text.clone(), |plate| plate.display());
                (shown.clone(), shown)
            })
        };
        let note = |case: &Case| match &case.note {
            Words::Said(words) => Some((words.clone(), words.clone())),
            Words::None | Words::Missing => None,
        };
        let place = |case: &Case| self.say_place(case);
        let [answered, answers] = differing([self.say_answers(before), self.say_answers(after)]);
        let fields: [(ChangedField, [Option<Pair>; 2]); 5] = [
            (ChangedField::Matter, [matter(before), matter(after)]),
            (ChangedField::Plate, [plate(before), plate(after)]),
            (ChangedField::Place, [place(before), place(after)]),
            (ChangedField::Note, [note(before), note(after)]),
            (ChangedField::Form, [answered, answers]),
        ];
        fields
            .into_iter()
            .filter(|(_, [before, after])| before != after)
            .map(|(field, [before, after])| {
                let (before_zh, before_en) = before.unzip();
                let (after_zh, after_en) = after.unzip();
                ChangeView {
                    field,
                    before_zh,
                    before_en,
                    after_zh,
                    after_en,
                }
            })
            .collect()
    }

    /// The street if one was chosen, and the point to five decimals.
    fn say_place(&self, case: &Case) -> Option<Pair> {
        let street = case.place.street.as_deref().and_then(|id| self.district.street(id));
        let point = case.place.point().map(|fix| {
            let point = fix.point();
            format!("{:.5}, {:.5}", point.lat(), point.lon())
        });
        let join = |street: Option<&String>| {
            let parts: Vec<String> = street.cloned().into_iter().chain(point.clone()).collect();
            (!parts.is_empty()).then(|| parts.join(" · "))
        };
        join(street.map(|street| &street.zh)).zip(join(street.map(|street| &street.en)))
    }
}

/// Answers before and after, those that differ, as one line each.
fn differing([before, after]: [Vec<AnswerView>; 2]) -> [Option<Pair>; 2] {
    let line = |own: &[AnswerView], other: &[AnswerView]| {
        let differ = own.iter().filter(|answer| !other.contains(answer));
        let (zh, en): (Vec<String>, Vec<String>) = differ
            .map(
                |AnswerView {
                     zh,
                     en,
                     said_zh,
                     said_en,
                     name: _,
                 }| (format!("{zh} {said_zh}"), format!("{en}: {said_en}")),
            )
            .unzip();
        (!zh.is_empty()).then(|| (zh.join("；"), en.join("; ")))
    };
    [line(&before, &after), line(&after, &before)]
}

fn view_interval(interval: Interval, rule_s: u32) -> IntervalView {
    let Interval {
        first: _,
        second: _,
        boot_ms,
        wall_ms,
        wall_changed_ms,
        is_same_boot: _,
    } = interval;
    IntervalView {
        boot_ms,
        wall_ms,
        wall_changed_ms: if was_moved(wall_changed_ms) { wall_changed_ms } else { 0 },
        rule_s,
    }
}

fn find(file: &CaseFile, id: OpId) -> Option<&CaseOp> {
    file.history.ops.iter().find(|op| op.op.id == id)
}

/// Everything that the op says by itself.
fn view_event(op: &CaseOp, effect: Effect, changes: Vec<ChangeView>) -> EventView {
    let (kind, words) = match &op.op.body {
        Body::CaseOpened(body) => (EventKind::Opened, body.note.map(|sealed| ("note", sealed))),
        Body::PhotoAdded(_) => (EventKind::PhotoAdded, None),
        Body::StepTaken(body) => (EventKind::Step, body.note.map(|sealed| ("note", sealed))),
        Body::CaseAmended(body) => (EventKind::Amended, Some(("reason", body.reason))),
        Body::CaseVoided(body) => (EventKind::Voided, body.reason.map(|sealed| ("reason", sealed))),
        _ => (EventKind::Other, None),
    };
    EventView {
        op_id: op.op.id.to_string(),
        kind,
        effect: match effect {
            Effect::Applies => EventEffect::Applies,
            Effect::Evidence => EventEffect::Evidence,
            Effect::Waits => EventEffect::Waits,
        },
        wall_ms: op.op.at.wall_ms.0,
        tz_minutes: op.op.at.tz.0,
        clock: view_clock(Some(&op.op.at)).proof,
        officer: None,
        step: match &op.op.body {
            Body::StepTaken(body) => Some(body.step),
            _ => None,
        },
        cause: match &op.op.body {
            Body::CaseVoided(body) => Some(body.cause),
            _ => None,
        },
        words: words.map(|(field, sealed)| WordsView {
            said: said(&op.parts, field, sealed),
        }),
        changes,
        photos: op.op.photos.iter().map(|photo| photo.sha256.to_string()).collect(),
        receipt_ms: None,
    }
}

/// A part counts only if it is what was sealed.
fn said(parts: &[Part], field: &str, sealed: Sealed) -> Option<String> {
    let part = parts.iter().find(|part| part.field == field && part.seal() == sealed);
    part.map(|part| part.value.clone())
}

fn view_clock(at: Option<&At>) -> ClockView {
    let offset = at.and_then(|at| at.offset);
    ClockView {
        proof: match offset {
            None => ClockProof::Unknown,
            Some(offset) if offset.is_within_a_second() => ClockProof::Right,
            Some(offset) if !offset.synchronised => ClockProof::Unproven,
            Some(_) => ClockProof::Off,
        },
        offset_ms: offset.map(|offset| offset.ms),
        err_ms: offset.map(|offset| offset.err),
        age_ms: offset.map(|offset| offset.age),
    }
}

fn view_photos(file: &CaseFile) -> Vec<PhotoFileView> {
    let named = &file.history.case.photos;
    let files = file.photos.iter().zip(&file.record.photos);
    let view = |(known, row): (&PhotoFile, &patrol_store::CasePhoto)| {
        let photo = named.iter().find(|photo| photo.photo.sha256 == known.sha256)?;
        let at = &find(file, photo.op)?.op.at;
        let facts = known.facts.as_ref();
        Some(PhotoFileView {
            sha256: known.sha256.to_string(),
            bytes: photo.photo.bytes,
            width: facts.map(|facts| facts.width),
            height: facts.map(|facts| facts.height),
            role: photo.photo.role,
            source: photo.photo.source,
            taken: facts.and_then(|facts| facts.taken.clone()),
            recorded_ms: at.wall_ms.0,
            tz_minutes: at.tz.0,
            station_ms: known.station_ms,
            lost: row.lost,
            cleared: known.cleared,
            counts: row.counts,
        })
    };
    files.filter_map(view).collect()
}

/// Fields that cannot be read are of a later program that went back: they are shown as empty, and stay until typed over.
fn view_typed(typed: &TypedAct) -> TypedActView {
    let TypedAct { act, fields, saved } = typed;
    TypedActView {
        act: match act {
            ActKind::Amend => ActName::Amend,
            ActKind::Void => ActName::Void,
            ActKind::Step => ActName::Step,
        },
        fields: serde_json::from_str(fields).unwrap_or_default(),
        saved_ms: saved.0,
    }
}
