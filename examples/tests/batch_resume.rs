//! `explain` over many photos, interrupted: by a signal, by kill -9 at random moments, by a full disk.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]
#![cfg(unix)]

mod common;

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::run::{Home, files};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ARGUMENTS: [&str; 6] = ["photos", "--out", "run", "--part", "5", "--no-maps"];

fn arguments(run: &'static str, maps: bool) -> Vec<&'static str> {
    let all = ["photos", "--out", run, "--part", "5"];
    all.into_iter().chain((!maps).then_some("--no-maps")).collect()
}

/// Everything that bears its final name is whole, and no photo is there twice.
fn check_readable(home: &Home) {
    let mut seen: Vec<_> = home.photos("run").iter().map(|p| p.photo).collect();
    let all = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), all, "a photo is there twice");
    let (_, clusters, _) = home.results("run");
    let twice = clusters
        .windows(2)
        .any(|w| (w[0].photo, w[0].layer, w[0].cluster) == (w[1].photo, w[1].layer, w[1].cluster));
    assert!(!twice, "a cluster is there twice");
}

/// kill -9 at random moments, the tables read after each; then the rest. `ANV_KILLS` says how often.
#[test]
fn killed_at_random_moments_it_goes_on() {
    let kills = std::env::var("ANV_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(6u32);
    let home = Home::new(12 + kills / 2);
    home.write("photos/plus/broken.jpg", "x");
    let start = Instant::now();
    home.works(&arguments("whole", true));
    let whole = start.elapsed();
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(std::process::id()));
    let mut alive = 0;
    for _ in 0..kills {
        let mut process = home
            .command(&arguments("run", true))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole.mul_f64(random.random_range(0.02..1.5) / f64::from(kills.min(8))));
        alive += u32::from(process.try_wait().unwrap().is_none());
        process.kill().unwrap();
        process.wait().unwrap();
        check_readable(&home);
    }
    assert!(alive > 0, "every run was over before it was killed");
    home.works(&arguments("run", true));
    assert_eq!(home.results("run"), home.results("whole"));
    let hidden = |start: &str| files(&home.path("run"), start);
    assert!(hidden(".part").is_empty() && hidden(".photos").is_empty() && hidden(".maps").is_empty());
    println!("killed {kills} times, {alive} of them at work");
}

#[test]
fn a_signal_finishes_what_was_begun() {
    let home = Home::new(60);
    let process = home.command(&ARGUMENTS).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Until the first part is there.
    let start = Instant::now();
    while files(&home.path("run"), "photos-").is_empty() && start.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(Command::new("kill").args(["-INT", &process.id().to_string()]).status().unwrap().success());
    let output = process.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        println!("skipped: the run was over before the signal");
        return;
    }
    assert_eq!(output.status.code(), Some(130), "{text}");
    assert!(text.contains("photos are left; run the same command again to go on"), "{text}");
    check_readable(&home);
    let before: Vec<_> =
        files(&home.path("run"), ".part").iter().map(|p| fs::metadata(p).unwrap().len()).collect();
    assert!(before.len() <= 1, "more than one part is open");
    let (out, errors) = home.works(&ARGUMENTS);
    assert!(errors.contains("are there already"), "{errors}");
    assert!(out.trim_end().ends_with("complete: all 120 photos"), "{out}");
    home.works(&arguments("whole", false));
    assert_eq!(home.results("run"), home.results("whole"));
}

#[test]
fn half_a_record_is_made_again() {
    let home = Home::new(4);
    home.works(&["photos", "--out", "whole"]);
    home.works(&["photos", "--out", "run"]);
    // A journal as a killed process leaves it: the file of a part taken back, with garbage behind.
    for start in ["photos-", "clusters-", "maps-"] {
        fs::remove_file(&files(&home.path("run"), start)[0]).unwrap();
    }
    for garbage in [&b"{\"photo\":{\"photo\":0"[..], b"\0\0\0\0\n\0", b"\n\n", &[0xff; 100]] {
        fs::write(home.path("run/.part-000-00000"), garbage).unwrap();
        home.works(&["photos", "--out", "run"]);
        assert_eq!(home.results("run"), home.results("whole"));
        for start in ["photos-", "clusters-", "maps-"] {
            fs::remove_file(&files(&home.path("run"), start)[0]).unwrap();
        }
    }
}

#[test]
fn what_failed_is_tried_again_when_asked() {
    let home = Home::new(6);
    home.works(&["photos", "--out", "whole", "--part", "5"]);
    let retry = ["photos", "--out", "run", "--part", "5", "--retry-failed"];
    for maps in [&[][..], &["--no-maps"]] {
        let broken = ["photos/minus/003.png", "photos/plus/004.png"];
        let pictures = broken.map(|name| fs::read(home.path(name)).unwrap());
        broken.iter().for_each(|name| home.write(name, "x"));
        let _ = fs::remove_dir_all(home.path("run"));
        let (out, _) = home.works(&[&retry[..5], maps].concat());
        assert!(out.contains("failed      2") && out.contains("--retry-failed tries them again"), "{out}");
        home.write(broken[0], &pictures[0]);
        // What a process left that was killed while it reopened the part.
        home.write("run/.part-000-00000", "{\"photo\":");
        let first = fs::metadata(home.path("run/photos-000-00001.parquet")).unwrap().modified().unwrap();
        let (out, errors) = home.works(&[&retry, maps].concat());
        assert!(errors.contains("10 of 12 photos are there already"), "{errors}");
        assert!(out.contains("failed      1") && out.contains("this time   2 in"), "{out}");
        home.write(broken[1], &pictures[1]);
        home.works(&[&retry, maps].concat());
        let again = fs::metadata(home.path("run/photos-000-00001.parquet")).unwrap().modified().unwrap();
        assert_eq!(first, again, "a part without failures was made again");
        let (photos, clusters, tensors) = home.results("run");
        let (all_photos, all_clusters, all_tensors) = home.results("whole");
        assert_eq!((photos, clusters), (all_photos, all_clusters));
        assert!(if maps.is_empty() { tensors == all_tensors } else { tensors.is_empty() });
        assert!(files(&home.path("run"), ".part").is_empty());
        let (out, _) = home.works(&[&retry, maps].concat());
        assert!(!out.contains("this time"), "{out}");
    }
    home.refused(&["run", "--retry-failed"], "--retry-failed needs the photos");
}

/// Failures in parts that are not complete, a try that ends in between, and one beside which nobody goes on.
#[test]
fn what_failed_is_tried_again_after_any_end() {
    let home = Home::new(10);
    home.works(&arguments("whole", true));
    let names = ["photos/minus/001.png", "photos/minus/007.png", "photos/plus/008.png"];
    let pictures = names.map(|name| fs::read(home.path(name)).unwrap());
    names.iter().for_each(|name| home.write(name, "x"));
    home.works(&arguments("run", true));
    names.iter().zip(&pictures).for_each(|(name, picture)| home.write(name, picture));
    let retry = ["photos", "--out", "run", "--part", "5", "--retry-failed"];
    let mut random = ChaCha8Rng::seed_from_u64(u64::from(std::process::id()) + 1);
    for kill in 0..6 {
        let mut process = home.command(&retry).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(random.random_range(1..60)));
        process.kill().unwrap();
        process.wait().unwrap();
        check_readable(&home);
        assert_eq!(home.photos("run").len(), 20, "a part lost its table");
        if kill == 3 {
            // Without the option the run is complete as it is.
            home.works(&arguments("run", true));
            assert!(files(&home.path("run"), ".part").is_empty());
        }
    }
    home.works(&retry);
    assert_eq!(home.results("run"), home.results("whole"));
    assert!(files(&home.path("run"), ".part").is_empty());
}

#[test]
fn failures_of_begun_parts_are_tried_again() {
    let home = Home::new(3);
    home.works(&["photos", "--out", "whole"]);
    let picture = fs::read(home.path("photos/minus/001.png")).unwrap();
    home.write("photos/minus/001.png", "x");
    // A process that ends before its part does: the table of photos cannot be written.
    home.works(&["photos", "--out", "run"]);
    for start in ["photos-", "clusters-", "maps-"] {
        fs::remove_file(&files(&home.path("run"), start)[0]).unwrap();
    }
    fs::create_dir(home.path("run/photos-000-00000.parquet")).unwrap();
    let output = home.command(&["photos", "--out", "run"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    fs::remove_dir(home.path("run/photos-000-00000.parquet")).unwrap();
    assert!(home.path("run/.part-000-00000").is_file());
    home.write("photos/minus/001.png", picture);
    let (out, errors) = home.works(&["photos", "--out", "run", "--retry-failed"]);
    assert!(errors.contains("5 of 6 photos are there already") && !out.contains("failed"), "{errors}{out}");
    assert_eq!(home.results("run"), home.results("whole"));
}

#[test]
fn damaged_parts_are_not_taken_over() {
    let home = Home::new(4);
    home.write("photos/minus/001.png", "x");
    let command = ["photos", "--out", "run", "--part", "4", "--retry-failed"];
    home.works(&command);
    let damage = |name: &str, wrong: &[u8], expected: &str| {
        let path = home.path(&format!("run/{name}"));
        let good = fs::read(&path).unwrap();
        fs::write(&path, wrong).unwrap();
        let output = home.command(&command).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        let cure = "remove run/photos-000-00000.parquet to have this part made again";
        assert!(text.contains(expected) && text.contains(cure) && !text.contains("panicked"), "{text}");
        assert_eq!(home.photos("run").len(), 8);
        fs::write(&path, good).unwrap();
    };
    let maps = fs::read(home.path("run/maps-000-00000.safetensors")).unwrap();
    for cut in [1, 100, maps.len() / 2, maps.len() - 3] {
        damage("maps-000-00000.safetensors", &maps[..maps.len() - cut], "no whole file of maps");
    }
    let other = fs::read(home.path("run/clusters-000-00001.parquet")).unwrap();
    damage("clusters-000-00000.parquet", &other, "rows of photos that the table of photos lacks");
    home.works(&command);
    // What was taken away is made again.
    fs::remove_file(home.path("run/maps-000-00001.safetensors")).unwrap();
    let (out, _) = home.works(&command[..5]);
    assert!(out.contains("this time   4 in"), "{out}");
    home.works(&["photos", "--out", "whole", "--part", "4"]);
    assert_eq!(home.results("run"), home.results("whole"));
}

#[test]
fn two_processes_do_not_share_a_shard() {
    let home = Home::new(40);
    let mut first = home.command(&ARGUMENTS).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !home.path("run/.lock-000").exists() && start.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    let second = home.command(&ARGUMENTS).output().unwrap();
    let text = String::from_utf8_lossy(&second.stderr);
    let busy = second.status.code() == Some(2) && text.contains("another process works on shard 0/1");
    assert!(busy || first.try_wait().unwrap().is_some(), "{text}");
    assert!(first.wait().unwrap().success());
    let (out, _) = home.works(&ARGUMENTS);
    assert!(out.trim_end().ends_with("complete: all 80 photos"), "{out}");
}

/// On a file system of two megabytes, where the system lets us mount one.
#[test]
fn a_full_disk_is_said_and_the_run_goes_on() {
    let home = Home::new(30);
    let disk = home.path("disk");
    fs::create_dir(&disk).unwrap();
    let mount = |options: &str| {
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&disk).stderr(Stdio::null());
        command.status().is_ok_and(|s| s.success())
    };
    if !mount("size=400k") {
        println!("skipped: no file system can be mounted here");
        return;
    }
    let output = home.command(&["photos", "--out", "disk/run", "--part", "5"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let (code, photos) = (output.status.code(), home.photos("disk/run").len());
    let grown = mount("remount,size=64m");
    let rest = home.command(&["photos", "--out", "disk/run", "--part", "5"]).output().unwrap();
    home.works(&["photos", "--out", "whole", "--part", "5"]);
    let (results, whole) = (home.results("disk/run"), home.results("whole"));
    assert!(Command::new("umount").arg(&disk).status().unwrap().success());
    assert!(grown && rest.status.success(), "{}", String::from_utf8_lossy(&rest.stderr));
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("No space left") && text.contains("the same command goes on"), "{text}");
    assert!(photos < 60, "the disk was not full");
    assert!(results == whole, "the results differ after a full disk");
}
