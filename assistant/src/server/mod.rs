//! The doors that open to HTTP, on loopback only: for now the practice bank. It must never move real money or listen
//! where another machine could reach it.

pub mod practice_bank;
