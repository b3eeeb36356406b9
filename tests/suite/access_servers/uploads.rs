//! Goal: what a subscriber put at the provider with its own hands is found by it again, and by
//! nobody else.
//!
//! Method: real servers take the upload; an agent lists what they stored, and the rules are asked.
//! If one of these fails, a subscriber sends once more what the provider has, or another one learns
//! of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gleaner_access::{
    Agent, AgentOptions, Asker, Client, ClientRow, ClientTable, FeedMessage, FileFormat,
    FileSource, FileSourceOptions, History, Identifiers, LogFormat, LogKeyRule, LogTail,
    MailOptions, MaildirFormat, MemoryJournal, ObjectRow, OwnedFolder, RootedFs, ScopeLedger,
    ScopeOptions, ScopePolicy, SourceId, SubscriberId, SystemClock, TreeFormat, TreeOptions,
    Verdict, conformance,
};
use gleaner_tests::servers::{Dovecot, Vsftpd, wait_until};

use super::mail_stores::mail;

const UPLOADER: SubscriberId = SubscriberId::new(7);
const OTHER: SubscriberId = SubscriberId::new(8);

fn owned(folders: &[(&str, SubscriberId)]) -> ScopePolicy {
    let owned = folders
        .iter()
        .map(|&(folder, owner)| OwnedFolder { folder: folder.as_bytes().to_vec(), owner });
    ScopePolicy::OwnedFolders(owned.collect())
}

fn agent(root: &Path, format: Arc<dyn FileFormat>, scope: ScopePolicy) -> Agent {
    let clock = Arc::new(SystemClock::new());
    let options = FileSourceOptions::new(SourceId::new(1), scope);
    let fs = Arc::new(RootedFs::new(root));
    let source = FileSource::new(fs, format, clock.clone(), options, None);
    let journal = Box::new(MemoryJournal::new());
    Agent::open(Box::new(source), journal, AgentOptions::default(), clock).unwrap()
}

/// All that the agent tells of after a listing.
fn rows(agent: &Agent) -> Vec<ObjectRow> {
    agent.scan().unwrap();
    let plan = agent.snapshot(10_000);
    let parts = (0..plan.parts()).map(|part| agent.snapshot_part(&plan, part).unwrap());
    let objects = parts.flat_map(|part| match part {
        Some(FeedMessage::Snapshot(part)) => part.objects,
        other => panic!("{other:?}"),
    });
    objects.map(|(_, seen)| ObjectRow::decode(&seen.bytes).unwrap()).collect()
}

/// The row that has these bytes among its representations.
fn row_with<'r>(rows: &'r [ObjectRow], bytes: &[u8]) -> Option<&'r ObjectRow> {
    let whole = *blake3::hash(bytes).as_bytes();
    rows.iter().find(|row| row.representations.iter().any(|it| it.whole == whole))
}

fn ledger(clients: Vec<ClientRow>, rule: LogKeyRule) -> ScopeLedger {
    let clients = ClientTable::new(clients, Duration::from_secs(5)).unwrap();
    ScopeLedger::new(clients, rule, ScopeOptions::default(), Arc::new(SystemClock::new()))
}

fn verdict(ledger: &ScopeLedger, subscriber: SubscriberId, row: &ObjectRow) -> Verdict {
    ledger.may_learn(Asker { subscriber, tenant: None }, Some(&row.scoped))
}

#[test]
fn mail_that_was_put_into_sent_is_offered_to_its_owner_only() {
    let Some(dovecot) = Dovecot::start() else { return };
    let attachment = |seed| conformance::body(seed, 50_000);
    for (user, seed) in [("u1", 1), ("mz", 2), ("sd", 3)] {
        let mut client = dovecot.imap(user).unwrap();
        client.create("Sent").unwrap();
        let number = u32::try_from(seed).unwrap();
        client.append("Sent", &mail(number, &attachment(seed))).unwrap();
        client.log_out().unwrap();
    }
    let options = MailOptions { home_depth: 2, ..MailOptions::default() };
    let format = Arc::new(MaildirFormat::new(options, Arc::new(SystemClock::new())));
    let scope = owned(&[("u1", UPLOADER), ("mz", OTHER)]);
    let agent = agent(&dovecot.server.directory().join("mail"), format, scope);
    let rows = rows(&agent);
    let ledger = ledger(Vec::new(), LogKeyRule::Whole);
    for (seed, owner, stranger) in [(1, UPLOADER, OTHER), (2, OTHER, UPLOADER)] {
        // As a mail and as the file that was attached to it.
        for bytes in [mail(u32::try_from(seed).unwrap(), &attachment(seed)), attachment(seed)] {
            let row = row_with(&rows, &bytes).expect("the upload is listed");
            assert_eq!(verdict(&ledger, owner, row), Verdict::Found);
            assert_eq!(verdict(&ledger, stranger, row), Verdict::Unknown);
        }
        let message_ids = vec![format!("{seed}@example.org").into_bytes()];
        let wanted = Identifiers { message_ids, ..Identifiers::default() };
        assert_eq!(agent.find(&wanted).len(), 1);
    }
    assert_eq!(row_with(&rows, &attachment(3)), None, "of nobody who is known");
}

#[test]
fn file_that_was_put_into_ones_own_docroot_is_offered_to_its_owner_only() {
    let Some(vsftpd) = Vsftpd::start() else { return };
    let (site, others) = (conformance::body(1, 300_000), conformance::body(2, 300_000));
    vsftpd.put("others.bin", &others);
    let mut client = vsftpd.client().unwrap();
    client.store("incoming/site.bin", &site).unwrap();
    let tree = || Arc::new(TreeFormat::new(&TreeOptions::default()).unwrap());
    // The docroot is configured to be the subscriber's.
    let by_folder = agent(&vsftpd.root(), tree(), owned(&[("incoming", UPLOADER)]));
    let rows_by_folder = rows(&by_folder);
    let row = row_with(&rows_by_folder, &site).expect("the upload is listed");
    let nobody = ledger(Vec::new(), LogKeyRule::Whole);
    assert_eq!(verdict(&nobody, UPLOADER, row), Verdict::Found);
    assert_eq!(verdict(&nobody, OTHER, row), Verdict::Unknown);
    assert_eq!(row_with(&rows_by_folder, &others), None, "of nobody who is known");
    // Nothing is configured: the server's log shows who sent it.
    let by_log = agent(&vsftpd.root(), tree(), ScopePolicy::Log);
    let rows_by_log = rows(&by_log);
    let network = Client::Network { address: [127, 0, 0, 1].into(), prefix_len: 32 };
    let at_address =
        ClientRow { client: network, from_ns: 0, to_ns: None, subscriber: Some(UPLOADER) };
    let root = vsftpd.root().as_os_str().as_encoded_bytes().to_vec();
    let mut ledger = ledger(vec![at_address], LogKeyRule::Below(root));
    let log = Arc::new(RootedFs::new(vsftpd.log().parent().unwrap()));
    let mut tail = LogTail::new(log, b"vsftpd.log", None);
    let format = LogFormat::vsftpd("").unwrap();
    let row = row_with(&rows_by_log, &site).expect("the upload is listed");
    wait_until("the log proves the upload", || {
        let polled = tail.poll(&mut |line| match format.parse(line) {
            Ok(Some(parsed)) => ledger.record(&parsed),
            Ok(None) => {}
            Err(error) => panic!("{error}"),
        });
        assert_eq!(polled.unwrap(), History::Whole);
        verdict(&ledger, UPLOADER, row) == Verdict::FoundWithProof
    });
    assert_eq!(verdict(&ledger, OTHER, row), Verdict::Unknown);
    let row = row_with(&rows_by_log, &others).expect("it is listed");
    assert_eq!(verdict(&ledger, UPLOADER, row), Verdict::Unknown, "that nobody was sent or sent");
}
