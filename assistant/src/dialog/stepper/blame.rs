//! Where a script went wrong, for whoever wrote it: the line of the script, and the step that called it.

use crate::dialog::code;
use crate::dialog::place::{Place, Report};
use crate::dialog::program::Program;
use crate::dialog::scripts::ScriptError;

/// What went wrong, with file, line, column and the line itself, and which step of which flow had called.
pub(super) fn blame(program: &Program, at: usize, function: &str, error: &ScriptError) -> String {
    let step = program.places.get(at).copied().flatten().unwrap_or_default();
    let called = format!("it was called by `script: {function}` in {}, line {}", program.file, step.line);
    let Some(file) = &program.script_file else { return format!("{} ({called})", error.message) };
    let place = Place { line: error.line, column: error.column, length: 1 };
    let mut report = Report::new(file);
    if error.line == 0 {
        return format!("{}: `{function}`: {} ({called})", file.name, error.message);
    }
    report.find(&code::OTHER, place, format!("`{function}` failed: {}", error.message), called);
    report.into_findings().iter().map(|finding| finding.render(false)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialog::{Dialogs, SourceFile};

    #[test]
    fn the_script_and_the_step_are_named() {
        let flow = "# \"x\"\nflow: f\ntitle: {en: f, zh: f}\ntriggers: {en: x, zh: 好}\nsteps:\n  - script: run\n";
        let files = [
            SourceFile::new("d/f.yaml", flow),
            SourceFile::new("d/f.rhai", "fn run(slots, world) {\n    let a = 1;\n    a / 0\n}\n"),
        ];
        let dialogs = Dialogs::load(&files).unwrap().dialogs;
        let program = dialogs.programs.get("f").unwrap();
        let world = crate::dialog::scripts::trial::empty_world();
        let script = program.script.as_ref().unwrap();
        let error = dialogs.scripts.call(script, "run", &[], |_| None, &world).unwrap_err();
        let told = blame(program, 0, "run", &error);
        for part in ["d/f.rhai:3:", "a / 0", "zero", "`script: run` in d/f.yaml, line 6"] {
            assert!(told.contains(part), "{part}: {told}");
        }
    }
}
