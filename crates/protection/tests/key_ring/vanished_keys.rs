//! Keys that were there and are gone, emptied or damaged: everybody stays signed in, and no other key takes their place.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use tempfile::TempDir;
use time::Duration;
use wicketgate_protection::{
    EphemeralKeyRepository, FolderKeyRepository, KeyRepository, KeyRepositoryError, KeyRingOptions, ManualClock,
    ProtectError, StoredElement, UnprotectError,
};

use crate::world::{Instance, START, key_id};

/// What happens to a folder of keys.
type Fault = fn(&Path);

const FAULTS: [(&str, Fault); 7] = [
    ("the files vanish", |folder| {
        for file in files(folder) {
            fs::remove_file(file).unwrap();
        }
    }),
    ("the folder vanishes", |folder| fs::remove_dir_all(folder).unwrap()),
    ("the files are emptied", |folder| overwrite(folder, |_| Vec::new())),
    ("the files are truncated", |folder| {
        overwrite(folder, |text| text[..text.len() / 2].to_vec());
    }),
    ("the files are no text", |folder| overwrite(folder, |_| vec![0xFF; 100])),
    ("the secrets are damaged", |folder| {
        overwrite(folder, |text| {
            String::from_utf8(text).unwrap().replace("<value>", "<value>!").into()
        });
    }),
    ("a file is in the folder's place", |folder| {
        fs::remove_dir_all(folder).unwrap();
        fs::write(folder, "").unwrap();
    }),
];

#[tokio::test]
async fn who_is_signed_in_stays_so_while_the_keys_are_gone_whatever_a_stranger_sends() {
    for (about, fault) in FAULTS {
        let world = Folder::new();
        let instance = world.instance(1);
        let payload = instance.protector.protect(b"signed in").await.unwrap();
        let key = key_id(&payload);
        let before = world.contents();

        fault(&world.keys);
        let damaged = world.contents();
        for number in 0..3 {
            world.clock.advance(Duration::days(1));
            stranger_sends(&instance, &payload, number).await;
            let opened = instance.protector.unprotect(&payload).await;
            assert_eq!(&**opened.unwrap(), b"signed in", "{about}");
            let new = instance.protector.protect(b"").await.unwrap();
            assert_eq!(key_id(&new), key, "{about}");
        }
        assert_eq!(world.contents(), damaged, "{about}: nothing is written");

        world.put_back(&before);
        world.clock.advance(Duration::minutes(2));
        let restarted = world.instance(2);
        for instance in [&instance, &restarted] {
            let opened = instance.protector.unprotect(&payload).await;
            assert_eq!(&**opened.unwrap(), b"signed in", "{about}: after they are back");
            let new = instance.protector.protect(b"").await.unwrap();
            assert_eq!(key_id(&new), key, "{about}: after they are back");
        }
        assert_eq!(world.contents(), before, "{about}: after they are back");
    }
}

#[tokio::test]
async fn lost_keys_protect_beyond_their_end_rather_than_that_one_is_made_where_they_were() {
    for (about, fault) in FAULTS {
        let world = Folder::new();
        let instance = world.instance(1);
        let payload = instance.protector.protect(b"signed in").await.unwrap();
        fault(&world.keys);
        let damaged = world.contents();
        for days in [88, 91, 400] {
            world.clock.set(START + Duration::days(days));
            let new = instance.protector.protect(b"").await.unwrap();
            assert_eq!(key_id(&new), key_id(&payload), "{about}");
        }
        assert_eq!(world.contents(), damaged, "{about}");
    }
}

#[tokio::test]
async fn an_operator_may_say_that_the_lost_keys_will_not_come_back() {
    let world = Folder::new();
    let instance = world.instance(1);
    let old = instance.protector.protect(b"signed in").await.unwrap();
    fs::remove_dir_all(&world.keys).unwrap();
    world.clock.advance(Duration::days(3));
    stranger_sends(&instance, &old, 0).await;

    let operator = world.instance(2).ring;
    let now = START + Duration::days(3);
    let made = operator.create_key(now, now + Duration::days(90)).await.unwrap();
    world.clock.advance(Duration::minutes(2));
    let new = instance.protector.protect(b"").await.unwrap();
    assert_eq!(key_id(&new), made);
    assert_eq!(&**instance.protector.unprotect(&old).await.unwrap(), b"signed in");
}

#[tokio::test]
async fn a_ring_that_lost_one_of_its_keys_goes_on_with_the_others_and_makes_the_next() {
    let world = Folder::new();
    let instance = world.instance(1);
    let first = instance.protector.protect(b"first").await.unwrap();
    world.clock.set(START + Duration::days(88));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(files(&world.keys).len(), 2, "with its successor");
    fs::remove_file(world.keys.join(format!("key-{}.xml", key_id(&first)))).unwrap();

    world.clock.set(START + Duration::days(89));
    assert_eq!(&**instance.protector.unprotect(&first).await.unwrap(), b"first");
    world.clock.set(START + Duration::days(88 + 89));
    instance.protector.protect(b"").await.unwrap();
    assert_eq!(files(&world.keys).len(), 2, "the next one is made");
    assert_eq!(&**instance.protector.unprotect(&first).await.unwrap(), b"first");
}

#[tokio::test]
async fn a_revocation_that_vanishes_goes_on_revoking() {
    let repository = Arc::new(ForgetfulRepository::default());
    let clock = Arc::new(ManualClock::at(START));
    let instance = |seed| Instance::new(repository.clone(), KeyRingOptions::default(), &clock, seed);
    let (server, operator) = (instance(1), instance(2));
    let payload = server.protector.protect(b"").await.unwrap();
    operator.ring.revoke_key(key_id(&payload), None).await.unwrap();
    server.ring.reload().await.unwrap();
    server.protector.unprotect(&payload).await.unwrap_err();

    repository.lose("revocation-");
    for _ in 0..2 {
        server.ring.reload().await.unwrap();
        assert!(matches!(
            server.protector.unprotect(&payload).await,
            Err(UnprotectError::Invalid)
        ));
    }
    repository.lose("key-");
    server.ring.reload().await.unwrap();
    server.protector.unprotect(&payload).await.unwrap_err();
}

#[tokio::test]
async fn a_ring_that_changes_its_keys_in_this_process_knows_them_as_well() {
    let repository = Arc::new(ForgetfulRepository::default());
    let clock = Arc::new(ManualClock::at(START));
    let instance = Instance::new(repository.clone(), KeyRingOptions::default(), &clock, 1);
    let payload = instance.protector.protect(b"signed in").await.unwrap();
    let other = uuid::Uuid::from_u128(7);
    instance.ring.revoke_key(other, None).await.unwrap();
    repository.lose("");
    assert_eq!(&**instance.protector.unprotect(&payload).await.unwrap(), b"signed in");
    assert!(repository.all_elements().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_start_that_finds_nothing_but_damaged_keys_is_an_error_and_makes_none() {
    for (about, fault) in FAULTS.into_iter().filter(|(about, _)| !about.contains("vanish")) {
        let world = Folder::new();
        world.instance(1).protector.protect(b"").await.unwrap();
        fault(&world.keys);
        let damaged = world.contents();
        // A secret that is damaged is one of those keys that say what is wrong, as those of Windows' DPAPI.
        if about.contains("secret") {
            continue;
        }
        let instance = world.instance(2);
        let error = instance.ring.load().await.expect_err(about).to_string();
        assert!(error.contains(&world.keys.display().to_string()), "{about}: {error}");
        assert!(
            matches!(instance.protector.protect(b"").await, Err(ProtectError::Repository(_))),
            "{about}"
        );
        assert_eq!(world.contents(), damaged, "{about}: nothing is written");
    }
}

/// A token under a key that nobody has makes the ring read its repository.
async fn stranger_sends(instance: &Instance, payload: &[u8], number: u8) {
    let mut payload = payload.to_vec();
    payload[4] = payload[4].wrapping_add(number + 1);
    assert!(matches!(
        instance.protector.unprotect(&payload).await,
        Err(UnprotectError::Invalid)
    ));
}

/// Instances over one folder of keys, under one clock.
struct Folder {
    _parent: TempDir,
    keys: PathBuf,
    clock: Arc<ManualClock>,
}

impl Folder {
    fn new() -> Self {
        let parent = TempDir::new().unwrap();
        Self {
            keys: parent.path().join("keys"),
            _parent: parent,
            clock: Arc::new(ManualClock::at(START)),
        }
    }

    fn instance(&self, seed: u64) -> Instance {
        let repository = Arc::new(FolderKeyRepository::new(&self.keys));
        Instance::new(repository, KeyRingOptions::default(), &self.clock, seed)
    }

    /// Names and texts of all files.
    fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = files(&self.keys);
        files
            .into_iter()
            .map(|file| (file.clone(), fs::read(file).unwrap()))
            .collect()
    }

    fn put_back(&self, contents: &[(PathBuf, Vec<u8>)]) {
        let _ = fs::remove_dir_all(&self.keys);
        let _ = fs::remove_file(&self.keys);
        fs::create_dir(&self.keys).unwrap();
        for (file, text) in contents {
            fs::write(file, text).unwrap();
        }
    }
}

/// All but the lock; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let files = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| !path.ends_with("keys.lock")).collect();
    files.sort();
    files
}

fn overwrite(folder: &Path, change: impl Fn(Vec<u8>) -> Vec<u8>) {
    for file in files(folder) {
        let text = change(fs::read(&file).unwrap());
        fs::write(file, text).unwrap();
    }
}

/// Loses elements when told, as a table does whose rows are deleted.
#[derive(Debug, Default)]
struct ForgetfulRepository {
    inner: EphemeralKeyRepository,
    lost: Mutex<Vec<&'static str>>,
}

impl ForgetfulRepository {
    /// All elements whose names begin so.
    fn lose(&self, prefix: &'static str) {
        self.lost.lock().unwrap().push(prefix);
    }
}

#[async_trait]
impl KeyRepository for ForgetfulRepository {
    fn place(&self) -> String {
        "a test".to_owned()
    }

    async fn all_elements(&self) -> Result<Vec<StoredElement>, KeyRepositoryError> {
        let mut elements = self.inner.all_elements().await?;
        let lost = self.lost.lock().unwrap();
        elements.retain(|element| !lost.iter().any(|prefix| element.name.starts_with(prefix)));
        Ok(elements)
    }

    async fn store(&self, element: StoredElement) -> Result<(), KeyRepositoryError> {
        self.inner.store(element).await
    }

    async fn store_if_unchanged(&self, element: StoredElement, _: usize) -> Result<bool, KeyRepositoryError> {
        self.inner.store(element).await.map(|()| true)
    }
}
