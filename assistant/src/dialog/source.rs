//! The texts that business users write, as they are handed to the loader; and those that Sayso ships.

/// One file of a dialog folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name as it is shown in findings, e.g. `dialogs/pay_bill.yaml`. The ending (`.yaml`, `.rhai`) decides what it
    /// is, and a script belongs to the flow file of the same stem.
    pub name: String,
    /// All of its text.
    pub text: String,
    /// Set if the file was not saved as UTF-8; its text can't be trusted then.
    pub encoding: Encoding,
}

/// How a file was saved, as far as that can be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it must be.
    #[default]
    Utf8,
    /// As it must be, with a mark at the beginning (a BOM), which is left out of the text.
    Marked,
    /// As Windows calls "Unicode": two bytes for a character.
    Utf16,
    /// In some other way, such as GBK or Latin-1; the first byte that is wrong stands in this line, from 1.
    Other(usize),
}

impl SourceFile {
    /// A file with this name and text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        match text.strip_prefix('\u{feff}') {
            Some(rest) => SourceFile { name: name.into(), text: rest.to_owned(), encoding: Encoding::Marked },
            None => SourceFile { name: name.into(), text, encoding: Encoding::Utf8 },
        }
    }

    /// A file as it was read from a disk. What is not UTF-8 is remembered, and told when the dialogs are loaded.
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Self {
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || bytes.get(1) == Some(&0);
        let encoding = match std::str::from_utf8(bytes) {
            _ if utf16 => Encoding::Utf16,
            Ok(text) => return SourceFile::new(name, text),
            Err(wrong) => {
                let good = bytes.get(..wrong.valid_up_to()).unwrap_or_default();
                Encoding::Other(1 + good.iter().filter(|byte| **byte == b'\n').count())
            }
        };
        SourceFile { name: name.into(), text: String::from_utf8_lossy(bytes).into_owned(), encoding }
    }

    /// The last part of the name without its ending: `pay_bill` of `dialogs/pay_bill.yaml`.
    #[must_use]
    pub fn stem(&self) -> &str {
        let base = self.name.rsplit(['/', '\\']).next().unwrap_or(&self.name);
        base.split_once('.').map_or(base, |(stem, _)| stem)
    }

    /// True for a file that only tells editors what scripts can call.
    #[must_use]
    pub fn is_definitions(&self) -> bool {
        self.name.ends_with(".d.rhai")
    }

    /// What follows the last dot of the name, in lower case: `yaml`, `rhai`.
    #[must_use]
    pub fn ending(&self) -> String {
        self.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
    }
}

/// Sayso's own `dialogs/` folder as it was when this was built.
const SHIPPED: &[(&str, &str)] = &[
    ("dialogs/balance.yaml", include_str!("../../../dialogs/balance.yaml")),
    ("dialogs/bill_due.rhai", include_str!("../../../dialogs/bill_due.rhai")),
    ("dialogs/bill_due.yaml", include_str!("../../../dialogs/bill_due.yaml")),
    ("dialogs/chitchat.yaml", include_str!("../../../dialogs/chitchat.yaml")),
    ("dialogs/fees.yaml", include_str!("../../../dialogs/fees.yaml")),
    ("dialogs/greeting.yaml", include_str!("../../../dialogs/greeting.yaml")),
    ("dialogs/other_provider.rhai", include_str!("../../../dialogs/other_provider.rhai")),
    ("dialogs/other_provider.yaml", include_str!("../../../dialogs/other_provider.yaml")),
    ("dialogs/pay_again.yaml", include_str!("../../../dialogs/pay_again.yaml")),
    ("dialogs/pay_bill.rhai", include_str!("../../../dialogs/pay_bill.rhai")),
    ("dialogs/pay_bill.yaml", include_str!("../../../dialogs/pay_bill.yaml")),
    ("dialogs/payment_history.rhai", include_str!("../../../dialogs/payment_history.rhai")),
    ("dialogs/payment_history.yaml", include_str!("../../../dialogs/payment_history.yaml")),
    ("dialogs/payment_status.rhai", include_str!("../../../dialogs/payment_status.rhai")),
    ("dialogs/payment_status.yaml", include_str!("../../../dialogs/payment_status.yaml")),
    ("dialogs/phrases.yaml", include_str!("../../../dialogs/phrases.yaml")),
    ("dialogs/refund.yaml", include_str!("../../../dialogs/refund.yaml")),
    ("dialogs/refund_status.rhai", include_str!("../../../dialogs/refund_status.rhai")),
    ("dialogs/refund_status.yaml", include_str!("../../../dialogs/refund_status.yaml")),
    ("dialogs/repair/cancel.yaml", include_str!("../../../dialogs/repair/cancel.yaml")),
    ("dialogs/repair/disambiguate.yaml", include_str!("../../../dialogs/repair/disambiguate.yaml")),
    ("dialogs/repair/go_back.yaml", include_str!("../../../dialogs/repair/go_back.yaml")),
    ("dialogs/repair/help.yaml", include_str!("../../../dialogs/repair/help.yaml")),
    ("dialogs/repair/human.yaml", include_str!("../../../dialogs/repair/human.yaml")),
    ("dialogs/repair/no_match.yaml", include_str!("../../../dialogs/repair/no_match.yaml")),
    ("dialogs/repair/repeat.yaml", include_str!("../../../dialogs/repair/repeat.yaml")),
    ("dialogs/repair/resume.yaml", include_str!("../../../dialogs/repair/resume.yaml")),
    ("dialogs/repair/silence.yaml", include_str!("../../../dialogs/repair/silence.yaml")),
    ("dialogs/repair/skip.yaml", include_str!("../../../dialogs/repair/skip.yaml")),
    ("dialogs/repair/start_over.yaml", include_str!("../../../dialogs/repair/start_over.yaml")),
    ("dialogs/repair/wait.yaml", include_str!("../../../dialogs/repair/wait.yaml")),
    ("dialogs/scheduled.rhai", include_str!("../../../dialogs/scheduled.rhai")),
    ("dialogs/scheduled.yaml", include_str!("../../../dialogs/scheduled.yaml")),
    ("dialogs/send_money.yaml", include_str!("../../../dialogs/send_money.yaml")),
    ("dialogs/stop_scheduled.rhai", include_str!("../../../dialogs/stop_scheduled.rhai")),
    ("dialogs/stop_scheduled.yaml", include_str!("../../../dialogs/stop_scheduled.yaml")),
    ("dialogs/thanks.yaml", include_str!("../../../dialogs/thanks.yaml")),
];

/// The files of Sayso's own `dialogs/` folder, for when there is no other.
#[must_use]
pub fn shipped() -> Vec<SourceFile> {
    SHIPPED.iter().map(|(name, text)| SourceFile::new(*name, *text)).collect()
}

/// The phrases that every project has unless it rewords them.
#[must_use]
pub fn shipped_phrases() -> SourceFile {
    let found = SHIPPED.iter().find(|(name, _)| *name == "dialogs/phrases.yaml");
    found.map_or_else(|| SourceFile::new("dialogs/phrases.yaml", ""), |(name, text)| SourceFile::new(*name, *text))
}

/// The repair files that every project has unless it writes its own.
#[must_use]
pub fn shipped_repairs() -> Vec<SourceFile> {
    let repairs = SHIPPED.iter().filter(|(name, _)| name.starts_with("dialogs/repair/"));
    repairs.map(|(name, text)| SourceFile::new(*name, *text)).collect()
}
