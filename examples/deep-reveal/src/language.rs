//! The languages of the pages: English and Italian, texts in `locales/`.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter};
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

/// A language that the pages speak; the default is what a visitor gets whose browser asks for none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// Italian.
    #[serde(rename = "it")]
    Italian,
}

impl Language {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::Italian];

    /// Its BCP 47 tag, as in `lang` attributes and in the database.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Italian => "it",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Italian => "Italiano",
        }
    }

    /// The language of a BCP 47 tag; a region is of no matter.
    ///
    /// ```
    /// use deep_reveal::Language;
    /// assert_eq!(Language::from_tag("it-CH"), Some(Language::Italian));
    /// assert_eq!(Language::from_tag("de"), None);
    /// ```
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language that an `Accept-Language` header likes best, the first of equals.
    ///
    /// ```
    /// use deep_reveal::Language;
    /// assert_eq!(Language::preferred("de, it;q=0.8, en;q=0.7"), Language::Italian);
    /// assert_eq!(Language::preferred("it;q=0, fr"), Language::English);
    /// ```
    pub fn preferred(accept_language: &str) -> Self {
        let weighed = |part: &str| {
            let mut fields = part.split(';');
            let language = Self::from_tag(fields.next()?)?;
            let weight = fields.find_map(|field| field.trim().strip_prefix("q="));
            let weight = weight.map_or(Some(1.0), |q| q.trim().parse().ok())?;
            (weight > 0.0 && weight <= 1.0).then_some((language, weight))
        };
        let mut best = (Self::default(), 0.0f32);
        for (language, weight) in accept_language.split(',').take(64).filter_map(weighed) {
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The text of `key`.
    pub fn text(self, key: &str) -> Cow<'static, str> {
        self.format(key, None)
    }

    /// The text of `prefix-number`, for lists of texts.
    pub fn numbered(self, prefix: &str, number: usize) -> Cow<'static, str> {
        self.text(&format!("{prefix}-{number}"))
    }

    /// The text of `key` whose values are yet to be given.
    ///
    /// ```
    /// use deep_reveal::Language;
    /// let text = Language::Italian.say("points").with("n", 1250u64).to_string();
    /// assert_eq!(text, "1250 punti");
    /// ```
    pub fn say(self, key: &str) -> Message<'_> {
        Message { language: self, key, args: FluentArgs::new() }
    }

    /// A whole number as it is written in this language: thousands apart from 10 000 on in Italian, from 1,000 in
    /// English (CLDR 46, `minimumGroupingDigits`).
    ///
    /// ```
    /// use deep_reveal::Language;
    /// assert_eq!([1250, 12500].map(|n| Language::Italian.number(n)), ["1250", "12.500"]);
    /// assert_eq!(Language::English.number(1250), "1,250");
    /// ```
    pub fn number(self, number: impl Into<i64>) -> String {
        group(number.into(), self.catalogue().separator, self.catalogue().shortest_grouped)
    }

    /// What a class is called. The packaged classes have names in every language; of another one the underscores
    /// become spaces.
    pub fn class(self, class: &str) -> Cow<'static, str> {
        let key = format!("class-{class}");
        match self.catalogue().classes.has_message(&key) {
            true => format(&self.catalogue().classes, &key, None).unwrap_or(Cow::Owned(class.to_owned())),
            false => Cow::Owned(class.replace('_', " ")),
        }
    }

    fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> Cow<'static, str> {
        format(&self.catalogue().texts, key, args).unwrap_or_else(|| {
            tracing::error!(key, language = self.tag(), "a text is missing");
            Cow::Owned(key.to_owned())
        })
    }

    fn catalogue(self) -> &'static Catalogue {
        match self {
            Self::English => &ENGLISH,
            Self::Italian => &ITALIAN,
        }
    }
}

impl Display for Language {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A text with values in it; displays as the whole.
#[derive(Debug)]
pub struct Message<'a> {
    language: Language,
    key: &'a str,
    args: FluentArgs<'a>,
}

impl<'a> Message<'a> {
    /// Gives the value called `name`.
    pub fn with(mut self, name: &'a str, value: impl Into<FluentValue<'a>>) -> Self {
        self.args.set(name, value);
        self
    }
}

impl Display for Message<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.language.format(self.key, Some(&self.args)))
    }
}

/// The texts of one language.
struct Catalogue {
    texts: FluentBundle<FluentResource>,
    classes: FluentBundle<FluentResource>,
    separator: &'static str,
    shortest_grouped: usize,
}

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue {
    texts: bundle("en", include_str!("../locales/en.ftl"), english_number),
    classes: bundle("en", include_str!("../locales/classes.en.ftl"), english_number),
    separator: ",",
    shortest_grouped: 4,
});

static ITALIAN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue {
    texts: bundle("it", include_str!("../locales/it.ftl"), italian_number),
    classes: bundle("it", include_str!("../locales/classes.it.ftl"), italian_number),
    separator: ".",
    shortest_grouped: 5,
});

/// How a bundle writes its numbers.
type NumberFormat = fn(&FluentValue<'_>, &intl::Memoizer) -> Option<String>;

/// The memoizer's type has no public name in `fluent_bundle`; this is the one of its concurrent bundles.
mod intl {
    pub type Memoizer = <Bundle as Memoized>::Memoizer;
    type Bundle = super::FluentBundle<super::FluentResource>;

    pub trait Memoized {
        type Memoizer;
    }

    impl<R, M> Memoized for fluent_bundle::bundle::FluentBundle<R, M> {
        type Memoizer = M;
    }
}

/// Every text of `source`; what cannot be parsed is left out, which a test forbids.
fn bundle(tag: &str, source: &str, number: NumberFormat) -> FluentBundle<FluentResource> {
    let language = tag.parse::<LanguageIdentifier>().unwrap_or_default();
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Values stand inside templates that have a direction already; the marks would end up in titles and copies.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(number));
    bundle.add_resource_overriding(resource);
    bundle
}

fn english_number(value: &FluentValue<'_>, _: &intl::Memoizer) -> Option<String> {
    whole(value).map(|n| Language::English.number(n))
}

fn italian_number(value: &FluentValue<'_>, _: &intl::Memoizer) -> Option<String> {
    whole(value).map(|n| Language::Italian.number(n))
}

fn whole(value: &FluentValue<'_>) -> Option<i64> {
    match value {
        FluentValue::Number(n) if n.value.fract() == 0.0 => Some(n.value as i64),
        _ => None,
    }
}

fn format(
    bundle: &'static FluentBundle<FluentResource>,
    key: &str,
    args: Option<&FluentArgs<'_>>,
) -> Option<Cow<'static, str>> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, args, &mut errors).into_owned();
    for error in errors {
        tracing::error!(key, %error, "a text cannot be formatted");
    }
    Some(Cow::Owned(text))
}

fn group(number: i64, separator: &str, shortest: usize) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "−" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && digits.len() >= shortest && (digits.len() - i).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}
