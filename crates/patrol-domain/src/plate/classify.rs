//! Which form a normalised plate has, by its characters from the left.

use super::PlateKind;

/// The 31 provinces' characters.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// Letters of battery-electric (D, A, B, C, E) and of other new-energy vehicles (F, G, H, J, K).
const ENERGY_LETTERS: &str = "DABCEFGHJK";

fn is_letter(character: char) -> bool {
    character.is_ascii_uppercase() && !matches!(character, 'I' | 'O')
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
}

fn is_serial(character: char) -> bool {
    is_letter(character) || is_digit(character)
}

fn is_energy(character: char) -> bool {
    ENERGY_LETTERS.contains(character)
}

pub(super) fn classify(characters: &[char]) -> PlateKind {
    let special = classify_embassy(characters)
        .or_else(|| classify_old_consulate(characters))
        .or_else(|| classify_armed(characters));
    if let Some(kind) = special {
        return kind;
    }
    let [province, authority, serial @ ..] = characters else {
        return PlateKind::Free;
    };
    if !PROVINCES.contains(*province) || !is_letter(*authority) {
        return PlateKind::Free;
    }
    match serial {
        [a, b, c, d, '应', '急']
            if matches!(authority, 'S' | 'X') && [a, b, c, d].into_iter().all(|c| is_digit(*c)) =>
        {
            PlateKind::Emergency
        }
        [a, b, c, d, last] if [a, b, c, d].into_iter().all(|c| is_serial(*c)) => match last {
            '港' | '澳' if (*province, *authority) == ('粤', 'Z') => PlateKind::HkMacau,
            '学' => PlateKind::Learner,
            '警' => PlateKind::Police,
            '挂' => PlateKind::Trailer,
            '领' => PlateKind::Consulate,
            '试' | '超' => PlateKind::TemporaryEntry,
            // GA 36-2018: at most two letters among the five.
            _ if is_serial(*last) && serial.iter().filter(|c| is_letter(**c)).count() <= 2 => PlateKind::Ordinary,
            _ => PlateKind::Free,
        },
        [energy, second, digits @ ..]
            if digits.len() == 4 && is_energy(*energy) && is_serial(*second) && digits.iter().all(|c| is_digit(*c)) =>
        {
            PlateKind::NewEnergySmall
        }
        [digits @ .., energy] if digits.len() == 5 && is_energy(*energy) && digits.iter().all(|c| is_digit(*c)) => {
            PlateKind::NewEnergyLarge
        }
        _ => PlateKind::Free,
    }
}

fn classify_embassy(characters: &[char]) -> Option<PlateKind> {
    match characters {
        ['使', digits @ ..] | [digits @ .., '使'] if digits.len() == 6 && digits.iter().all(|c| is_digit(*c)) => {
            Some(PlateKind::Embassy)
        }
        _ => None,
    }
}

/// `WJ`, a province and five signs, the last one a digit or a letter: the Armed Police. Two letters and five digits: the
/// armed forces.
fn classify_armed(characters: &[char]) -> Option<PlateKind> {
    match characters {
        ['W', 'J', province, digits @ .., last]
            if PROVINCES.contains(*province)
                && digits.len() == 4
                && digits.iter().all(|c| is_digit(*c))
                && is_serial(*last) =>
        {
            Some(PlateKind::ArmedPolice)
        }
        [service, unit, digits @ ..]
            if is_letter(*service)
                && is_letter(*unit)
                && (*service, *unit) != ('W', 'J')
                && digits.len() == 5
                && digits.iter().all(|c| is_digit(*c)) =>
        {
            Some(PlateKind::Military)
        }
        _ => None,
    }
}

/// The older consulates' plates: four or five digits, the authority's letter sometimes left out.
fn classify_old_consulate(characters: &[char]) -> Option<PlateKind> {
    let [province, serial @ .., '领'] = characters else {
        return None;
    };
    let digits = match serial {
        [authority, digits @ ..] if is_letter(*authority) => digits,
        digits => digits,
    };
    let fits = PROVINCES.contains(*province) && matches!(digits.len(), 4 | 5) && digits.iter().all(|c| is_digit(*c));
    fits.then_some(PlateKind::Consulate)
}

/// Seven characters whose serial is D or F and four digits: the usual new-energy plate with one digit left out.
pub(super) fn looks_like_cut_new_energy(text: &str) -> bool {
    let mut serial = text.chars().skip(2);
    matches!(serial.next(), Some('D' | 'F')) && serial.all(is_digit)
}
