//! Every page, light and dark, on phone and desk: fit for everybody, and pictures to look at.
//!
//! With `DEEP_REVEAL_SCREENS` in the environment, the pictures are written to `target/deep-reveal-screens`.

use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::browser::{Browser, Kind};
use crate::player::Visit;
use crate::server::Server;
use crate::walk::walk;

const DESK: (u32, u32) = (1280, 800);
const PHONE: (u32, u32) = (390, 844);
const SMALL: (u32, u32) = (360, 640);
/// What WCAG 2.1 asks pages to be readable on (1.4.10).
const SMALLEST: (u32, u32) = (320, 640);

#[test]
fn every_page_is_accessible() {
    let axe = axe();
    every_page(Kind::default(), |browser, name| {
        for (place, size) in [("desk", DESK), ("phone", PHONE)] {
            browser.resize(size);
            for scheme in ["light", "dark"] {
                browser.prefer(scheme);
                let place = format!("{name}-{place}-{scheme}");
                check(browser, &place);
                if let Some(axe) = &axe {
                    check_with_axe(browser, &place, axe);
                }
                keep(browser, &place);
            }
        }
    });
}

#[test]
fn every_page_fits_small_screens_in_italian() {
    every_page(Kind { italian: true, ..Kind::default() }, |browser, name| {
        browser.prefer("light");
        browser.resize(SMALLEST);
        check(browser, name);
        browser.resize(SMALL);
        check(browser, name);
        keep(browser, &format!("{name}-small-italian"));
    });
}

/// The checks see what is wrong: a page is spoilt in many ways.
#[test]
fn the_checks_find_faults() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind::default()) else { return };
    visit.prefer("light");
    let spoil = "document.documentElement.lang = '';
        document.querySelector('main').innerHTML += `<h1>again</h1><h3>too deep</h3><img src='/static/icon.svg'>
            <p id='twice'>a</p><p id='twice' aria-describedby='none'>b</p><input><button></button>`;
        document.querySelector('.lead').style.color = '#aaa';
        document.querySelector('.brand').style.cssText = 'width: 9px; min-height: 9px; height: 9px';
        document.querySelector('.note').style.width = '2000px';";
    visit.run(spoil, json!([]));
    let wrong = visit.run(include_str!("checks.js"), json!([])).to_string();
    for fault in [
        "no language",
        "2 first headings",
        "a heading 3 follows a heading 1",
        "two elements are #twice",
        "leads nowhere",
        "no text for",
        "no name for <input",
        "no name for <button",
        "pixels: <a class=\\\"brand",
        "pixels wide",
        "contrast 2.1",
    ] {
        assert!(wrong.contains(fault), "{fault}: {wrong}");
    }
    let Some(axe) = axe() else { return };
    let found = faults_of_axe(&visit, &axe).to_string();
    for fault in ["html-has-lang", "image-alt", "button-name", "label", "color-contrast"] {
        assert!(found.contains(&format!(": {fault}: ")), "{fault}: {found}");
    }
}

fn every_page(kind: Kind, look: impl Fn(&Browser, &str)) {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, kind) else { return };
    walk(&visit, &|name| look(&visit, name));
}

/// The text of axe-core, where it is to be had.
fn axe() -> Option<String> {
    let Some(path) = std::env::var_os("DEEP_REVEAL_AXE") else {
        // Past the test harness, which keeps back what a test that does not fail prints.
        let _ = writeln!(std::io::stderr(), "skipped: DEEP_REVEAL_AXE does not name axe.min.js of axe-core");
        return None;
    };
    Some(std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("DEEP_REVEAL_AXE, {path:?}: {e}")))
}

/// Our own checks, which need nothing else.
fn check(browser: &Browser, place: &str) {
    let wrong = browser.run(include_str!("checks.js"), json!([]));
    assert_eq!(wrong, json!([]), "{place}");
}

fn check_with_axe(browser: &Browser, place: &str, axe: &str) {
    assert_eq!(faults_of_axe(browser, axe), json!([]), "{place}");
}

fn faults_of_axe(browser: &Browser, axe: &str) -> Value {
    if browser.run("return typeof axe;", json!([])) == json!("undefined") {
        browser.run(axe, json!([]));
    }
    let tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    let script = "const found = await axe.run(document, { runOnly: args[0], resultTypes: ['violations'] });
        return found.violations.map(({ id, impact, help, nodes }) =>
            `${impact}: ${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`);";
    browser.run_async(script, json!([tags]))
}

/// Keeps a picture for people to look at.
fn keep(browser: &Browser, place: &str) {
    if std::env::var_os("DEEP_REVEAL_SCREENS").is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("deep-reveal-screens");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{place}.png")), browser.picture()).unwrap();
}
