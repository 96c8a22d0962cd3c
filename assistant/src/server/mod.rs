//! The doors that open to HTTP: the practice bank, and providers' notifications. They must never start a payment, and
//! never listen where another machine could reach them unless the operator says so.

pub mod door;
pub mod practice_bank;
pub mod webhooks;
