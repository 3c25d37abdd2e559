//! Plain files through the port.

use std::io;
use std::path::Path;

use patrol_sqlite::Disk;
use patrol_testkit::{CrashDisk, Weakness};

/// Side file, sync, rename, folder: what the photo vault does.
fn place(disk: &CrashDisk, name: &str, bytes: &[u8]) -> io::Result<()> {
    let side = disk.root().join("incoming").join(name);
    let mut file = disk.create(&side)?;
    for piece in bytes.chunks(1000) {
        file.write_all(piece)?;
    }
    file.sync()?;
    disk.rename(&side, &disk.root().join("kept").join(name))?;
    disk.sync_folder(&disk.root().join("kept"))
}

fn photo(number: u8) -> Vec<u8> {
    vec![number; 1500 + usize::from(number) * 700]
}

/// Places ten files until the power goes; how many were acknowledged.
fn place_until_the_cut(disk: &CrashDisk) -> u8 {
    let folders = ["incoming", "kept"].map(|folder| disk.make_folder(&disk.root().join(folder)));
    if folders.iter().any(Result::is_err) {
        return 0;
    }
    let placed = |number: &u8| place(disk, &number.to_string(), &photo(*number)).is_ok();
    u8::try_from((1..=10).take_while(placed).count()).unwrap()
}

/// Cuts at every operation with a few seeds each; cuts that lost a file, and cuts that left a damaged one under its name.
fn cut_everywhere(weakness: Option<Weakness>) -> (u64, u64, u64) {
    let weakened = |seed| {
        let disk = CrashDisk::new(seed);
        weakness.into_iter().for_each(|weakness| disk.weaken(weakness));
        disk
    };
    let whole = weakened(0);
    assert_eq!(place_until_the_cut(&whole), 10);
    let (mut cuts, mut losing, mut damaged) = (0, 0, 0);
    for n in 1..=whole.operations() {
        for seed in 0..8 {
            let disk = weakened(n * 8 + seed);
            disk.cut_after(n);
            let acknowledged = place_until_the_cut(&disk);
            assert!(disk.is_off(), "{n}");
            disk.reboot();
            cuts += 1;
            let kept = |number: u8| disk.read(&disk.root().join("kept").join(number.to_string())).ok();
            losing += u64::from((1..=acknowledged).any(|number| kept(number).is_none()));
            damaged += u64::from((1..=10).any(|number| kept(number).is_some_and(|bytes| bytes != photo(number))));
        }
    }
    println!("side file, sync, rename, folder; {weakness:?}: {cuts} cuts, {losing} lost a file, {damaged} damaged one");
    (cuts, losing, damaged)
}

#[test]
fn a_placed_file_survives_every_cut() {
    let (_, losing, damaged) = cut_everywhere(None);
    assert_eq!((losing, damaged), (0, 0));
}

#[test]
fn without_the_folders_sync_files_are_lost() {
    let (cuts, losing, damaged) = cut_everywhere(Some(Weakness::NoFolderSync));
    assert!(losing > cuts / 4);
    assert_eq!(damaged, 0, "the file itself was synced before it got its name");
}

#[test]
fn without_the_files_sync_its_name_stands_before_broken_bytes() {
    let broken = (0..100).filter(|seed| {
        let disk = CrashDisk::new(*seed);
        let path = disk.root().join("a");
        disk.create(&path).unwrap().write_all(&photo(9)).unwrap();
        disk.sync_folder(disk.root()).unwrap();
        disk.reboot();
        disk.read(&path).unwrap() != photo(9)
    });
    let broken = broken.count();
    println!("name synced, bytes not: {broken} of 100 files broken");
    assert!(broken > 50);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = |seed: u64, cut: u64| {
        let disk = CrashDisk::new(seed);
        disk.cut_after(cut);
        place_until_the_cut(&disk);
        disk.reboot();
        let inside = |path: &Path| path.strip_prefix(disk.root()).unwrap().to_owned();
        let files = disk.files();
        let files = files.iter().map(|path| (inside(path), disk.read(path).unwrap()));
        files.collect::<Vec<_>>()
    };
    let mut differing = 0;
    for cut in 1..80 {
        assert_eq!(run(cut, cut), run(cut, cut));
        differing += u32::from(run(cut, cut) != run(cut + 1000, cut));
    }
    assert!(differing > 20, "another seed, another outcome: {differing}");
}

#[test]
fn a_full_disk_says_so_and_space_returns() {
    let disk = CrashDisk::new(0);
    disk.set_capacity(Some(5_000));
    let (first, second) = (disk.root().join("a"), disk.root().join("b"));
    disk.create(&first).unwrap().write_all(&[1; 4_000]).unwrap();
    let refused = disk.create(&second).unwrap().write_all(&[2; 4_000]).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
    assert_eq!(disk.length(&second).unwrap(), Some(1_000), "what there was room for");
    disk.remove(&first).unwrap();
    assert_eq!(disk.used(), 1_000);
    disk.create(&first).unwrap().write_all(&[1; 4_000]).unwrap();
}

#[test]
fn damage_is_on_the_platter_and_a_copied_tree_is_its_own() {
    let disk = CrashDisk::new(0);
    let folder = disk.root().join("data");
    disk.make_folder(&folder.join("deep")).unwrap();
    disk.write_raw(&folder.join("deep/a"), &[0; 600]).unwrap();
    disk.copy_tree(&folder, &disk.root().join("copy")).unwrap();
    let copied = disk.root().join("copy/deep/a");
    disk.flip(&copied, 599, 0x81).unwrap();
    assert!(disk.flip(&copied, 600, 1).is_err());
    disk.reboot();
    assert_eq!(disk.read(&copied).unwrap().last(), Some(&0x81));
    assert_eq!(disk.read(&folder.join("deep/a")).unwrap(), [0; 600]);
    disk.zero(&copied, 590..600).unwrap();
    disk.truncate_to(&copied, 599).unwrap();
    assert_eq!(disk.read(&copied).unwrap(), [0; 599]);
    let machine = tempfile::tempdir().unwrap();
    disk.export(machine.path()).unwrap();
    assert_eq!(std::fs::read(machine.path().join("copy/deep/a")).unwrap(), [0; 599]);
}
