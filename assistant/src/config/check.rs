//! From the file's shape to settings: what the shape can't say (ids that exist, dates that are days) is checked here.

use super::error::ConfigError;
use super::file::{BillPart, File, HouseholdPart, PausesPart, PayeePart, ProviderPart, SpeechPart};
use super::{Config, KeyChoice, Pauses, ProviderSettings, SecondListener, SpeechSettings, StoreSettings};
use crate::household::{Bill, Household, Payee};
use crate::lang::Lang;
use jiff::ToSpan as _;
use jiff::civil::Date;
use sayso_plugin_interface::Currency;
use serde_yaml::{Location, Spanned};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The text that is being checked, for messages.
pub(super) struct Source<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Source<'_> {
    pub(super) fn error(&self, place: Location, message: impl Into<String>, hint: impl Into<String>) -> ConfigError {
        ConfigError::at(place, self.text, self.path, message, hint)
    }
}

/// Builds the settings; parts that `file` leaves out are taken from `example`.
pub(super) fn build(file: File, example: File, text: &str, path: &Path, today: Date) -> Result<Config, ConfigError> {
    let source = Source { text, path };
    let household = file.household.or(example.household);
    let limits = file.limits.or(example.limits);
    let providers = file.providers.or(example.providers).unwrap_or_default();
    let rules = file.authentication.or(example.authentication).unwrap_or_default();
    let people = household.as_ref().and_then(|part| part.people.as_ref());
    let people = people.map(|people| super::limits::people(people, &source)).transpose()?.unwrap_or_default();
    let household = match household {
        Some(part) => self::household(part, &source, today)?,
        None => {
            Household { currencies: BTreeMap::new(), payees: Vec::new(), bills: Vec::new(), contact: BTreeMap::new() }
        }
    };
    let notifications = super::notifications::build(file.notifications, &source)?;
    Ok(Config {
        source: Some(path.to_owned()),
        environment: file.environment,
        dry_run: file.dry_run,
        language: file.language,
        authentication: super::authentication::rules(rules, &household, &source)?,
        limits: super::limits::limits(limits, &household, &people, &source)?,
        household,
        people,
        providers: self::providers(providers, &source)?,
        sandbox: file.plugins.sandbox,
        speech: speech(file.speech, path, &source)?,
        encoder: file.understanding.encoder,
        // A relative path is meant from the file that names it.
        dialogs: file.dialogs.map(|dialogs| path.parent().unwrap_or(Path::new("")).join(dialogs)),
        phone: file.phone.map(|name| super::notifications::phone(name, &notifications, &source)).transpose()?,
        notifications,
        store: StoreSettings {
            key: key(file.store.key, path),
            keep_conversations_days: file.store.keep_conversations_days,
            keep_exchanges_days: file.store.keep_exchanges_days,
        },
    })
}

/// How fast the natural voice can be made to speak.
const SPEEDS: std::ops::RangeInclusive<f32> = 0.5..=2.0;

fn speech(part: SpeechPart, path: &Path, source: &Source<'_>) -> Result<SpeechSettings, ConfigError> {
    let speed = match part.speed {
        Some(speed) if !SPEEDS.contains(&speed.value) => {
            let hint = format!("use {:.1} to {:.1}; 1.0 is as it comes", SPEEDS.start(), SPEEDS.end());
            return Err(source.error(
                speed.referenced,
                format!("nobody can follow at {} times the usual speed", speed.value),
                hint,
            ));
        }
        speed => speed.map_or(1.0, |speed| speed.value),
    };
    // A file of one's own is meant from the file that names it.
    let place = |voice: String| {
        let file = voice.contains(['/', '\\']) || voice.ends_with(".bin");
        if file { path.parent().unwrap_or(Path::new("")).join(voice).display().to_string() } else { voice }
    };
    let voices = part.voices.into_iter().map(|(lang, voice)| (lang, place(voice))).collect();
    let SpeechPart {
        model,
        second_listener,
        expectation,
        voice,
        models_dir,
        pauses_ms,
        barge_in,
        echo_removal,
        speculation,
        wake,
        ..
    } = part;
    let pauses = pauses(pauses_ms, source)?;
    let wake = wake.into_iter().map(|(lang, phrase)| Ok((lang, wake_phrase(phrase, source)?)));
    let wake = wake.collect::<Result<_, ConfigError>>()?;
    let second_listener = match second_listener {
        None => SecondListener::WhereThere,
        Some(name) if name == "none" => SecondListener::Off,
        Some(name) => SecondListener::Named(name),
    };
    Ok(SpeechSettings {
        model,
        second_listener,
        expectation,
        voice,
        voices,
        speed,
        pauses,
        barge_in,
        echo_removal,
        speculation,
        wake,
        models_dir,
    })
}

/// A phrase that is long enough not to be said by accident: four letters, or two Han characters.
fn wake_phrase(phrase: Spanned<String>, source: &Source<'_>) -> Result<String, ConfigError> {
    let letters = phrase.value.chars().filter(|c| c.is_alphanumeric());
    let weight: usize = letters.map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    match weight >= 4 {
        true => Ok(phrase.value),
        false => Err(source.error(
            phrase.referenced,
            format!("`{}` is too short to call by: it would be heard by accident", phrase.value),
            "use a phrase such as hey Sayso, or 小随小随; without `wake` nobody has to call".to_owned(),
        )),
    }
}

/// Shorter than the first of these and turns end between words; longer than the last and nobody waits for the answer.
const PAUSES_MS: std::ops::RangeInclusive<u32> = 250..=5_000;

fn pauses(part: PausesPart, source: &Source<'_>) -> Result<Pauses, ConfigError> {
    let within = |name: &str, said: Option<Spanned<u32>>, usual: u32| match said {
        Some(said) if !PAUSES_MS.contains(&said.value) => {
            let message = format!("a pause of {} ms can't end a turn", said.value);
            let (least, most) = (PAUSES_MS.start(), PAUSES_MS.end());
            let hint =
                format!("write {name}: {usual} (the usual), or another number from {least} to {most} milliseconds");
            Err(source.error(said.referenced, message, hint))
        }
        said => Ok(said.map_or(usual, |said| said.value)),
    };
    let usual = Pauses::default();
    Ok(Pauses {
        usual_ms: within("usual", part.usual, usual.usual_ms)?,
        yes_no_ms: within("yes_no", part.yes_no, usual.yes_no_ms)?,
        dictation_ms: within("dictation", part.dictation, usual.dictation_ms)?,
        unfinished_ms: within("unfinished", part.unfinished, usual.unfinished_ms)?,
        closed_ms: within("closed", part.closed, usual.closed_ms)?,
    })
}

/// A relative path is meant from the file that names it.
fn key(choice: KeyChoice, path: &Path) -> KeyChoice {
    match choice {
        KeyChoice::File(file) => KeyChoice::File(path.parent().unwrap_or(Path::new("")).join(file)),
        other => other,
    }
}

fn household(part: HouseholdPart, source: &Source<'_>, today: Date) -> Result<Household, ConfigError> {
    let mut currencies = BTreeMap::from([(Lang::En, Currency::USD), (Lang::Zh, Currency::CNY)]);
    currencies.extend(part.currencies);
    let mut known = BTreeSet::new();
    let (mut payees, mut places) = (Vec::new(), Vec::new());
    for spanned in part.payees {
        let place = spanned.referenced;
        let payee = payee(spanned.value, place, source)?;
        if !known.insert(payee.id.clone()) {
            let message = format!("the payee id `{}` stands here a second time", payee.id);
            return Err(source.error(place, message, "give each payee an id of its own"));
        }
        payees.push(payee);
        places.push(place);
    }
    let bills = part.bills.into_iter().map(|b| bill(b, &known, source, today)).collect::<Result<_, _>>()?;
    let household = Household { currencies, payees, bills, contact: part.contact };
    can_be_told_apart(&household, &places, source)?;
    Ok(household)
}

fn payee(part: PayeePart, place: Location, source: &Source<'_>) -> Result<Payee, ConfigError> {
    check_id(&part.id, place, source)?;
    if part.names.values().all(|name| name.trim().is_empty()) {
        let message = format!("the payee `{}` has no name to be called by", part.id);
        return Err(source.error(place, message, "write names: { en: Electricity, zh: 电费 }"));
    }
    let about = part.about.into_iter().filter(|(_, words)| !words.trim().is_empty()).collect();
    let PayeePart { id, kind, names, aliases, accounts, .. } = part;
    Ok(Payee { id, kind, names, aliases, about, accounts })
}

/// Two payees that are called the same would be read back the same: nobody could tell to whom the money goes.
fn can_be_told_apart(household: &Household, places: &[Location], source: &Source<'_>) -> Result<(), ConfigError> {
    for lang in Lang::ALL {
        let mut titles: BTreeMap<String, &str> = BTreeMap::new();
        for (payee, place) in household.payees.iter().zip(places) {
            let title = household.title(payee, lang);
            if let Some(other) = titles.insert(title.to_lowercase(), &payee.id) {
                let message = format!("`{other}` and `{}` are both called `{title}`", payee.id);
                let hint = "say what tells them apart in both: about: { en: from work, zh: 同事 }";
                return Err(source.error(*place, message, hint));
            }
        }
    }
    Ok(())
}

pub(super) fn check_id(id: &str, place: Location, source: &Source<'_>) -> Result<(), ConfigError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if id.is_empty() || id.len() > 40 || !id.chars().all(fits) {
        let message = format!("`{id}` can't be an id");
        return Err(source.error(place, message, "use up to 40 small letters, digits and `_`, such as `city_power`"));
    }
    Ok(())
}

fn bill(
    spanned: Spanned<BillPart>,
    known: &BTreeSet<String>,
    source: &Source<'_>,
    today: Date,
) -> Result<Bill, ConfigError> {
    let place = spanned.referenced;
    let part = spanned.value;
    if !known.contains(&part.payee) {
        let near = known.iter().max_by_key(|id| (strsim::jaro_winkler(id, &part.payee) * 1000.0) as u32);
        let hint = near.map(|id| format!("did you mean `{id}`?")).unwrap_or_default();
        return Err(source.error(place, format!("no payee has the id `{}`", part.payee), hint));
    }
    if part.amount.0.minor <= 0 {
        let message = format!("a bill can't be {}", part.amount.0);
        return Err(source.error(place, message, "write an amount above zero"));
    }
    let due = match (part.due, part.due_day) {
        (Some(_), Some(_)) => {
            return Err(source.error(place, "a bill has either `due` or `due_day`, not both", "leave one out"));
        }
        (due, None) => due,
        (None, Some(day)) if (1..=31).contains(&day) => Some(next_day_of_month(today, day)),
        (None, Some(day)) => {
            return Err(source.error(place, format!("no month has a day {day}"), "due_day is from 1 to 31"));
        }
    };
    Ok(Bill { payee: part.payee, amount: part.amount.0, due })
}

/// The next `day` of a month from `today` on; the month's last day where it is shorter.
fn next_day_of_month(today: Date, day: i8) -> Date {
    let in_month = |date: Date| {
        let last = date.last_of_month().day();
        date.with().day(day.min(last)).build().unwrap_or(date)
    };
    let this = in_month(today);
    if this >= today {
        return this;
    }
    today.first_of_month().checked_add(1.month()).map_or(this, in_month)
}

fn providers(parts: Vec<Spanned<ProviderPart>>, source: &Source<'_>) -> Result<Vec<ProviderSettings>, ConfigError> {
    let mut known = BTreeSet::new();
    let mut providers = Vec::new();
    for spanned in parts {
        let place = spanned.referenced;
        let part = spanned.value;
        check_id(&part.name, place, source)?;
        if !known.insert(part.name.clone()) {
            let message = format!("the provider `{}` stands here a second time", part.name);
            return Err(source.error(place, message, "give each provider a name of its own"));
        }
        if let Some(name) = part.secrets_inside.iter().find(|name| !part.secrets.contains_key(*name)) {
            let message = format!("`secrets_inside` names `{name}`, which is not among the secrets of `{}`", part.name);
            return Err(source.error(
                place,
                message,
                "say under `secrets` where it is: { env: NAME } or { file: PATH }",
            ));
        }
        providers.push(ProviderSettings {
            name: part.name,
            plugin: part.plugin,
            names: part.names,
            hosts: part.hosts,
            settings: part.settings,
            secrets: part.secrets,
            secrets_inside: part.secrets_inside,
        });
    }
    Ok(providers)
}
