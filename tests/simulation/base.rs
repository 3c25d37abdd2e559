//! What every run begins with: a station and twenty phones, most of them enrolled. Made once, then forked per seed.

use std::sync::{Mutex, OnceLock, PoisonError};

use tokio::runtime::Runtime;

use crate::network::{Letter, Network};
use crate::phone::Phone;
use crate::station::Post;
use crate::stranger::Stranger;

/// How many phones a run has.
pub(crate) const PHONES: usize = 20;

/// How many of them have still to enrol.
const NEWCOMERS: usize = 4;

struct Base {
    post: Post,
    phones: Vec<Phone>,
    stranger: Stranger,
}

/// A runtime for what the app hands to other threads; one thread waits for it at a time.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Lets a phone make its call on a network without faults; says how it ended.
pub(crate) fn call_calmly(
    post: &mut Post,
    phone: &mut Phone,
    network: &Network,
    runtime: &Runtime,
) -> Result<(), patrol_app::AppError> {
    call_through(post, phone, network, runtime, |_| {})
}

/// The same on a network that bends what passes through it.
pub(crate) fn call_through(
    post: &mut Post,
    phone: &mut Phone,
    network: &Network,
    runtime: &Runtime,
    mut bend: impl FnMut(&mut Letter),
) -> Result<(), patrol_app::AppError> {
    phone.call(network);
    loop {
        if let Some(outcome) = phone.go_on(runtime) {
            return outcome;
        }
        let letters = std::mem::take(&mut network.mail().questions);
        assert!(!letters.is_empty(), "phone {} waits for nothing", phone.number);
        for mut letter in letters {
            bend(&mut letter);
            let answer = post.answer(&letter);
            network.bring(letter.number, answer);
        }
    }
}

impl Base {
    fn new() -> Self {
        let (mut post, network, runtime) = (Post::made(), Network::default(), runtime());
        let mut phones: Vec<Phone> = (0..PHONES).map(Phone::new).collect();
        for phone in phones.iter_mut().skip(NEWCOMERS) {
            phone.code = post.code(phone.number);
            call_calmly(&mut post, phone, &network, &runtime).unwrap();
            phone.is_enrolled = true;
            // 8 MiB each, which all seeds then share; the newcomers still set it aside themselves.
            phone.memory().keep_reserve().unwrap();
        }
        let stranger = Stranger::enrolled(&post);
        Self { post, phones, stranger }
    }
}

/// Station and phones for one seed.
pub(crate) fn fork(seed: u64) -> (Post, Vec<Phone>, Stranger) {
    static BASE: OnceLock<Mutex<Base>> = OnceLock::new();
    let base = BASE.get_or_init(|| Mutex::new(Base::new()));
    let base = base.lock().unwrap_or_else(PoisonError::into_inner);
    let phones = base.phones.iter().map(|phone| phone.fork(seed)).collect();
    (base.post.fork(seed), phones, base.stranger.clone())
}
