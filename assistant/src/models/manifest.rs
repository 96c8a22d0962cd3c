//! The list of models: what each is, how its file must look, and where it can be had.

use super::error::ModelError;
use serde::{Deserialize, Deserializer};

/// All models that Sayso knows.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The models, in the order in which they are listed.
    #[serde(rename = "model")]
    pub models: Vec<Model>,
}

/// One model: a single file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The name by which it is asked for.
    pub name: String,
    /// One line for people.
    pub about: String,
    /// What it does.
    pub kind: Kind,
    /// The languages for which it is used here.
    pub languages: Vec<crate::lang::Lang>,
    /// The licence of the weights, as an SPDX expression.
    pub licence: String,
    /// The file's name in the folder for models.
    pub file: String,
    /// The file's length.
    pub bytes: u64,
    /// The file's SHA-256, 64 hexadecimal digits.
    pub sha256: String,
    /// Other models of this list without which it is of no use; they are fetched with it.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Where it can be had, in the order in which that is tried.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// What a model does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Sound to words.
    Recogniser,
    /// Whether anybody speaks.
    VoiceActivity,
    /// Phonemes to sound, in any of its voices.
    Synthesizer,
    /// Who is heard: what a synthesizer is given beside the phonemes.
    Voice,
    /// Words to phonemes.
    Pronunciations,
    /// Sentences to points.
    Encoder,
    /// Voices to points.
    Speaker,
}

/// One way to a model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "via", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// Packages of a registry, got by its ordinary client.
    Registry {
        /// The client.
        client: Client,
        /// What is done with the joined weights.
        make: Make,
        /// The packages, in the order in which their weights are joined.
        #[serde(rename = "package")]
        packages: Vec<Package>,
    },
    /// Another model, made smaller.
    Model {
        /// Its name.
        from: String,
        /// The format of the result.
        quantise: super::convert::Quantisation,
    },
    /// The upstream project's own place.
    Address {
        /// An HTTPS address of exactly the model's file.
        url: String,
    },
}

/// A registry's client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Client {
    /// Python's.
    Pip,
    /// Node's.
    Npm,
}

/// What is done with the weights that packages carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Make {
    /// Nothing: they are the model's file.
    Copy,
    /// They are a CTranslate2 float16 Whisper model, which becomes a ggml one.
    Ctranslate2,
    /// They are a PyTorch file of the GE2E voice encoder, which becomes an ONNX model.
    Ge2e,
}

/// The form of a package's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A zip file of PyPI.
    Wheel,
    /// A source archive of PyPI, `.tar.gz`.
    Sdist,
    /// A `.tgz` of npm.
    Npm,
}

/// A package of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version, exactly.
    pub version: String,
    /// The form of its file.
    pub form: Form,
    /// The length of its file.
    pub bytes: u64,
    /// The SHA-256 of its file, 64 hexadecimal digits.
    pub sha256: String,
    /// The path of the weights inside; several are joined in this order.
    #[serde(deserialize_with = "one_or_several")]
    pub weights: Vec<String>,
    /// The path of the vocabulary inside, for a conversion that needs one.
    #[serde(default)]
    pub vocabulary: Option<String>,
}

/// A text, or a list of texts.
fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a path inside of the package, or a list of paths")]
    enum Paths {
        One(String),
        Several(Vec<String>),
    }
    Ok(match Paths::deserialize(deserializer)? {
        Paths::One(path) => vec![path],
        Paths::Several(paths) => paths,
    })
}

impl Manifest {
    /// The manifest that this program was built with.
    ///
    /// # Errors
    /// Never in a released build: a test reads it.
    pub fn builtin() -> Result<Self, ModelError> {
        Self::parse(include_str!("../../../models/manifest.toml"))
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// A sentence with the place of the mistake.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let manifest: Self = toml::from_str(text).map_err(|error| ModelError::Manifest(error.to_string()))?;
        match manifest.models.iter().find_map(|model| model.fault(&manifest)) {
            Some(fault) => Err(ModelError::Manifest(fault)),
            None => Ok(manifest),
        }
    }

    /// The model of that name.
    ///
    /// # Errors
    /// A sentence with the names that there are.
    pub fn model(&self, name: &str) -> Result<&Model, ModelError> {
        self.models.iter().find(|model| model.name == name).ok_or_else(|| ModelError::Unknown {
            name: name.to_owned(),
            known: self.models.iter().map(|model| model.name.clone()).collect(),
        })
    }
}

impl Model {
    /// What is wrong with this entry, if anything is.
    fn fault(&self, manifest: &Manifest) -> Option<String> {
        let plain = |name: &str| !name.is_empty() && !name.contains(['/', '\\']) && !name.starts_with('.');
        let digest =
            |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !plain(&self.name) || !plain(&self.file) {
            return Some(format!("`{}` or its file `{}` is not a plain name", self.name, self.file));
        }
        if !digest(&self.sha256) {
            return Some(format!("`{}` has no SHA-256 of 64 small hexadecimal digits", self.name));
        }
        if self.sources.is_empty() {
            return Some(format!("`{}` has no source", self.name));
        }
        if let Some(need) = self.needs.iter().find(|need| !manifest.is_alone(need, &self.name)) {
            return Some(format!("`{}` needs `{need}`, which is not there or needs others itself", self.name));
        }
        self.sources.iter().find_map(|source| match source {
            Source::Registry { packages, .. } if packages.is_empty() => {
                Some(format!("a source of `{}` has no package", self.name))
            }
            Source::Registry { packages, .. } => packages
                .iter()
                .find(|package| {
                    let (named, paths) = (&package.name, &package.weights);
                    let exact = digest(&package.sha256) && !package.version.is_empty();
                    !exact || named.starts_with('-') || paths.is_empty()
                })
                .map(|package| {
                    format!("the package `{}` of `{}` is not pinned, or has no weights", package.name, self.name)
                }),
            Source::Model { from, .. } if !manifest.is_made_without(from, &self.name) => {
                Some(format!("`{}` is made from `{from}`, which is not there or is made from others", self.name))
            }
            Source::Address { url } if !url.starts_with("https://") => {
                Some(format!("the address of `{}` is not HTTPS", self.name))
            }
            _ => None,
        })
    }
}

impl Manifest {
    /// Whether `base` exists, is not `name`, and is not itself made from another model.
    fn is_made_without(&self, base: &str, name: &str) -> bool {
        let made = |model: &Model| model.sources.iter().any(|source| matches!(source, Source::Model { .. }));
        base != name && self.models.iter().any(|model| model.name == base && !made(model))
    }

    /// Whether `need` exists, is not `name`, and needs nothing itself.
    fn is_alone(&self, need: &str, name: &str) -> bool {
        need != name && self.models.iter().any(|model| model.name == need && model.needs.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"
[[model]]
name = "a"
about = "an example"
kind = "recogniser"
languages = ["en"]
licence = "MIT"
file = "a.bin"
bytes = 3
sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
[[model.source]]
via = "address"
url = "https://example.org/a.bin"
"#;

    #[test]
    fn the_builtin_one_is_sound() {
        let manifest = Manifest::builtin().unwrap();
        use super::super::{DEFAULT_RECOGNISER, SECOND_LISTENER, SPEAKER, SYNTHESIZER, VOICE_ACTIVITY};
        for name in [DEFAULT_RECOGNISER, SECOND_LISTENER, VOICE_ACTIVITY, SYNTHESIZER, SPEAKER] {
            assert!(manifest.model(name).is_ok(), "{name}");
        }
        let mut names: Vec<&str> = manifest.models.iter().flat_map(|m| [m.name.as_str(), m.file.as_str()]).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "every name and every file once");
    }

    #[test]
    fn an_unknown_model_names_the_known_ones() {
        let error = Manifest::builtin().unwrap().model("gpt").unwrap_err().to_string();
        assert!(error.contains("`gpt`") && error.contains("whisper-base-q8_0"), "{error}");
    }

    #[test]
    fn mistakes_are_refused() {
        Manifest::parse(ONE).unwrap();
        for (was, is) in [
            ("name = \"a\"", "name = \"../a\""),
            ("file = \"a.bin\"", "file = \".partial\""),
            ("ba7816", "BA7816"),
            ("ba7816", "a7816"),
            ("https:", "http:"),
            ("bytes = 3", "bytes = -3"),
            ("kind = \"recogniser\"", "kind = \"ear\""),
            ("about", "abuot"),
            ("file =", "needs = [\"a\"]\nfile ="),
            ("file =", "needs = [\"b\"]\nfile ="),
        ] {
            assert!(Manifest::parse(&ONE.replace(was, is)).is_err(), "{is}");
        }
        let from_itself = ONE.replace(
            "via = \"address\"\nurl = \"https://example.org/a.bin\"",
            "via = \"model\"\nfrom = \"a\"\nquantise = \"q8_0\"",
        );
        assert!(Manifest::parse(&from_itself).is_err());
    }
}
