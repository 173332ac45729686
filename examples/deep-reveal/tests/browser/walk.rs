//! A way through every page.

use crate::player::Visit;

/// Goes everywhere; `look` is called wherever there is something to look at.
pub fn walk(visit: &Visit<'_>, look: &dyn Fn(&str)) {
    as_nobody(visit, look);
    as_guest(visit, look);
    as_member(visit, look);
}

fn as_nobody(visit: &Visit<'_>, look: &dyn Fn(&str)) {
    let pages = [("landing", "/"), ("instructions", "/instructions"), ("leaderboard-empty", "/leaderboard")];
    let others =
        [("privacy", "/privacy"), ("login", "/login"), ("register", "/register"), ("forgot", "/forgot")];
    let errors = [("not-found", "/nowhere"), ("reset-dead", "/reset/0")];
    for (name, path) in [&pages[..], &others, &errors].concat() {
        visit.go(path);
        look(name);
    }
    visit.go("/login");
    visit.write("#name", "nobody");
    visit.write("#password", "wrong password");
    visit.click("main form button");
    visit.wait("#problem");
    look("login-wrong");
    visit.go("/forgot");
    visit.write("#email", "nobody@example.org");
    visit.click("main form button");
    visit.wait(".message");
    look("sent");
    // A page from before: its token is no longer the right one.
    visit.go("/login");
    visit.run("document.querySelector('main [name=token]').value = '0';", serde_json::json!([]));
    visit.write("#name", "nobody");
    visit.write("#password", "wrong password");
    visit.click("main form button");
    visit.wait(".message");
    look("stale");
}

fn as_guest(visit: &Visit<'_>, look: &dyn Fn(&str)) {
    visit.go("/");
    visit.play_as_guest();
    look("home-new");
    visit.start();
    visit.sees_picture();
    look("guess");
    (0..5).for_each(|_| visit.show_more());
    look("guess-last");
    visit.choose(&visit.wrong());
    look("describe");
    visit.write(
        "#label",
        "a black and white face, round ears, Donaudampfschifffahrtsgesellschaftskapitänsmütze,",
    );
    visit.write("#label", "round ears,");
    visit.wait("[data-says]:not(.hidden)");
    look("describe-words");
    visit.done();
    visit.sees_picture();
    look("outcome-lost");
    visit.go("/questionnaire");
    look("questionnaire");
    visit.start_from("/");
    (0..5).for_each(|_| visit.show_more());
    visit.click("form[action$='/giveup'] button");
    visit.wait(".verdict");
    visit.sees_picture();
    look("outcome-given-up");
    visit.go("/account");
    look("account-guest");
    visit.click("main form[action='/logout'] button");
    visit.wait("input[name=sure]");
    look("leave");
    visit.go("/login");
    look("login-guest");
}

fn as_member(visit: &Visit<'_>, look: &dyn Fn(&str)) {
    visit.go("/register");
    visit.write("#name", "Bartolomeaquattrocchilungonome");
    visit.write("#email", "bartolomea.quattrocchi@example.org");
    visit.write("#password", "bartolomea.quattrocchi@example.org");
    visit.click("main form button");
    visit.wait("#problem");
    look("register-problem");
    visit.write("#password", "correct horse");
    visit.click("main form button");
    visit.wait(".play");
    for word in ["stripes", "a handle"] {
        visit.go("/");
        visit.win(word);
    }
    visit.sees_picture();
    look("outcome-won");
    visit.start();
    look("guess-streak");
    visit.go("/");
    look("home");
    visit.go("/account");
    visit.click("form.card:not(.danger) button");
    visit.wait(".done");
    look("account");
    visit.click("main a[href='/account/password']");
    visit.wait("#old");
    look("password");
    visit.write("#old", "wrong horse");
    visit.write("#password", "battery staple");
    visit.click("main form button");
    visit.wait("#problem");
    look("password-wrong");
    visit.write("#old", "correct horse");
    visit.write("#password", "battery staple");
    visit.click("main form button");
    visit.wait(".done");
    visit.go("/leaderboard");
    look("leaderboard");
    visit.server.command(&["admin", "grant", "bartolomea.quattrocchi@example.org"]);
    visit.go("/admin");
    look("admin");
    play_the_rest(visit);
    look("seen");
}

/// The packaged campaign has nine photos; who has met them all finds no way to play at home.
fn play_the_rest(visit: &Visit<'_>) {
    for _ in 0..10 {
        visit.go("/");
        if visit.count("form[action='/rounds'] button") == 0 {
            return;
        }
        visit.click("form[action='/rounds'] button");
        visit.wait("main[data-live]");
        visit.choose(&visit.wrong());
        visit.click("button[name=skip]");
        visit.wait(".verdict");
    }
    panic!("there is no end of photos");
}
