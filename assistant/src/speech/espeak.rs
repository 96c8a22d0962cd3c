//! The program espeak-ng as a voice: run, never linked (its licence is the GPL).

use super::error::SpeechError;
use super::marks;
use super::synthesizer::Synthesizer;
use crate::audio::{Pcm, decode_wav};
use crate::lang::Lang;
use std::ffi::OsStr;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const PROGRAM: &str = "espeak-ng";
const HINT: &str =
    "Install it (Debian: apt install espeak-ng), or set the voice to `none`: replies are printed all the same.";
/// The rate at which silence for an empty text comes.
const RATE: u32 = 22_050;

/// espeak-ng, ready to speak.
pub struct Espeak {
    program: PathBuf,
    words_per_minute: u16,
}

impl Espeak {
    /// The espeak-ng of this machine.
    ///
    /// # Errors
    /// A sentence when it is not installed.
    pub fn find() -> Result<Self, SpeechError> {
        Self::with_program(PathBuf::from(PROGRAM))
    }

    /// An espeak-ng at another place.
    ///
    /// # Errors
    /// A sentence when there is no such program.
    pub fn with_program(program: PathBuf) -> Result<Self, SpeechError> {
        let espeak = Self { program, words_per_minute: 160 };
        espeak.run(&["--version"], "")?;
        Ok(espeak)
    }

    /// Sets how fast it speaks, in words a minute (80 to 450).
    #[must_use]
    pub fn at_speed(mut self, words_per_minute: u16) -> Self {
        self.words_per_minute = words_per_minute.clamp(80, 450);
        self
    }

    /// Runs the program with `input` on its standard input; gives what it wrote.
    fn run<S: AsRef<OsStr>>(&self, arguments: &[S], input: &str) -> Result<Vec<u8>, SpeechError> {
        let failed = |why: String| SpeechError::Voice {
            voice: PROGRAM.to_owned(),
            why,
            hint: "Try `espeak-ng hello` by hand, or set the voice to `none`.".to_owned(),
        };
        let child = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let mut child = child.map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                SpeechError::ProgramMissing { program: self.program.display().to_string(), hint: HINT.to_owned() }
            }
            _ => failed(error.to_string()),
        })?;
        let writer = child.stdin.take().map(|mut stdin| {
            let text = input.to_owned();
            // On a thread of its own, so that a long text and a long sound do not wait for each other.
            std::thread::spawn(move || stdin.write_all(text.as_bytes()))
        });
        let output = child.wait_with_output().map_err(|error| failed(error.to_string()))?;
        let written = writer.map(std::thread::JoinHandle::join);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(failed(format!("it ended with {}: {}", output.status, said.trim())));
        }
        match written {
            Some(Ok(Err(error))) if !input.is_empty() => Err(failed(format!("it did not take the text: {error}"))),
            _ => Ok(output.stdout),
        }
    }
}

impl Synthesizer for Espeak {
    fn name(&self) -> &str {
        PROGRAM
    }

    fn synthesize(&mut self, text: &str, lang: Lang) -> Result<Pcm, SpeechError> {
        let text = &marks::plain(text, lang);
        if text.trim().is_empty() {
            return Ok(Pcm::silence(0, RATE));
        }
        let voice = match lang {
            Lang::En => "en-us",
            Lang::Zh => "cmn",
        };
        let speed = self.words_per_minute.to_string();
        // `-b 1`: the text is UTF-8. It goes through standard input, so no text can be taken for an option.
        let wav = self.run(&["-v", voice, "-s", &speed, "-b", "1", "--stdin", "--stdout"], text)?;
        Ok(decode_wav(&wav)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_says_how_to_get_it() {
        let error = Espeak::with_program(PathBuf::from("/nowhere/espeak-ng")).map(|_| ()).unwrap_err().to_string();
        assert!(error.contains("not installed") && error.contains("apt install espeak-ng"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn speaks_what_a_program_gives_and_reports_what_it_says() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let wav = folder.path().join("out.wav");
        crate::audio::write_wav(&wav, &Pcm::new(vec![0.5; 2_205], RATE)).unwrap();
        let program = folder.path().join("espeak-ng");
        // The pretend program repeats its arguments and its input into files, and fails when it is told to.
        let script = format!(
            "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\nprintf '%s ' \"$@\" > {0}/args\ncat > {0}/text\n\
             grep -q fail {0}/text && {{ echo 'no such voice' >&2; exit 3; }}\ncat {0}/out.wav\n",
            folder.path().display()
        );
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut espeak = Espeak::with_program(program).unwrap();
        let text = "--not an option; $(touch /tmp/x) 四十二元";
        let pcm = espeak.synthesize(text, Lang::Zh).unwrap();
        assert_eq!((pcm.rate, pcm.duration_ms()), (RATE, 100));
        assert_eq!(std::fs::read_to_string(folder.path().join("text")).unwrap(), text);
        assert!(std::fs::read_to_string(folder.path().join("args")).unwrap().starts_with("-v cmn "));
        let error = espeak.synthesize("fail", Lang::En).unwrap_err().to_string();
        assert!(error.contains("no such voice"), "{error}");
        assert!(espeak.synthesize("  ", Lang::En).unwrap().samples.is_empty());
    }
}
