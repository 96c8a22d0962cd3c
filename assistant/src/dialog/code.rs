//! The kinds of findings, each with a code that stays the same for ever, so that tools and people can look it up.
//! `dialogs/README.md` lists them; a test holds that it lists them all.

use super::finding::Severity;

/// A kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Its name in `--json` and in the README.
    pub name: &'static str,
    /// How bad it is, always.
    pub severity: Severity,
    /// What it says, in half a sentence.
    pub about: &'static str,
}

macro_rules! codes {
    ($($constant:ident $severity:ident $name:literal $about:literal)*) => {
        $(
            #[doc = $about]
            pub const $constant: Code = Code { name: $name, severity: Severity::$severity, about: $about };
        )*
        /// Every code, in the order of the README.
        pub const ALL: &[Code] = &[$($constant),*];
    };
}

codes! {
    YAML_TAB Error "yaml-tab" "a line is indented with a tab"
    YAML_INDENT Error "yaml-indent" "a line begins in another column than what it belongs to"
    YAML_COLON Error "yaml-colon" "a text without quotes has a colon in it"
    YAML_NO_SPACE Error "yaml-no-space" "the space after `:` or `-` is missing"
    YAML_ODD_SPACE Error "yaml-odd-space" "a space from a web page or an input method, which YAML does not take for one"
    YAML_FULL_WIDTH Error "yaml-full-width" "full-width punctuation such as ： or ， where YAML needs its own"
    YAML_CURLY_QUOTES Warning "yaml-curly-quotes" "“ ” or 「 」 around a text, which become a part of it"
    YAML_OPEN_QUOTE Error "yaml-open-quote" "a quote is opened and not closed"
    YAML_OPEN_BRACKET Error "yaml-open-bracket" "a bracket is opened and not closed"
    YAML_BRACKET_TEXT Error "yaml-bracket-text" "a text without quotes begins with `{` or `[`"
    YAML_MARK_TEXT Error "yaml-mark-text" "a text without quotes begins with a sign that YAML keeps for itself"
    YAML_AFTER_QUOTE Error "yaml-after-quote" "something follows the closing quote of a text"
    YAML_HASH Warning "yaml-hash" "a `#` cuts off the rest of a text"
    YAML_LOOKS_LIKE Warning "yaml-looks-like" "`no`, `0123`, `12:30` and the like without quotes, which other programs take for something else"
    YAML_SAME_KEY Error "yaml-same-key" "a key stands twice in the same place"
    YAML_LIST_FOR_MAP Error "yaml-list-for-map" "a list, or one text, where keys with values belong"
    YAML_MAP_FOR_LIST Error "yaml-map-for-list" "keys or a text where a list belongs"
    YAML_DOCUMENTS Error "yaml-documents" "several documents in one file"
    YAML_EMPTY Error "yaml-empty" "the file is empty"
    YAML_ENCODING Error "yaml-encoding" "the file is not saved as UTF-8"
    YAML_BOM Warning "yaml-bom" "the file begins with an invisible mark"
    YAML_TOO_MUCH Error "yaml-too-much" "the file is too large, or nested too deeply"
    YAML_UNREADABLE Error "yaml-unreadable" "a line can't be read at all"

    UNKNOWN_KEY Error "unknown-key" "a key that does not exist here"
    MISSING_KEY Error "missing-key" "a key that can't be left out"
    MISPLACED_KEY Error "misplaced-key" "a key that does not go with what stands beside it"
    UNKNOWN_WORD Error "unknown-word" "a type, or another word of a fixed list, that does not exist"
    UNKNOWN_STEP Error "unknown-step" "a step that does not exist"
    TWO_STEPS Error "two-steps" "two steps in one"
    UNFINISHED_STEP Error "unfinished-step" "a step without what it needs"
    BAD_NAME Error "bad-name" "a name with other signs than a-z, 0-9 and `_`, or one that is taken"
    BAD_FLAG Error "bad-flag" "something else than `true` or `false`"
    NOT_A_TEXT Error "not-a-text" "a list or keys where one text belongs"
    EMPTY_TEXT Error "empty-text" "a text, a list or a name without anything in it"
    NO_LANGUAGE Error "no-language" "a text without its language"
    UNKNOWN_LANGUAGE Error "unknown-language" "a language that Sayso does not speak"
    BAD_BRACES Error "bad-braces" "a `{` or `}` too many in a text"
    BAD_TRIGGER Error "bad-trigger" "a bracket too many or too few in a sentence"
    BAD_VALUE Error "bad-value" "a number, an amount or a day that can't be one"
    NO_OPENING Warning "no-opening" "the file does not open with an example"

    SKIPS_CONSENT Error "skips-consent" "an attempt to pay without asking"
    MONEY_WORD Error "money-word" "a step of another system that moves money"
    UNHANDLED_OUTCOME Error "unhandled-outcome" "an outcome of a payment after which nothing is said"

    BAD_LEXICON Error "bad-lexicon" "something in `lexicon.yaml` that can't be said"
    BAD_REPAIR Error "bad-repair" "something that a repair file can't do, or only a repair file can"

    UNKNOWN_SLOT Error "unknown-slot" "a slot that does not exist"
    UNKNOWN_HOLE Error "unknown-hole" "a `{name}` in a text for which there is no value"
    UNKNOWN_FLOW Error "unknown-flow" "a flow that does not exist"
    UNKNOWN_SCRIPT Error "unknown-script" "a script or function that does not exist"
    UNKNOWN_OPTION Error "unknown-option" "an option that the choice does not have"
    UNKNOWN_PAYEE Warning "unknown-payee" "a payee whom the household of `sayso.yaml` does not have"
    SAME_FLOW Error "same-flow" "two flows of one name"
    SLOT_TYPE Error "slot-type" "a slot of another type than is needed"
    NO_QUESTION Error "no-question" "a slot is asked for, and there is no question"

    UNSET_SLOT Error "unset-slot" "a slot is used that has no value yet"
    MAYBE_UNSET Warning "maybe-unset" "a slot is used that has no value on some ways"
    UNREACHABLE_STEP Error "unreachable-step" "a step that is never done"
    ALWAYS_SAME Warning "always-same" "a condition that is always true, or never"
    CALLS_ITSELF Error "calls-itself" "a flow that calls itself"
    ENDLESS Error "endless" "flows that lead to each other without a question"
    SCRIPT_SYNTAX Error "script-syntax" "a script that can't be read"
    EXPRESSION_SYNTAX Error "expression-syntax" "an expression that can't be read"
    EXPRESSION_TYPE Error "expression-type" "an expression that can't be computed, or has the wrong type"
    MISSING_TRANSLATION Warning "missing-translation" "a text that one language lacks"
    OVERLAP Warning "overlap" "a sentence that starts two flows"
    SAME_EXAMPLE Warning "same-example" "one example in two flows"
    UNUSED_SLOT Warning "unused-slot" "a slot that nothing uses"
    UNUSED_FLOW Warning "unused-flow" "a flow that nobody can come to"
    UNUSED_SCRIPT Warning "unused-script" "a script without a flow"

    OTHER Error "other" "something else that is wrong"
}
