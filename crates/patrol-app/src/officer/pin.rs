//! Signing in without a network: six digits.
//!
//! Kept as Argon2id (RFC 9106) with the costs that OWASP's password storage cheat sheet gives first for a server that
//! cannot spare more: 19 MiB, two passes, one lane. Against somebody who has database and key a million PINs are no
//! obstacle whatever the hash; what protects here is that each wrong try costs time on the clock since boot, counted on
//! disk, so that neither a killed app nor a set clock gives tries away. After a reboot the wait begins anew.

use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use patrol_domain::PersonId;
use patrol_domain::port::random;
use patrol_store::{Person, Pin, WrongTries};

use crate::app::App;
use crate::error::{AppError, ErrorCode};
use crate::view::PeopleView;

const DIGITS: usize = 6;
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How long the next try waits after the first, second, third and any further wrong one, in milliseconds.
const WAITS_MS: [i64; 4] = [1_000, 5_000, 30_000, 300_000];

/// One try at a time: two at once would both be looked at before either is counted.
static ONE_TRY: Mutex<()> = Mutex::new(());

impl App {
    /// Signs an officer in and hands the phone over. An officer without a PIN needs none.
    ///
    /// # Errors
    /// [`AppError`] with `pin_wrong`, or `pin_wait` for a try before its time, which counts nothing; whoever was signed in
    /// before stays so.
    pub fn sign_in(&self, number: &str, pin: &str) -> Result<PeopleView, AppError> {
        let person = self.person(number)?;
        self.check_pin(&person, pin)?;
        self.choose_officer(number)?;
        self.lock.set(false);
        self.people()
    }

    /// Gives the officer who is signed in another PIN, or a first one.
    ///
    /// # Errors
    /// [`AppError`]: the old one is wrong, the new one has not six digits or is too simple; the old one stands.
    pub fn set_pin(&self, number: &str, old: &str, new: &str) -> Result<PeopleView, AppError> {
        let person = self.person(number)?;
        if self.is_locked() || !person.is_active {
            return Err(AppError::Refused(ErrorCode::PhoneLocked));
        }
        if new.len() != DIGITS || !new.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AppError::Refused(ErrorCode::PinMalformed));
        }
        if is_simple(new) {
            return Err(AppError::Refused(ErrorCode::PinTooSimple));
        }
        self.check_pin(&person, old)?;
        let mut pin = Pin {
            salt: random(&*self.ports.random),
            hash: [0; 32],
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
        };
        pin.hash = hash(&pin, new)?;
        self.store.write_pin(person.person, &pin)?;
        self.people()
    }

    /// The station has vouched for the officer: whatever PIN there was counts no more.
    pub(super) fn forget_pin(&self, person: PersonId) -> Result<(), AppError> {
        self.store.delete_pin(person)?;
        self.lock.set(false);
        Ok(())
    }

    /// For how long no PIN of this officer is looked at.
    pub(super) fn pin_wait_ms(&self, tries: &WrongTries) -> i64 {
        let Some(at) = usize::try_from(tries.count).ok().and_then(|count| count.checked_sub(1)) else {
            return 0;
        };
        let [.., longest] = WAITS_MS;
        let wait = WAITS_MS.get(at).copied().unwrap_or(longest);
        let clock = &self.ports.clock;
        let is_same_boot = clock.boot_id().0.to_string() == tries.boot;
        let since = if is_same_boot { tries.boot_ms } else { 0 };
        wait.saturating_sub(clock.boot().0.saturating_sub(since)).clamp(0, wait)
    }

    fn check_pin(&self, person: &Person, typed: &str) -> Result<(), AppError> {
        let _one = ONE_TRY.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((pin, tries)) = self.store.pin(person.person)? else {
            return Ok(());
        };
        if self.pin_wait_ms(&tries) > 0 {
            return Err(AppError::Refused(ErrorCode::PinWait));
        }
        let clock = &self.ports.clock;
        self.store
            .count_wrong_pin(person.person, clock.boot_id(), clock.boot())?;
        if hash(&pin, typed)? != pin.hash {
            return Err(AppError::Refused(ErrorCode::PinWrong));
        }
        Ok(self.store.forgive_wrong_pins(person.person)?)
    }
}

fn hash(pin: &Pin, typed: &str) -> Result<[u8; 32], AppError> {
    let Pin {
        salt,
        hash: _,
        memory_kib,
        passes,
        lanes,
    } = pin;
    let wrong = |error: argon2::Error| AppError::Arguments(format!("the PIN cannot be hashed: {error}"));
    let params = Params::new(*memory_kib, *passes, *lanes, Some(32)).map_err(wrong)?;
    let mut hash = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(typed.as_bytes(), salt, &mut hash)
        .map_err(wrong)?;
    Ok(hash)
}

/// Six equal digits, or six in a row up or down: what anybody tries first.
fn is_simple(pin: &str) -> bool {
    let step = |(a, b): (u8, u8)| i16::from(b) - i16::from(a);
    let steps: Vec<i16> = pin.bytes().zip(pin.bytes().skip(1)).map(step).collect();
    [0, 1, -1].iter().any(|wanted| steps.iter().all(|step| step == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_tries_first_is_no_pin() {
        for simple in ["000000", "999999", "123456", "012345", "654321"] {
            assert!(is_simple(simple), "{simple}");
        }
        for fine in ["123457", "112233", "890123", "201804"] {
            assert!(!is_simple(fine), "{fine}");
        }
    }
}
