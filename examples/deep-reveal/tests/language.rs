//! Both languages say the same things, and the pages say nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use deep_reveal::Language;
use fluent_bundle::FluentResource;

const LOCALES: [(&str, &str); 2] = [
    (include_str!("../locales/en.ftl"), include_str!("../locales/it.ftl")),
    (include_str!("../locales/classes.en.ftl"), include_str!("../locales/classes.it.ftl")),
];

/// Beginnings of keys in the sources that are no keys themselves.
const BEGINNINGS: [&str; 3] = ["register-name", "register-email", "register-password"];

/// Keys with the variables that their texts take.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) =
            line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
        {
            key = name.to_owned();
            assert!(messages.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is there twice");
        }
        for part in line.split("{ $").skip(1) {
            let name = part.chars().take_while(|c| c.is_ascii_alphanumeric()).collect();
            messages.get_mut(&key).unwrap().insert(name);
        }
    }
    messages
}

/// Every file below a folder of the package with this ending.
fn sources(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == ending) {
                found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

fn is_key(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// Every text in double quotes that looks like a key.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').filter(|text| is_key(text))
}

/// The keys that are handed to `.text("…")` and `.say("…")`.
fn asked_for(source: &str) -> impl Iterator<Item = &str> {
    [".text(\"", ".say(\""]
        .into_iter()
        .flat_map(move |call| source.split(call).skip(1).filter_map(|rest| rest.split('"').next()))
}

/// Keys that are put together of a beginning and a number or name.
fn composed() -> BTreeSet<String> {
    let mut keys: BTreeSet<String> = (1..=10).map(|n| format!("sus-{n}")).collect();
    keys.extend((1..=6).map(|n| format!("tlx-{n}")));
    let problems = include_str!("../src/http/problem.rs").split("=> \"").skip(1);
    for problem in problems.filter_map(|rest| rest.split('"').next()) {
        keys.extend([format!("problem-{problem}"), format!("problem-{problem}-help")]);
    }
    assert!(keys.contains("problem-too-often-help"));
    keys
}

#[test]
fn the_files_can_be_read_whole() {
    for source in LOCALES.into_iter().flat_map(|(en, it)| [en, it]) {
        let errors = FluentResource::try_new(source.to_owned()).err().map(|(_, errors)| errors);
        assert!(errors.is_none(), "{errors:?}");
    }
}

#[test]
fn both_languages_have_the_same_keys_and_variables() {
    for (en, it) in LOCALES {
        let (en, it) = (messages(en), messages(it));
        assert!(en.len() > 90);
        let keys = |messages: &BTreeMap<String, _>| messages.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&en), keys(&it));
        assert_eq!(en, it);
    }
}

#[test]
fn every_key_that_is_used_exists_and_every_key_is_used() {
    let known: BTreeSet<String> = messages(LOCALES[0].0).into_keys().collect();
    let mut used = composed();
    let templates = sources("templates", "html");
    // Rows of the database have a method of the same name; no page is made there.
    let code = [sources("src/pages", "rs"), sources("src/http", "rs")].concat();
    for (path, source) in templates.iter().chain(&code) {
        // Examples in documentation ask for keys as well: they must exist, but do not count as a use.
        for key in asked_for(source).filter(|key| is_key(key)) {
            assert!(known.contains(key), "{path} asks for {key}");
        }
        used.extend(literals(source).map(String::from));
    }
    for key in composed() {
        assert!(known.contains(&key), "{key} is missing");
    }
    let unused: Vec<_> = known.difference(&used).collect();
    assert!(unused.is_empty(), "{unused:?}");
    // Keys that the code hands on as data begin like others.
    let beginnings: BTreeSet<&str> = known.iter().filter_map(|key| Some(key.split_once('-')?.0)).collect();
    for (path, source) in
        code.iter().filter(|(path, _)| path.contains("/pages/") || path.ends_with("fields.rs"))
    {
        for text in literals(source).filter(|text| !BEGINNINGS.contains(text)) {
            let looks_like_one = text.split_once('-').is_some_and(|(first, _)| beginnings.contains(first));
            assert!(!looks_like_one || known.contains(text), "{path} has {text}");
        }
    }
}

#[test]
fn texts_with_values_are_whole() {
    let say = |language: Language, key, n: u64| language.say(key).with("n", n).to_string();
    assert_eq!(say(Language::English, "points", 1), "1 point");
    assert_eq!(say(Language::English, "points", 12_345), "12,345 points");
    assert_eq!(say(Language::Italian, "points", 12_345), "12.345 punti");
    assert_eq!(say(Language::Italian, "round-streak", 0), "Ancora nessuna serie");
    let removed = Language::English.say("describe-remove").with("label", "{label}").to_string();
    assert_eq!(removed, "Remove “{label}”");
}

#[test]
fn the_packaged_classes_have_names_of_their_own_in_both_languages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo/explained/panda");
    let classes = anv_core::Draft::read(folder).unwrap().model.classes;
    let keys: BTreeSet<String> = messages(LOCALES[1].0).into_keys().collect();
    assert_eq!(keys, classes.iter().map(|class| format!("class-{class}")).collect());
    for language in Language::ALL {
        let names: BTreeSet<_> = classes.iter().map(|class| language.class(class)).collect();
        assert_eq!(names.len(), classes.len(), "two classes share a name in {language}");
    }
    assert_eq!(Language::Italian.class("wrench"), "chiave inglese");
    assert_eq!(Language::Italian.class("golden_retriever"), "golden retriever");
    assert_eq!(Language::English.class("a }{ b"), "a }{ b");
}
