//! What an officer does with a phone, each act with what it promises written into the ledger.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::io::Write as _;
use std::sync::Arc;

use patrol_domain::op::{
    Body, CaseAmended, CaseOpened, CaseVoided, Emptied, PackVersion, PhotoAdded, Place, PlateRecord, Step, StepTaken,
    VoidCause,
};
use patrol_domain::seal::Salt;
use patrol_domain::{CaseId, Fix, Op, OpId, Part, PhotoRef, PhotoRole, Plate, Provider, Sealed, Sha256Hash};
use patrol_store::{Disk as _, DraftFields, Exposure, Mirror, MirrorChange, PhotoFacts, Shot, StoreError};
use patrol_testkit::op::{at, person, photo_ref};

use crate::ledger::Written;
use crate::officer::Officer;
use crate::phone::{facts, thumbnail};

/// What becomes of a shot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Camera {
    /// It writes the photo and syncs it.
    Syncs,
    /// It writes the photo and leaves the rest to the disk.
    Writes,
    /// It writes something that is no photo.
    WritesRubbish,
    /// It was closed without a photo.
    Closes,
}

impl Officer {
    /// Sets the wall clock so far off the true time.
    pub(crate) fn turn_clock(&mut self, off_ms: i64) {
        self.off_ms = off_ms;
    }

    /// Types into the draft.
    pub(crate) fn type_words(&mut self, note: &str) -> Result<(), StoreError> {
        let fields = DraftFields {
            matter: Some("PK01".into()),
            plate: patrol_testkit::op::plate(self.seed),
            street: None,
            note: note.into(),
            ..DraftFields::default()
        };
        let now = at(self.next()).wall_ms;
        self.ledger.want(|known| known.fields = fields.clone());
        self.store().write_draft(&fields, now)?;
        self.ledger.done();
        Ok(())
    }

    /// Puts a picture of the given size on the draft.
    pub(crate) fn shoot(&mut self, length: usize) -> Result<Sha256Hash, StoreError> {
        let bytes = self.photo(length);
        let sha256 = Sha256Hash::of(&bytes);
        let draft = self.draft_id()?;
        let note = self.note(Some(draft));
        self.ledger.on_their_way.insert(sha256);
        self.ledger.want(|known| {
            known.draft.push(sha256);
            known.photos.insert(sha256, Arc::clone(&bytes));
        });
        self.store().add_draft_photo(
            &Exposure::default(),
            &mut bytes.as_slice(),
            &note,
            &thumbnail(&bytes),
            |_, _| facts(&bytes),
        )?;
        self.ledger.done();
        Ok(sha256)
    }

    /// Lets the camera take a picture for the draft, and takes it in.
    pub(crate) fn use_camera(&mut self, camera: Camera, length: usize) -> Result<(), StoreError> {
        let bytes = self.photo(length);
        let draft = self.draft_id()?;
        let seed = self.next();
        let shot = self.store().begin_shot(
            &format!("shot-{seed}.jpg"),
            draft,
            &Exposure::default(),
            (&at(seed)).into(),
        )?;
        if camera == Camera::Closes {
            return self.store().give_up_shot(&shot);
        }
        self.ledger.on_their_way.insert(Sha256Hash::of(&bytes));
        let cut = if camera == Camera::WritesRubbish { 100 } else { 0 };
        self.expose(&shot, &bytes[cut..], camera != Camera::Writes)
            .map_err(StoreError::Folder)?;
        if camera == Camera::WritesRubbish {
            self.store().give_up_shot(&shot)?;
            self.ledger.on_their_way.clear();
            return Ok(());
        }
        if camera == Camera::Syncs {
            self.ledger.known.shots.insert(shot.name.clone(), Arc::clone(&bytes));
        }
        let sha256 = Sha256Hash::of(&bytes);
        self.ledger.want(|known| {
            known.shots.remove(&shot.name);
            known.draft.push(sha256);
            known.photos.insert(sha256, Arc::clone(&bytes));
        });
        self.finish(&shot, &bytes)?;
        self.ledger.done();
        Ok(())
    }

    /// What the other program does.
    fn expose(&self, shot: &Shot, bytes: &[u8], syncs: bool) -> std::io::Result<()> {
        let mut file = self.disk.create(&shot.path)?;
        for piece in bytes.chunks(30_000) {
            file.write_all(piece)?;
        }
        if syncs {
            file.sync()?;
            self.disk.sync_folder(shot.path.parent().unwrap())?;
        }
        Ok(())
    }

    pub(crate) fn remove_photo(&mut self, sha256: Sha256Hash) -> Result<(), StoreError> {
        self.ledger.want(|known| known.draft.retain(|photo| *photo != sha256));
        self.store().remove_draft_photo(sha256)?;
        self.ledger.done();
        Ok(())
    }

    pub(crate) fn discard(&mut self) -> Result<(), StoreError> {
        self.ledger.want(|known| {
            known.draft.clear();
            known.fields = DraftFields::default();
        });
        self.store().discard_draft()?;
        self.ledger.done();
        Ok(())
    }

    /// Makes the draft a case.
    pub(crate) fn save(&mut self) -> Result<CaseId, StoreError> {
        let case = CaseId::from_slice(&self.id()).unwrap();
        let (id, salt) = (OpId::from_slice(&self.id()).unwrap(), self.salt());
        let mut now = at(self.next());
        now.wall_ms.0 += self.off_ms;
        let store = self.store.as_ref().unwrap();
        let ledger = &mut self.ledger;
        store.save_draft(|to_save| {
            let fields = &to_save.draft.fields;
            let mut parts = Vec::new();
            let body = CaseOpened {
                number: format!("0618-{:03}", to_save.next_number("0618-")?),
                matter: "PK01".into(),
                pack: pack(),
                plate: Plate::parse(&fields.plate).ok().as_ref().map(PlateRecord::from),
                place: Place {
                    fix: Fix::from_e7(323_412_586, 1_188_403_172, Provider::Exif).ok(),
                    community: None,
                    street: fields.street.clone(),
                    pin: None,
                },
                note: (!fields.note.is_empty()).then(|| seal(&mut parts, "note", &fields.note, salt)),
                form: None,
                interval: None,
            };
            let photos = to_save.draft.photos.iter().map(|photo| PhotoRef {
                role: photo.exposure.role,
                ..reference(&photo.facts)
            });
            let op = Op {
                id,
                at: now.clone(),
                author: person(1),
                case: Some(case),
                after: Vec::new(),
                photos: photos.collect(),
                body: Body::CaseOpened(body),
            };
            ledger.want(|known| {
                known.append(Written::new(&op, &parts));
                known.draft.clear();
                known.fields = DraftFields::default();
            });
            Ok::<_, StoreError>((op, parts, ()))
        })?;
        self.ledger.done();
        Ok(case)
    }

    pub(crate) fn step(&mut self, case: CaseId, step: Step, words: &str) -> Result<(), StoreError> {
        self.change(case, |parts, salt| {
            let note = (!words.is_empty()).then(|| seal(parts, "note", words, salt));
            Body::StepTaken(StepTaken { step, note })
        })
    }

    pub(crate) fn amend(&mut self, case: CaseId, note: &str, reason: &str) -> Result<(), StoreError> {
        self.change(case, |parts, salt| {
            let reason = seal(parts, "reason", reason, salt);
            let emptied = if note.is_empty() { vec![Emptied::Note] } else { vec![] };
            Body::CaseAmended(CaseAmended {
                matter: None,
                plate: None,
                place: None,
                note: (!note.is_empty()).then(|| seal(parts, "note", note, salt)),
                emptied,
                reason,
                form: None,
            })
        })
    }

    pub(crate) fn void(&mut self, case: CaseId, reason: &str) -> Result<(), StoreError> {
        self.change(case, |parts, salt| {
            let reason = Some(seal(parts, "reason", reason, salt));
            Body::CaseVoided(CaseVoided {
                cause: VoidCause::Duplicate,
                reason,
            })
        })
    }

    fn change(&mut self, case: CaseId, body: impl Fn(&mut Vec<Part>, Salt) -> Body) -> Result<(), StoreError> {
        let (id, salt, seed) = (OpId::from_slice(&self.id()).unwrap(), self.salt(), self.next());
        let store = self.store.as_ref().unwrap();
        let ledger = &mut self.ledger;
        store.change_case(case, |to_change| {
            let mut parts = Vec::new();
            let op = Op {
                id,
                at: at(seed),
                author: person(1),
                case: Some(case),
                after: to_change.case.heads.clone(),
                photos: Vec::new(),
                body: body(&mut parts, salt),
            };
            ledger.want(|known| known.append(Written::new(&op, &parts)));
            Ok::<_, StoreError>((op, parts, ()))
        })?;
        self.ledger.done();
        Ok(())
    }

    /// Adds a picture to a case that is recorded.
    pub(crate) fn add_case_photo(&mut self, case: CaseId, length: usize) -> Result<Sha256Hash, StoreError> {
        let bytes = self.photo(length);
        let sha256 = Sha256Hash::of(&bytes);
        let (id, seed, note) = (OpId::from_slice(&self.id()).unwrap(), self.next(), self.note(None));
        self.ledger.on_their_way.insert(sha256);
        let store = self.store.as_ref().unwrap();
        let ledger = &mut self.ledger;
        store.add_case_photo(
            case,
            &mut bytes.as_slice(),
            &note,
            &thumbnail(&bytes),
            |_, _| facts(&bytes),
            |to_change, facts| {
                let op = Op {
                    id,
                    at: at(seed),
                    author: person(1),
                    case: Some(case),
                    after: to_change.case.heads.clone(),
                    photos: vec![reference(facts)],
                    body: Body::PhotoAdded(PhotoAdded {}),
                };
                ledger.want(|known| {
                    known.append(Written::new(&op, &[]));
                    known.photos.insert(sha256, Arc::clone(&bytes));
                });
                Ok::<_, StoreError>((op, Vec::new(), ()))
            },
        )?;
        self.ledger.done();
        Ok(sha256)
    }

    /// What no program of ours does: the op that names a photo first, the photo after it.
    pub(crate) fn add_case_photo_in_the_wrong_order(&mut self, case: CaseId) -> Result<(), StoreError> {
        let bytes = self.photo(3_000);
        let mut op = self.op(Some(case), Body::PhotoAdded(PhotoAdded {}));
        op.after = self.store().case(case)?.case.heads;
        op.photos = vec![photo_ref(&bytes)];
        self.ledger.want(|known| {
            known.append(Written::new(&op, &[]));
            known.photos.insert(Sha256Hash::of(&bytes), Arc::clone(&bytes));
        });
        self.store().append(&op, &[])?;
        self.ledger.done();
        self.store().vault().put(&mut bytes.as_slice(), &self.note(None))?;
        Ok(())
    }

    /// The station signs for the first `percent` of the journal in use.
    pub(crate) fn ack(&mut self, percent: u64) -> Result<(), StoreError> {
        let head = self.store().mark_leaving()?;
        let seq = patrol_domain::Seq((head.seq.0 * percent / 100).max(1));
        let hash = self.store().hash_at(seq)?.unwrap();
        let acked = patrol_domain::Head { seq, hash };
        self.store()
            .record_receipt(acked, "epoch", patrol_domain::Seq(0), 1, "beacon", "{}")?;
        self.signed = self.store().journal()?.map(|journal| journal.log);
        Ok(())
    }

    /// Takes pages of rows from the station, `rows` on each; the cursor tells how many there are.
    pub(crate) fn pull(&mut self, mirror: Mirror, pages: usize, rows: usize) -> Result<(), StoreError> {
        for page in 1..=pages {
            let changes: Vec<_> = (0..rows)
                .map(|row| {
                    let body = format!("{{\"n\":{row}}}");
                    let hash = Sha256Hash::of(body.as_bytes());
                    MirrorChange {
                        kind: "case".into(),
                        id: format!("{page}-{row}"),
                        body: Some((body, hash)),
                    }
                })
                .collect();
            self.store()
                .apply_changes(mirror, &changes, &(page * rows).to_string())?;
        }
        Ok(())
    }
}

fn pack() -> PackVersion {
    PackVersion {
        name: "catalogue".into(),
        version: "2026.11.1".into(),
    }
}

fn reference(facts: &PhotoFacts) -> PhotoRef {
    PhotoRef {
        sha256: facts.sha256,
        bytes: facts.bytes,
        mime: facts.mime,
        role: PhotoRole::Scene,
        source: facts.source,
        slot: None,
        shot: None,
    }
}

fn seal(parts: &mut Vec<Part>, field: &str, value: &str, salt: Salt) -> Sealed {
    let part = Part {
        field: field.into(),
        salt,
        value: value.into(),
    };
    let sealed = part.seal();
    parts.push(part);
    sealed
}
