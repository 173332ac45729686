//! Routes that know their own list, so that a test can walk all of them.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{get, post};

use super::app::App;
use super::{api, auth};
use crate::pages;

/// A route of the server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RouteInfo {
    /// GET, POST and so on.
    pub method: String,
    /// The path with its parameters in braces.
    pub path: String,
}

/// A router and the list of what is in it.
pub(crate) struct Routes {
    router: Router<App>,
    list: Vec<RouteInfo>,
}

impl Routes {
    fn new() -> Self {
        Routes { router: Router::new(), list: Vec::new() }
    }

    fn get<H: Handler<T, App>, T: 'static>(mut self, path: &str, handler: H) -> Self {
        self.note(&Method::GET, path);
        Routes { router: self.router.route(path, get(handler)), ..self }
    }

    fn post<H: Handler<T, App>, T: 'static>(mut self, path: &str, handler: H) -> Self {
        self.note(&Method::POST, path);
        Routes { router: self.router.route(path, post(handler)), ..self }
    }

    fn note(&mut self, method: &Method, path: &str) {
        self.list.push(RouteInfo { method: method.to_string(), path: path.to_owned() });
    }

    /// The router itself.
    pub(crate) fn into_router(self) -> Router<App> {
        self.router
    }
}

/// Every route of the server, from the routers themselves.
#[must_use]
pub fn route_list() -> Vec<RouteInfo> {
    let mut list = page_routes().list;
    list.extend(public_routes().list);
    let (_, document) = api::api();
    for (path, item) in document.paths.paths {
        let methods = [
            ("GET", item.get.is_some()),
            ("POST", item.post.is_some()),
            ("PATCH", item.patch.is_some()),
            ("DELETE", item.delete.is_some()),
            ("PUT", item.put.is_some()),
        ];
        let method = |(method, there): (&str, bool)| there.then(|| method.to_owned());
        list.extend(
            methods.into_iter().filter_map(method).map(|method| RouteInfo { method, path: path.clone() }),
        );
    }
    list.push(RouteInfo { method: "GET".to_owned(), path: api::DOCUMENT.to_owned() });
    list.sort();
    list
}

/// What is the same for everybody, without visitors.
pub(crate) fn public_routes() -> Routes {
    Routes::new()
        .get("/healthz", super::health::healthz)
        .get("/static/{name}", pages::static_file)
        .get("/manifest.webmanifest", pages::manifest)
}

/// Pages and their forms.
pub(crate) fn page_routes() -> Routes {
    let routes = Routes::new()
        .get("/", pages::home)
        .get("/instructions", pages::instructions)
        .get("/leaderboard", pages::leaderboard)
        .get("/privacy", pages::privacy)
        .get("/account", pages::account)
        .post("/account", pages::change_account)
        .get("/questionnaire", pages::questionnaire)
        .post("/questionnaire", pages::answer_questionnaire)
        .get("/admin", pages::admin)
        .get("/admin/games.csv", pages::admin_games)
        .post("/admin/campaigns/{id}/open", pages::open_campaign)
        .post("/admin/campaigns/{id}/close", pages::close_campaign);
    session_routes(round_routes(routes))
}

fn round_routes(routes: Routes) -> Routes {
    routes
        .get("/rounds", pages::no_round)
        .post("/rounds", pages::start_round)
        .get("/rounds/{id}", pages::show_round)
        .post("/rounds/{id}/more", pages::show_more)
        .post("/rounds/{id}/guess", pages::guess)
        .post("/rounds/{id}/labels", pages::describe)
        .post("/rounds/{id}/giveup", pages::give_up)
        .get("/rounds/{id}/picture/{level}", pages::picture)
        .get("/rounds/{id}/photo.png", pages::photo)
}

fn session_routes(routes: Routes) -> Routes {
    routes
        .post("/guest", auth::play_as_guest)
        .post("/language", auth::choose_language)
        .get("/login", auth::show_login)
        .post("/login", auth::log_in)
        .get("/account/password", auth::show_password)
        .post("/account/password", auth::change_password)
        .get("/logout", auth::show_log_out)
        .post("/logout", auth::log_out)
        .get("/register", auth::show_register)
        .post("/register", auth::register)
        .get("/forgot", auth::show_forgot)
        .post("/forgot", auth::ask_for_reset)
        .get("/reset/{token}", auth::show_reset)
        .post("/reset/{token}", auth::reset)
}
