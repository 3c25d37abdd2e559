//! `photo_derive`: what showing a photo costs, against what Debian's own tools need for less.
//!
//! One seeded photo of 12 megapixels, held upright by its camera (orientation 6), becomes a display copy with four lines
//! of stamp and a thumbnail. The floor is `djpeg -scale 1/8`, which reads the same file, has to undo the same Huffman codes
//! and makes nothing of it; `vipsthumbnail` twice is what one would take instead. Both are processes and start as such,
//! some 2 ms for djpeg and 40 for vips here; vips may use all processors, we use one.
//!
//! Memory is measured in a process of its own, as a peak cannot be told apart from that of others: this very program,
//! started again with the name of a file to write to.

use std::path::Path;
use std::process::{Command, Stdio};

use patrol_photo::{Inspection, Limits, Stamp};
use patrol_testkit::photo::PhotoBuilder;

use crate::Figure;
use crate::watch::millis;

const RUNS: usize = 21;
const DERIVE_BAR: f64 = 2.5;
const VIPS_BAR: f64 = 0.5;
const MEMORY_RUNS: usize = 5;
const MEMORY_BAR_MB: f64 = 30.0;
/// Names the photo, in the process that measures its memory.
const PHOTO: &str = "XUNGE_BENCH_PHOTO";

pub(crate) fn measure() -> Vec<Figure> {
    if let Some(photo) = std::env::var_os(PHOTO) {
        println!("{}", net_peak_kb(Path::new(&photo)));
        std::process::exit(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.jpg");
    let bytes = photo();
    std::fs::write(&path, &bytes).unwrap();
    let [derive, vips] = times(&bytes, &path);
    vec![derive, vips, memory(&path)]
}

/// Stored as 4000 × 3000, 3 to 4 MB, as a phone writes it.
fn photo() -> Vec<u8> {
    PhotoBuilder::new(12)
        .size(3000, 4000)
        .orientation(6)
        .noise(17)
        .taken("2026:06:18 09:12:08", Some("+08:00"))
        .gps(32.341_258_6, 118.840_317_2)
        .camera_thumbnail()
        .build()
}

fn stamp() -> Stamp {
    Stamp::new([
        "2026-06-18 09:12:08 +08:00",
        "雄州街道柳叶街 12 号门前（东侧人行道） 32.34126, 118.84032 ±4.8 m",
        "采集员：张伟 LH-0217",
        "案件 0618-003 · 违停 苏A·8K3R7",
    ])
}

fn derive(bytes: &[u8], inspection: &Inspection) -> usize {
    let derived = patrol_photo::derive(bytes, inspection, &Limits::default(), Some(&stamp())).unwrap();
    assert!(derived.display.is_stamped);
    derived.display.jpeg.len() + derived.thumbnail.len()
}

fn times(bytes: &[u8], path: &Path) -> [Figure; 2] {
    let inspection = patrol_photo::inspect(bytes, &Limits::default()).unwrap();
    let (mut ours, mut djpeg, mut vips) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours.push(millis(|| derive(bytes, &inspection)));
        djpeg.push(millis(|| scaled_by_djpeg(path)));
        vips.push(millis(|| shrunk_by_vips(path)));
    }
    [
        Figure::against(
            "photo_derive",
            &ours,
            &djpeg,
            "ms",
            DERIVE_BAR,
            "display copy (1600 px, turned upright, 4 lines of stamp) and thumbnail of a seeded 12-MP JPEG in memory, one \
             thread ÷ one process `djpeg -scale 1/8` of the same file, its start and its writing included",
        ),
        Figure::against(
            "photo_derive_vips",
            &ours,
            &vips,
            "ms",
            VIPS_BAR,
            "the same ÷ two processes `vipsthumbnail` of the same file (1600 px and 320 px, no stamp), their starts and \
             their writing included, all processors allowed",
        ),
    ]
}

fn scaled_by_djpeg(photo: &Path) {
    let out = photo.with_file_name("eighth.ppm");
    run(Command::new("djpeg")
        .args(["-scale", "1/8", "-outfile"])
        .arg(out)
        .arg(photo));
}

fn shrunk_by_vips(photo: &Path) {
    for (side, quality) in [(1600, 80), (320, 75)] {
        let out = photo.with_file_name(format!("{side}.jpg[Q={quality}]"));
        run(Command::new("vipsthumbnail")
            .arg(photo)
            .arg(format!("--size={side}x{side}"))
            .arg("-o")
            .arg(out));
    }
}

fn run(command: &mut Command) {
    let done = command.stdout(Stdio::null()).status();
    let done = done.unwrap_or_else(|error| {
        panic!("{command:?}: {error} (Debian packages libjpeg-turbo-progs and libvips-tools have it)")
    });
    assert!(done.success(), "{command:?}: {done}");
}

fn memory(photo: &Path) -> Figure {
    let peaks: Vec<f64> = (0..MEMORY_RUNS).map(|_| net_peak_mb(photo)).collect();
    Figure::absolute(
        "photo_derive_memory",
        &peaks,
        "MB",
        MEMORY_BAR_MB,
        "peak of a process's resident memory (VmHWM) while it derives, less what it held before (VmRSS): itself, the \
         file's bytes and the whole font; the floor is 1 MB",
    )
}

fn net_peak_mb(photo: &Path) -> f64 {
    let answer = Command::new(std::env::current_exe().unwrap())
        .arg("photo_derive")
        .env(PHOTO, photo)
        .env_remove("XUNGE_BENCH_OUT")
        .output()
        .unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let kb: f64 = String::from_utf8(answer.stdout).unwrap().trim().parse().unwrap();
    kb * 1024.0 / 1e6
}

/// In the process of its own. The first derivation after its start, so nothing is left over from another.
fn net_peak_kb(photo: &Path) -> u64 {
    let bytes = std::fs::read(photo).unwrap();
    let inspection = Inspection {
        mime: patrol_domain::Mime::Jpeg,
        width: 3000,
        height: 4000,
        orientation: patrol_photo::Orientation::Turned90,
        taken: None,
        place: patrol_photo::ExifPlace::Absent,
    };
    // Its checksum, so that every page of the font is in memory, as it would be after some hundred photos.
    assert_ne!(
        patrol_photo::stamp_font()
            .iter()
            .fold(0_u64, |sum, byte| sum + u64::from(*byte)),
        0
    );
    // "5" sets the peak back to what is held now (proc_pid_clear_refs(5)).
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS:");
    derive(&bytes, &inspection);
    status("VmHWM:") - before
}

fn status(key: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|line| line.starts_with(key)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
