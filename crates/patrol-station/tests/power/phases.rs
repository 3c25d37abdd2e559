//! What a station is doing when its power goes: each phase is a station that is ready, and a few calls of its phones.

use patrol_sqlite::Disk as _;
use patrol_station::{StationError, StoreError};
use patrol_testkit::op::original;

use crate::scene::Scene;

/// Why the acts of a phase ended early.
#[derive(Debug)]
pub(crate) struct Ended;

impl From<StoreError> for Ended {
    fn from(_: StoreError) -> Self {
        Self
    }
}

impl From<StationError> for Ended {
    fn from(_: StationError) -> Self {
        Self
    }
}

/// A station that is ready, and what is done with it.
pub(crate) struct Phase {
    pub(crate) scene: Scene,
    pub(crate) acts: fn(&mut Scene) -> Result<(), Ended>,
    /// Whether the station is open before the acts begin.
    pub(crate) runs: bool,
}

impl Phase {
    fn running(scene: Scene, acts: fn(&mut Scene) -> Result<(), Ended>) -> Self {
        let runs = true;
        Self { scene, acts, runs }
    }
}

/// A station with two phones, some cases and photos of the first; its log has not been folded into the file.
pub(crate) fn busy() -> Scene {
    let mut scene = Scene::new(1);
    scene.make().unwrap();
    scene.start().unwrap();
    for phone in 0..2 {
        scene.enrol().unwrap();
        let recorded = |phone: &mut crate::phone::Phone, station: &_| {
            phone.record(1, 4_000);
            phone.record(0, 0);
            phone.push_all(station)?;
            for sha256 in phone.originals() {
                phone.send_thumb(station, sha256)?;
                phone.send(station, sha256, false, usize::MAX)?;
            }
            // These wait.
            phone.record(1, 10_000);
            phone.record(1, 10_000);
            phone.act();
            Ok(())
        };
        scene.call(phone, recorded).unwrap();
    }
    scene.close();
    scene
}

/// The same, with all ops at the station and some originals still to come.
fn named() -> Scene {
    let mut scene = busy();
    scene.start().unwrap();
    for phone in 0..2 {
        scene.call(phone, |phone, station| phone.push_all(station)).unwrap();
    }
    scene.close();
    scene
}

/// The same with more ops than are read again in one step.
pub(crate) fn long() -> Scene {
    let mut scene = busy().fork(9);
    scene.start().unwrap();
    let recorded = |phone: &mut crate::phone::Phone, station: &_| {
        for _ in 0..6 {
            for _ in 0..200 {
                phone.record(0, 0);
            }
            phone.push_all(station)?;
        }
        Ok(())
    };
    scene.call(1, recorded).unwrap();
    scene.close();
    scene
}

pub(crate) fn init() -> Phase {
    let acts = |scene: &mut Scene| {
        scene.make()?;
        scene.start()?;
        scene.code()?;
        Ok(())
    };
    let runs = false;
    Phase {
        scene: Scene::new(2),
        acts,
        runs,
    }
}

pub(crate) fn enrol() -> Phase {
    Phase::running(busy(), |scene| {
        scene.code()?;
        scene.enrol()?;
        scene.enrol()?;
        Ok(())
    })
}

pub(crate) fn first_push() -> Phase {
    let mut scene = busy();
    scene.start().unwrap();
    scene.enrol().unwrap();
    scene.close();
    Phase::running(scene, |scene| {
        scene.call(2, |phone, station| {
            phone.record(1, 2_000);
            phone.push_all(station)?;
            phone.record(0, 0);
            phone.push_all(station)
        })?;
        Ok(())
    })
}

pub(crate) fn overlap() -> Phase {
    Phase::running(busy(), |scene| {
        scene.call(0, |phone, station| {
            phone.push(station, 2, phone.acked + 1)?;
            phone.push(station, 1, phone.ops.len())
        })?;
        Ok(())
    })
}

pub(crate) fn acts() -> Phase {
    Phase::running(busy(), |scene| {
        for _ in 0..3 {
            scene.call(1, |phone, station| {
                phone.push_all(station)?;
                phone.act();
                phone.act();
                Ok(())
            })?;
        }
        Ok(())
    })
}

pub(crate) fn receipts() -> Phase {
    Phase::running(named(), |scene| {
        for _ in 0..3 {
            scene.call(0, |phone, station| phone.push_all(station))?;
            scene.call(1, |phone, station| phone.push(station, 1, phone.ops.len()))?;
        }
        Ok(())
    })
}

pub(crate) fn whole_photo() -> Phase {
    Phase::running(named(), |scene| {
        for phone in 0..2 {
            scene.call(phone, |phone, station| {
                for sha256 in phone.originals() {
                    phone.send(station, sha256, false, usize::MAX)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })
}

pub(crate) fn resumed_photo() -> Phase {
    Phase::running(named(), |scene| {
        scene.call(0, |phone, station| {
            let waiting = |phone: &crate::phone::Phone| {
                let mut photos = phone.photos.iter();
                photos.find(|(_, photo)| photo.reply.is_none()).map(|(name, _)| *name)
            };
            while let Some(sha256) = waiting(phone) {
                phone.send(station, sha256, false, 4_000)?;
                phone.send(station, sha256, true, 7_000)?;
                phone.send(station, sha256, true, 7_000)?;
                phone.send(station, sha256, true, usize::MAX)?;
            }
            Ok(())
        })?;
        Ok(())
    })
}

pub(crate) fn thumbnail() -> Phase {
    Phase::running(named(), |scene| {
        for phone in 0..2 {
            scene.call(phone, |phone, station| {
                for sha256 in phone.originals() {
                    phone.send_thumb(station, sha256)?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })
}

/// Two phones took the same picture: each brings it, it is stored once.
pub(crate) fn shared_photo() -> Phase {
    let mut scene = named();
    scene.start().unwrap();
    for phone in 0..2 {
        let both = |phone: &mut crate::phone::Phone, station: &_| {
            phone.record_with(vec![original(77, 5_000)]);
            phone.push_all(station)
        };
        scene.call(phone, both).unwrap();
    }
    scene.close();
    Phase::running(scene, |scene| {
        let sha256 = patrol_domain::Sha256Hash::of(&original(77, 5_000));
        for phone in 0..2 {
            scene.call(phone, |phone, station| {
                phone.send(station, sha256, false, 2_000)?;
                phone.send(station, sha256, true, usize::MAX)
            })?;
        }
        Ok(())
    })
}

/// A restart with a log that has to be read, and a whole day behind it.
pub(crate) fn day() -> Phase {
    let runs = false;
    let acts = |scene: &mut Scene| {
        scene.start()?;
        scene.enrol()?;
        for phone in 0..3 {
            scene.call(phone, |phone, station| {
                phone.record(1, 3_500);
                phone.complete(station)
            })?;
        }
        scene.close();
        scene.start()?;
        scene.call(0, |phone, station| phone.push_all(station))?;
        Ok(())
    };
    Phase {
        scene: busy(),
        acts,
        runs,
    }
}

pub(crate) fn rotation() -> Phase {
    Phase::running(busy(), |scene| {
        for phone in 0..2 {
            scene.rotate()?;
            scene.close();
            scene.start()?;
            scene.call(phone, |phone, station| phone.push_all(station))?;
        }
        Ok(())
    })
}

pub(crate) fn revocation() -> Phase {
    Phase::running(busy(), |scene| {
        for phone in 0..2 {
            scene.revoke(phone)?;
            scene.call(phone, |phone, station| phone.push_all(station))?;
        }
        Ok(())
    })
}

pub(crate) fn epoch() -> Phase {
    Phase::running(busy(), |scene| {
        for phone in [0, 1, 0] {
            scene.hear_of_setback(phone)?;
            scene.call(phone, |phone, station| phone.push_all(station))?;
        }
        Ok(())
    })
}

/// What a station must not do: rows first, the file afterwards.
pub(crate) fn wrong_order() -> Phase {
    Phase::running(named(), |scene| {
        let (layout, disk) = (scene.layout(), scene.disk.clone());
        for (sha256, photo) in scene.phones[0].photos.clone() {
            if photo.reply.is_some() {
                continue;
            }
            let written = scene.connect().execute(
                "INSERT INTO photo (sha256, bytes, extension, stored_ms) VALUES (?1, ?2, '', 0)",
                (sha256.as_bytes(), i64::try_from(photo.bytes.len()).unwrap()),
            );
            written.map_err(|_| Ended)?;
            let place = layout.photo(sha256, "");
            let shelf = place.parent().unwrap();
            let kept = disk.make_folder(shelf).and_then(|()| {
                let mut file = disk.create(&place)?;
                std::io::Write::write_all(&mut file, &photo.bytes)?;
                file.sync()?;
                disk.sync_folder(shelf)
            });
            kept.map_err(|_| Ended)?;
        }
        Ok(())
    })
}
