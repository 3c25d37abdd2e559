//! What a phone is doing when its power goes: each phase is a phone that is ready, and a few acts of its officer.

use patrol_domain::op::{OpenReason, Step};
use patrol_store::{Disk as _, Mirror, StoreError};

use crate::acts::Camera;
use crate::officer::Officer;
use crate::raw::{old_phone, page_of};

/// A phone that is ready, and what is done with it.
pub(crate) struct Phase {
    pub(crate) phone: Officer,
    pub(crate) acts: fn(&mut Officer) -> Result<(), StoreError>,
    /// Whether the program runs before the acts begin.
    pub(crate) runs: bool,
    /// The damaged file, which must be kept.
    pub(crate) damaged: Option<Vec<u8>>,
}

impl Phase {
    fn running(phone: Officer, acts: fn(&mut Officer) -> Result<(), StoreError>) -> Self {
        let runs = true;
        Self {
            phone,
            acts,
            runs,
            damaged: None,
        }
    }

    fn stopped(phone: Officer, acts: fn(&mut Officer) -> Result<(), StoreError>) -> Self {
        let runs = false;
        Self {
            runs,
            ..Self::running(phone, acts)
        }
    }

    fn damaged(phone: Officer, acts: fn(&mut Officer) -> Result<(), StoreError>) -> Self {
        let bytes = phone.disk.read(&phone.database()).unwrap();
        Self {
            damaged: Some(bytes),
            ..Self::stopped(phone, acts)
        }
    }
}

/// A phone with a week's work on it: cases with and without photos, one of each act, half of it signed for, a draft with
/// a photo. The program runs; its log has not been folded into the file.
pub(crate) fn busy() -> Officer {
    let mut officer = Officer::new(1);
    officer.start().unwrap();
    let mut cases = Vec::new();
    for number in 0..8 {
        officer
            .type_words(&format!("第{number}件：占道经营，已劝离。"))
            .unwrap();
        if number % 2 == 0 {
            officer.shoot(900).unwrap();
        }
        cases.push(officer.save().unwrap());
        if number == 4 {
            officer.ack(100).unwrap();
            officer.store().checkpoint().unwrap();
        }
    }
    officer.step(cases[0], Step::NoticePosted, "已贴单").unwrap();
    officer.amend(cases[1], "车牌看错", "更正").unwrap();
    officer.void(cases[2], "重复").unwrap();
    officer.shoot(500).unwrap();
    officer.type_words("还没有写完").unwrap();
    officer
}

pub(crate) fn first_start() -> Phase {
    Phase::stopped(Officer::new(2), |officer| {
        officer.start()?;
        officer.type_words("第一天")?;
        officer.save()?;
        Ok(())
    })
}

pub(crate) fn save() -> Phase {
    Phase::running(busy(), |officer| {
        officer.save()?;
        officer.type_words("第二件")?;
        officer.save()?;
        officer.save()?;
        Ok(())
    })
}

pub(crate) fn photo() -> Phase {
    Phase::running(busy(), |officer| {
        officer.shoot(70_000)?;
        let second = officer.shoot(2_000)?;
        officer.remove_photo(second)?;
        officer.save()?;
        officer.shoot(10)?;
        Ok(())
    })
}

pub(crate) fn camera() -> Phase {
    Phase::running(busy(), |officer| {
        officer.use_camera(Camera::Syncs, 70_000)?;
        officer.use_camera(Camera::Closes, 0)?;
        officer.use_camera(Camera::Writes, 3_000)?;
        officer.use_camera(Camera::WritesRubbish, 3_000)?;
        officer.save()?;
        Ok(())
    })
}

pub(crate) fn draft() -> Phase {
    Phase::running(busy(), |officer| {
        for words in ["一", "一二", "一二三"] {
            officer.type_words(words)?;
        }
        officer.discard()?;
        for words in ["四", &"长".repeat(2_000), "五"] {
            officer.type_words(words)?;
        }
        Ok(())
    })
}

pub(crate) fn amend() -> Phase {
    Phase::running(busy(), |officer| {
        let cases: Vec<_> = officer.ledger.known.opened().into_iter().collect();
        officer.step(cases[5], Step::Advised, "口头劝导")?;
        officer.amend(cases[5], "", "写错了")?;
        officer.add_case_photo(cases[6], 3_000)?;
        officer.step(cases[6], Step::Left, "")?;
        officer.void(cases[7], "重复登记")?;
        Ok(())
    })
}

pub(crate) fn upkeep() -> Phase {
    Phase::running(busy(), |officer| {
        officer.ack(80)?;
        officer.store().checkpoint()?;
        officer.store().rebuild_views()?;
        officer.save()?;
        officer.ack(100)?;
        officer.store().check_file()?;
        officer.store().checkpoint()?;
        officer.close();
        Ok(())
    })
}

/// The station was set back: everything waits again, and its own word is kept until it has heard it.
pub(crate) fn set_back() -> Phase {
    Phase::running(busy(), |officer| {
        officer.ack(90)?;
        officer.store().rewind()?;
        officer.save()?;
        officer
            .store()
            .record_epoch(officer.signed.unwrap(), "another", patrol_domain::Seq(0))?;
        officer.ack(50)?;
        officer.ack(100)?;
        officer.store().rewind()?;
        officer.store().rewind()?;
        Ok(())
    })
}

/// Rows come from the station, page by page, and once all of them anew.
pub(crate) fn pull() -> Phase {
    Phase::running(busy(), |officer| {
        officer.pull(Mirror::Shown, 3, 40)?;
        officer.save()?;
        officer.store().begin_shadow()?;
        officer.pull(Mirror::Shadow, 4, 30)?;
        officer.store().swap_mirror()?;
        officer.store().begin_shadow()?;
        officer.pull(Mirror::Shadow, 1, 10)?;
        Ok(())
    })
}

/// The first photo sets the reserve aside, in 128 writes.
pub(crate) fn reserve() -> Phase {
    let mut phone = busy();
    phone.close_for_good();
    phone.disk.remove(&phone.data().join("reserve")).unwrap();
    phone.disk.sync_folder(&phone.data()).unwrap();
    phone.start().unwrap();
    Phase::running(phone, |officer| {
        officer.shoot(100)?;
        officer.save()?;
        Ok(())
    })
}

/// A start, as after a cut: a log to take over, a shot and an original without a row to take in.
pub(crate) fn restart() -> Phase {
    let running = busy();
    let shoot = |phone: &mut Officer| phone.use_camera(Camera::Syncs, 5_000);
    let mut whole = running.fork(0);
    whole.start().unwrap();
    let before = whole.disk.operations();
    shoot(&mut whole).unwrap();
    let operations = whole.disk.operations() - before;
    let mut phone = running.fork(3);
    phone.start().unwrap();
    // In front of the commit that gives the photo its row: behind it, the camera's file is removed and its folder synced.
    phone.disk.cut_after(operations - 2);
    assert!(shoot(&mut phone).is_err());
    phone.disk.reboot();
    Phase::stopped(phone, |officer| {
        officer.start()?;
        officer.recover()?;
        officer.save()?;
        Ok(())
    })
}

/// The program of today opens the database of its first version.
pub(crate) fn migration() -> Phase {
    Phase::stopped(old_phone(), |officer| {
        officer.start()?;
        officer.recover()?;
        officer.save()?;
        Ok(())
    })
}

/// A damaged database, whose first page is gone.
pub(crate) fn salvage() -> Phase {
    let mut phone = busy();
    phone.store().checkpoint().unwrap();
    phone.close_for_good();
    phone.disk.zero(&phone.database(), 0..4_096).unwrap();
    phone.due = Some(OpenReason::Salvage);
    Phase::damaged(phone, |officer| {
        officer.start()?;
        officer.save()?;
        Ok(())
    })
}

/// A damaged database that opens, and was found damaged in the background.
pub(crate) fn flagged_salvage() -> Phase {
    let mut phone = busy();
    phone.store().checkpoint().unwrap();
    let page = page_of(&phone, "photo");
    let at = u64::from(page - 1) * 4_096;
    phone.disk.flip(&phone.database(), at + 700, 1).unwrap();
    assert!(phone.store().check_file().unwrap());
    phone.close_for_good();
    phone.due = Some(OpenReason::Salvage);
    Phase::damaged(phone, |officer| {
        officer.start()?;
        officer.recover()?;
        officer.save()?;
        Ok(())
    })
}

/// The database of another phone, or of this one before it was reset: there is no marker.
pub(crate) fn copy() -> Phase {
    let mut phone = busy();
    phone.close_for_good();
    phone.disk.remove(&phone.marker()).unwrap();
    phone.disk.sync_folder(phone.marker().parent().unwrap()).unwrap();
    phone.due = Some(OpenReason::Copy);
    Phase::stopped(phone, |officer| {
        officer.start()?;
        officer.save()?;
        officer.ack(100)?;
        Ok(())
    })
}

/// What no program of ours does.
pub(crate) fn wrong_order() -> Phase {
    Phase::running(busy(), |officer| {
        let cases: Vec<_> = officer.ledger.known.opened().into_iter().collect();
        for case in cases.into_iter().take(3) {
            officer.add_case_photo_in_the_wrong_order(case)?;
        }
        Ok(())
    })
}
