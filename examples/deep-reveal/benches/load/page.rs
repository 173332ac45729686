//! What a player sees of a page.

/// The step that a page shows.
pub enum Page {
    /// No round: a front page or a message.
    Other,
    /// A masked picture and options; the next hint level while there is one.
    Guess { round: String, picture: String, options: Vec<String>, more: Option<String> },
    /// A masked picture and a field for words.
    Describe { round: String, picture: String },
    /// The whole photo.
    Outcome { photo: String },
}

impl Page {
    pub fn read(html: &str) -> Self {
        let picture = after(html, "<img src=\"/rounds/").map(|rest| format!("/rounds/{rest}"));
        let Some((picture, round)) = picture.and_then(|p| Some((p.clone(), p.split('/').nth(2)?.to_owned())))
        else {
            return Page::Other;
        };
        if picture.ends_with("/photo.png") {
            return Page::Outcome { photo: picture };
        }
        if html.contains("/labels\"") {
            return Page::Describe { round, picture };
        }
        let options = html.split("name=\"class\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
        Page::Guess {
            round,
            picture,
            options: options.map(unescape).collect(),
            more: after(html, "name=\"hints\" value=\"").map(String::from),
        }
    }
}

/// The token of the page's forms.
pub fn token(html: &str) -> Option<&str> {
    after(html, "name=\"token\" value=\"")
}

/// Style, script and pictures of a page that are the same for everybody.
pub fn assets(html: &str) -> impl Iterator<Item = &str> {
    html.split('"').filter(|text| text.starts_with("/static/"))
}

fn after<'a>(html: &'a str, before: &str) -> Option<&'a str> {
    html.split_once(before)?.1.split('"').next()
}

fn unescape(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
