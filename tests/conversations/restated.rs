//! A yes that says values again consents only where every one of them is what was read back: all combinations of the same and of
//! other amounts, payees and providers, in many forms of a yes. One value that differs, and nothing is paid.

use super::{dialogs, test_file};
use sayso::dialog::{Probe, SourceFile};
use sayso::rehearsal::stage::Learnt;
use sayso::rehearsal::{Setting, Stage, report};
use std::fmt::Write as _;

/// A way to say one value or none, and whether it is the one that was read back.
type Part = (&'static str, bool);

struct Case {
    lang: &'static str,
    asks: &'static str,
    paid: &'static str,
    /// Forms of a yes; `@` stands for the values.
    yes: &'static [&'static str],
    amounts: &'static [Part],
    payees: &'static [Part],
    providers: &'static [Part],
}

const ENGLISH: Case = Case {
    lang: "en",
    asks: "send Bob fifteen dollars with Stripe",
    paid: "15.00 USD to bob with stripe",
    yes: &[
        "yes, @",
        "Yeah, @, pay it",
        "okay, that's right, @",
        "@, go ahead",
        "Sorry, I was talking to my wife. Yes, @",
        "yes please, send it, @, thanks",
    ],
    amounts: &[
        ("", true),
        ("fifteen dollars", true),
        ("$15", true),
        ("fifteen", true),
        ("fifty dollars", false),
        ("$15.01", false),
        ("fifteen euros", false),
        ("fifteen cents", false),
        ("fifteen hundred dollars", false),
        ("5 dollars", false),
    ],
    payees: &[("", true), ("to Bob", true), ("to Alice", false), ("for the gas bill", false)],
    providers: &[("", true), ("with Stripe", true), ("with PayPal", false)],
};

const CHINESE: Case = Case {
    lang: "zh",
    asks: "给李娜转四十五块，用微信",
    paid: "45.00 CNY to li_na with wechat_pay",
    yes: &["对，@", "好的，@，付吧", "没错，@，转吧", "@，转吧", "不好意思，刚才在跟我老婆说话。对，@"],
    amounts: &[
        ("", true),
        ("四十五块", true),
        ("45元", true),
        ("五十四块", false),
        ("四十五块一", false),
        ("四十五美元", false),
        ("四块五", false),
        ("四百五十块", false),
    ],
    payees: &[("", true), ("给李娜", true), ("给张伟", false), ("交水费", false)],
    providers: &[("", true), ("用微信", true), ("用支付宝", false)],
};

impl Case {
    /// Every combination as conversations, in the language of the test files.
    fn conversations(&self) -> String {
        let mut text = "now: 2026-11-28 09:00\nconversations:\n".to_owned();
        for (amount, payee, provider) in self.combinations() {
            let spoken: Vec<&str> =
                [amount.0, payee.0, provider.0].into_iter().filter(|part| !part.is_empty()).collect();
            let said = spoken.join(if self.lang == "en" { " " } else { "" });
            let same = amount.1 && payee.1 && provider.1;
            for form in self.yes.iter().filter(|_| !said.is_empty()) {
                let answer = form.replace('@', &said);
                let lang = self.lang;
                let _ = write!(
                    text,
                    "  - name: \"{answer}\"\n    lang: {lang}\n    turns:\n      - said: {}\n        awaiting: consent\n      - said: \"{answer}\"\n",
                    self.asks
                );
                if same {
                    let _ = writeln!(text, "    paid: {}", self.paid);
                }
            }
        }
        text
    }

    fn combinations(&self) -> impl Iterator<Item = (Part, Part, Part)> + '_ {
        self.amounts.iter().flat_map(move |amount| {
            self.payees
                .iter()
                .flat_map(move |payee| self.providers.iter().map(move |provider| (*amount, *payee, *provider)))
        })
    }
}

#[test]
fn a_value_that_differs_never_consents_and_the_same_ones_do() {
    let (dialogs, mut learnt) = (dialogs(), Learnt::default());
    for case in [ENGLISH, CHINESE] {
        let source = SourceFile::new("restated.yaml", case.conversations());
        let file = test_file(&source);
        assert!(file.conversations.len() > 400, "{} conversations", file.conversations.len());
        let stage = Stage::set(&dialogs, &Setting::example(), &file, &source, &mut learnt).unwrap();
        let mut wrong = Vec::new();
        for conversation in &file.conversations {
            let held = stage.hold(&file, conversation, &mut Probe::new());
            if !held.differences.is_empty() {
                wrong.push(report::failed(&file.name, conversation, &held));
            }
        }
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), file.conversations.len(), wrong.join("\n"));
    }
}
