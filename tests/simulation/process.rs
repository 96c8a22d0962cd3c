//! One run of the program: it lives until it dies at some point, and then nothing of it ever goes on.

use crate::bugs::Bug;
use crate::laws::Laws;
use crate::net::Net;
use sayso::store::Store;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What all parts of one run share.
pub struct Life {
    /// No two runs of a history have the same.
    pub number: u64,
    pub net: Net,
    pub laws: Arc<Mutex<Laws>>,
    pub bug: Bug,
    pub deaths: Arc<Mutex<BTreeMap<String, u64>>>,
    alive: AtomicBool,
    store: Mutex<Option<Store>>,
}

impl Life {
    pub fn begin(number: u64, path: &Path, net: Net, laws: Arc<Mutex<Laws>>, bug: Bug, deaths: Deaths) -> Arc<Self> {
        let store = Mutex::new(Some(Store::open(path).unwrap()));
        laws.lock().unwrap().lives(number);
        Arc::new(Life { number, net, laws, bug, deaths, alive: AtomicBool::new(true), store })
    }

    pub fn is_alive(&self) -> bool {
        self.alive.load(Ordering::SeqCst)
    }

    /// Ends it as SIGKILL would: what is committed stays, what it held is free, what it sent goes on.
    pub fn die(&self, place: impl Into<String>) {
        if self.alive.swap(false, Ordering::SeqCst) {
            drop(self.store.lock().unwrap().take());
            self.laws.lock().unwrap().died(self.number);
            *self.deaths.lock().unwrap().entry(place.into()).or_default() += 1;
        }
    }

    /// Goes on only while it lives: a task of the dead waits for ever, and is thrown away with the runtime.
    pub async fn goes_on(&self) {
        if !self.is_alive() {
            std::future::pending::<()>().await;
        }
    }

    pub fn store(&self) -> Option<Store> {
        self.store.lock().unwrap().clone()
    }
}

/// How many died where.
pub type Deaths = Arc<Mutex<BTreeMap<String, u64>>>;
