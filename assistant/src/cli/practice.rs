//! `sayso practice-bank serve`: the bank to practise with, as a server of its own.

use super::failure::Failure;
use super::out::Out;
use super::places::Places;
use crate::server::practice_bank::{self, Options};
use serde::Serialize;
use std::net::{Ipv4Addr, SocketAddr};

/// Where it listens, as JSON.
#[derive(Serialize)]
struct Serving<'a> {
    url: &'a str,
    books: String,
}

/// Serves until interrupted.
pub async fn serve(places: &Places, port: u16, out: Out) -> Result<(), Failure> {
    places.data_folder()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let bank =
        practice_bank::serve(&places.practice_bank(), address, Options::default()).await.map_err(Failure::usage)?;
    let serving = Serving { url: &bank.url(), books: places.practice_bank().display().to_string() };
    out.result(&serving, || {
        format!("the practice bank is open at {} (books: {}); Ctrl-C closes it", serving.url, serving.books)
    })?;
    tokio::signal::ctrl_c().await.map_err(Failure::failed)?;
    bank.shutdown().await;
    Ok(())
}
