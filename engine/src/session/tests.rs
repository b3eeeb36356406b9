//! Goal: a session that goes on while packs are condemned is told of all that it may have counted
//! on. Method: lists and outcomes as prunes write them, between its steps.

use std::sync::Arc;

use gleaner_chunker::PackId;
use gleaner_store::{
    CondemnedList, MemoryStorage, Outcome, encode_condemned, encode_epoch, encode_outcome,
};

use super::*;
use crate::IndexPlace;

const PACK: PackId = PackId::from_bytes([7; 32]);

fn environment() -> Environment {
    let environment = Environment::system(Arc::new(MemoryStorage::new()), IndexPlace::Memory);
    environment.storage.create_layout().unwrap();
    let written = environment.storage.update_if(&layout::epoch(), None, &encode_epoch(Epoch(0)));
    assert!(matches!(written, Ok(Update::Written(_))));
    environment
}

/// Condemns the pack in `epoch`, and moves on to the next.
fn condemn(env: &Environment, epoch: Epoch) {
    let (victims, survivors, forgotten) = (vec![PACK], Vec::new(), Vec::new());
    let list = CondemnedList { epoch, owner_token: 0, victims, survivors, forgotten, mark: None };
    let name = layout::condemned_list(epoch, 0);
    assert_eq!(
        env.storage.put_if_absent(&name, &[&encode_condemned(&list)]).unwrap(),
        Put::Created
    );
    let next = encode_epoch(Epoch(epoch.0 + 1));
    let present = Some(gleaner_store::Version(epoch.0 + 1));
    let written = env.storage.update_if(&layout::epoch(), present, &next);
    assert!(matches!(written, Ok(Update::Written(_))));
}

fn rescue(env: &Environment, epoch: Epoch) {
    let (rescued, holders) = (vec![PACK], Vec::new());
    let outcome = Outcome { epoch, drained: true, rescued, holders };
    let put = env.storage.put_if_absent(&layout::outcome(epoch), &[&encode_outcome(&outcome)]);
    assert_eq!(put.unwrap(), Put::Created);
}

fn declare(env: &Environment) -> Session {
    let (kind, roots, host) = (LeaseKind::Write, Vec::new(), "host".to_owned());
    Session::declare(env, Declaration { kind, roots, host }).unwrap()
}

fn copies(env: &Environment, session: &mut Session) -> u32 {
    let mut copies = 0;
    session
        .follow_epoch(env, |condemned| {
            assert!(condemned.packs.contains(&PACK));
            copies += 1;
            Ok(())
        })
        .unwrap();
    copies
}

#[test]
fn pack_that_was_rescued_and_condemned_anew_is_copied_from() {
    // In between it was live to the other sessions of the process, who share the index.
    let env = environment();
    condemn(&env, Epoch(0));
    let mut session = declare(&env);
    assert!(session.condemned.packs.contains(&PACK) && session.condemned.is_undecided);
    rescue(&env, Epoch(0));
    condemn(&env, Epoch(1));
    assert_eq!(copies(&env, &mut session), 1);
    assert_eq!(session.epoch(), Epoch(2));
    session.close();
}

#[test]
fn pack_that_was_condemned_before_is_no_reason_to_copy() {
    let env = environment();
    condemn(&env, Epoch(0));
    let mut session = declare(&env);
    let empty = encode_epoch(Epoch(2));
    let present = Some(gleaner_store::Version(2));
    let written = env.storage.update_if(&layout::epoch(), present, &empty);
    assert!(matches!(written, Ok(Update::Written(_))));
    assert_eq!(copies(&env, &mut session), 0);
    session.close();
}
