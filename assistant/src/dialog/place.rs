//! Where something stands in a file, and the list into which findings about it are written.

use super::code::{self, Code};
use super::finding::{Finding, Severity};
use super::source::SourceFile;

/// A place in a file: line and column from 1, and how many characters of the line are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Length in characters, at least 1.
    pub length: usize,
}

/// A value with the place where it was written.
#[derive(Clone, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub place: Place,
}

impl<T> Placed<T> {
    /// `value`, written at `place`.
    pub fn new(value: T, place: Place) -> Self {
        Placed { value, place }
    }
}

/// Everything found in one file so far.
#[derive(Debug)]
pub struct Report<'a> {
    file: &'a SourceFile,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    /// An empty report on `file`.
    pub fn new(file: &'a SourceFile) -> Self {
        Report { file, findings: Vec::new() }
    }

    /// A report that goes on where another ended.
    pub fn with(file: &'a SourceFile, findings: Vec<Finding>) -> Self {
        Report { file, findings }
    }

    /// Something that keeps the dialogs from being used.
    pub fn error(&mut self, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.find(&code::OTHER, place, message, hint);
    }

    /// Adds a finding.
    pub fn find(&mut self, code: &Code, place: Place, message: impl Into<String>, hint: impl Into<String>) {
        self.add(code, place, message.into(), hint.into());
    }

    /// Takes over what another report on the same file found, as far as `wanted`.
    pub fn take(&mut self, other: Report, wanted: impl Fn(&Finding) -> bool) {
        self.findings.extend(other.findings.into_iter().filter(wanted));
    }

    /// Takes over what was found in the same file before.
    pub fn add_all(&mut self, findings: &[Finding]) {
        self.findings.extend_from_slice(findings);
    }

    /// True if an error was found.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// How many errors were found.
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    /// The findings, in the order of lines.
    pub fn into_findings(mut self) -> Vec<Finding> {
        self.findings.sort_by_key(|finding| (finding.line, finding.column));
        // One cause, one finding: where something is wrong, how it looks to other programs is no matter.
        let looks = |finding: &Finding| finding.code == code::YAML_LOOKS_LIKE.name;
        let place = |finding: &Finding| (finding.line, finding.column);
        let wrong: Vec<_> = self.findings.iter().filter(|finding| !looks(finding)).map(place).collect();
        self.findings.retain(|finding| !looks(finding) || !wrong.contains(&place(finding)));
        self.findings
    }

    /// The file that is reported on.
    pub fn file(&self) -> &'a SourceFile {
        self.file
    }

    /// The place is kept within its line, so that whoever shows it can trust it.
    fn add(&mut self, code: &Code, place: Place, message: String, hint: String) {
        let line = place.line.max(1);
        let snippet = lines(&self.file.text).nth(line - 1).unwrap_or_default().to_owned();
        let columns = snippet.chars().count();
        let column = place.column.clamp(1, columns.max(1));
        let end_column = (column + place.length.max(1)).min(columns.max(column) + 1);
        self.findings.push(Finding {
            code: code.name,
            severity: code.severity,
            file: self.file.name.clone(),
            line,
            column,
            end_line: line,
            end_column,
            message,
            hint: Some(hint).filter(|hint| !hint.is_empty()),
            snippet,
        });
    }
}

/// The lines of a text as YAML counts them: ended by a line feed, a carriage return, or both.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r'))
}

/// How many possible words a hint lists at most.
const LISTED_MAX: usize = 40;

/// "did you mean `x`?" where one of `known` is near to `written`; else the list of what is possible.
pub fn suggest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let written_length = written.chars().count();
    let near = known.iter().filter_map(|word| {
        let length = word.chars().count();
        let most = 1 + length / 4;
        // Each letter too many is an error: where there are more of them, nothing has to be compared.
        let distance = (length.abs_diff(written_length) <= most).then(|| strsim::damerau_levenshtein(written, word))?;
        (distance <= most).then_some((distance, word.len(), word))
    });
    match near.min_by_key(|(distance, length, _)| (*distance, *length)) {
        Some((_, _, word)) => format!("did you mean `{word}`?"),
        None if known.is_empty() => String::new(),
        None if known.len() > LISTED_MAX => {
            let some = known.iter().take(LISTED_MAX).copied().collect::<Vec<_>>().join(", ");
            format!("use one of: {some} … ({} in all)", known.len())
        }
        None => format!("use one of: {}", known.join(", ")),
    }
}
