//! Mistakes that are made on purpose, around the code that is tested and never in it, to prove that they are found.

/// One mistake, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    None,
    /// A request to pay that is sent again gets a new key.
    NewKeyOnRetry,
    /// A notification is acknowledged, and kept some time later.
    AcknowledgesBeforeStoring,
    /// A lease is given to everybody who asks for it.
    ForgetsLeases,
    /// The provider is told while the payment is still on its way to the disk.
    SendsBeforeCommit,
    /// No answer is taken for a no.
    TakesSilenceForNo,
    /// No answer is taken for a yes.
    TakesSilenceForYes,
    /// Whoever writes last wins, whatever was written in between.
    WritesOver,
    /// One line of an entry is lost.
    LosesPosting,
    /// A refund that is asked for again gets a new name and a new key.
    NewRefundOnRetry,
    /// The amount of a receipt is not compared with what was agreed.
    BelievesReceipts,
    /// Keys are taken to live for ever.
    ForgetsLifeOfKeys,
    /// A payment that is being sent is not looked for after a restart.
    ForgetsInterrupted,
    /// What is pending is never asked about.
    NeverAsksAgain,
    /// What is reserved is left so.
    NeverCaptures,
    /// It is said that something was cancelled, and the bank is not told.
    CancelsInWordsOnly,
}

impl Bug {
    pub const ALL: [Bug; 15] = [
        Bug::NewKeyOnRetry,
        Bug::AcknowledgesBeforeStoring,
        Bug::ForgetsLeases,
        Bug::SendsBeforeCommit,
        Bug::TakesSilenceForNo,
        Bug::TakesSilenceForYes,
        Bug::WritesOver,
        Bug::LosesPosting,
        Bug::NewRefundOnRetry,
        Bug::BelievesReceipts,
        Bug::ForgetsLifeOfKeys,
        Bug::ForgetsInterrupted,
        Bug::NeverAsksAgain,
        Bug::NeverCaptures,
        Bug::CancelsInWordsOnly,
    ];
}
