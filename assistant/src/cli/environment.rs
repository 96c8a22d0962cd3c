//! Keeps test money and real money apart: what the configuration says, what the providers say of themselves, what the
//! person said on the command line, and what the store has seen have to fit together before anything is paid.

use super::failure::Failure;
use super::out::remark;
use super::places::Places;
use crate::config::{Config, Environment};
use crate::payments::Providers;
use crate::store::{Seen, Store};

/// The environment variable that is as good as `--live`, for services.
pub const LIVE_VARIABLE: &str = "SAYSO_LIVE";

/// Refuses what does not fit, with exit code 2, and says so where real money moves.
pub fn check(places: &Places, config: &Config, providers: &Providers, store: &Store) -> Result<(), Failure> {
    let environment = config.environment;
    switched(places, environment)?;
    for (name, provider) in providers.iter() {
        fits(config, name, provider.capabilities.practice)?;
    }
    let seen = store.seen_money().map_err(Failure::failed)?;
    if let Some(why) = clash(environment, seen).filter(|_| !places.mix_environments) {
        return Err(Failure::usage(format!("{}: {why}", store.path().display())));
    }
    if environment == Environment::Live {
        remark("LIVE: real money moves");
    }
    Ok(())
}

/// Real money needs a word on the command line, and that word needs real money.
fn switched(places: &Places, environment: Environment) -> Result<(), Failure> {
    match (environment, places.live) {
        (Environment::Live, false) => Err(Failure::usage(format!(
            "the configuration says `environment: live`, so real money would move: say --live (or set {LIVE_VARIABLE}=1) if \
             you mean it"
        ))),
        (Environment::Practice | Environment::Test, true) => Err(Failure::usage(format!(
            "--live was said, but the configuration says `environment: {}`: no real money would move; leave --live out, or \
             name the configuration that you mean with --config FILE",
            environment.name()
        ))),
        _ => Ok(()),
    }
}

/// A provider has to be of the environment.
fn fits(config: &Config, name: &str, practice: bool) -> Result<(), Failure> {
    let mut hosts =
        config.providers.iter().filter(|provider| provider.name == name).flat_map(|provider| &provider.hosts);
    let away = hosts.find(|host| !is_here(host));
    let why = match (config.environment, practice) {
        (Environment::Practice | Environment::Test, false) => {
            "moves real money by what its plugin says of itself; give it the provider's test settings and keys, or write \
             `environment: live`"
                .to_owned()
        }
        (Environment::Practice, true) => match away {
            Some(host) => format!("talks to {host}; write `environment: test` for a provider's own test system"),
            None => return Ok(()),
        },
        (Environment::Live, true) => {
            "moves no real money by what its plugin says of itself; take it out, or write `environment: test`".to_owned()
        }
        (Environment::Test, true) | (Environment::Live, false) => return Ok(()),
    };
    Err(Failure::usage(format!(
        "`environment: {}` does not fit: the provider `{name}` {why}",
        config.environment.name()
    )))
}

/// True for a host on this machine, with or without a port.
fn is_here(host: &str) -> bool {
    let bare = match host.rsplit_once(':') {
        Some((bare, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !bare.ends_with(':') => bare,
        _ => host,
    };
    let bare = bare.trim_start_matches('[').trim_end_matches(']');
    bare == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Why a store that has seen such money is not to be used with such an environment.
#[must_use]
pub fn clash(environment: Environment, seen: Seen) -> Option<String> {
    let hint = "name another folder with --data, or say --mix-environments if both are to be kept in one";
    match environment {
        Environment::Live if seen.practice => {
            Some(format!("payments without real money are kept here, and `environment: live` would mix them: {hint}"))
        }
        Environment::Practice | Environment::Test if seen.real => Some(format!(
            "payments with real money are kept here, and `environment: {}` would mix them: {hint}",
            environment.name()
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn config(environment: Environment, hosts: &[&str]) -> Config {
        let mut config = Config::example(date(2026, 11, 22)).unwrap();
        config.environment = environment;
        config.providers[0].hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
        config
    }

    #[test]
    fn a_provider_is_of_its_environment_or_refused() {
        use Environment::{Live, Practice, Test};
        for (environment, practice, hosts, good) in [
            (Practice, true, &[][..], true),
            (Practice, true, &["127.0.0.1:8377", "[::1]:80", "localhost"][..], true),
            (Practice, true, &["api.example.com"][..], false),
            (Practice, false, &[][..], false),
            (Test, true, &["api.example.com"][..], true),
            (Test, false, &["api.example.com"][..], false),
            (Live, false, &["api.example.com"][..], true),
            (Live, true, &["api.example.com"][..], false),
        ] {
            let result = fits(&config(environment, hosts), "stripe", practice);
            assert_eq!(result.is_ok(), good, "{environment:?} {practice} {hosts:?}");
            assert!(result.err().is_none_or(|wrong| wrong.exit_code == 2));
        }
    }

    #[test]
    fn a_store_keeps_one_kind_of_money() {
        use Environment::{Live, Practice, Test};
        let [nothing, practice, real] =
            [(false, false), (true, false), (false, true)].map(|(practice, real)| Seen { practice, real });
        for environment in [Practice, Test, Live] {
            assert_eq!(clash(environment, nothing), None);
        }
        assert!(clash(Practice, practice).is_none() && clash(Test, practice).is_none() && clash(Live, real).is_none());
        assert!(clash(Live, practice).is_some() && clash(Test, real).is_some() && clash(Practice, real).is_some());
    }
}
