//! A case is a fold over the *set* of its ops: the same whatever journals they came from and in whatever order.
//!
//! `after` orders the ops (each names all heads of the case that its author knew), ties break by id, and one table says
//! what each op does in each state ([`stand`]); `docs/PROTOCOL.md` carries that table as it is generated from here.
//! Nothing is refused: an op that comes too late is evidence beside the case, not an error.

mod act;
mod fold;
mod order;

pub use act::{Act, CaseState, Effect, stand};
pub use fold::{Case, CaseOp, CasePhoto, Entry, StepRecord, Voiding, Words, fold};
