//! How far a fetch has come.

/// What is being done to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Another Sayso is fetching into the same folder; this one waits for it.
    Waiting,
    /// Bytes arrive.
    Downloading {
        /// From where: a package's name or a host's.
        from: String,
    },
    /// Files are taken out of a package.
    Unpacking,
    /// The weights are written in another format.
    Converting,
    /// The weights are made smaller.
    Quantising,
    /// The checksum is computed.
    Checking,
}

/// A step of progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The model that is being fetched or made.
    pub model: String,
    /// What is being done.
    pub stage: Stage,
    /// Bytes done in this stage.
    pub done: u64,
    /// Bytes of this stage, where that is known.
    pub total: Option<u64>,
}

/// Who is told about progress.
pub(super) type Listener<'a> = &'a mut dyn FnMut(&Progress);
