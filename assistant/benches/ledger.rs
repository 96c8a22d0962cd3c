//! What a payment costs beside a bare commit of SQLite on the same disk, alone and many at once.

use criterion::{Criterion, criterion_group, criterion_main};
fn nothing(_: &mut Criterion) {}
criterion_group!(benches, nothing);
criterion_main!(benches);
