//! Files as PyTorch wrote them before 1.6, whole, cut off, changed, and with instructions that would run something.

use super::*;

/// A file with these tensors in `model_state`, each in a storage of its own, as PyTorch writes one.
pub(in crate::models::convert) fn file(tensors: &[(&str, Vec<usize>, Vec<f32>)]) -> Vec<u8> {
    let text = |text: &str| [b"X".as_slice(), &(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
    let whole = |number: usize| [b"J".as_slice(), &(number as i32).to_le_bytes()].concat();
    let tuple = |numbers: &[usize]| {
        let inside: Vec<u8> = numbers.iter().flat_map(|number| whole(*number)).collect();
        [b"(".as_slice(), &inside, b"t"].concat()
    };
    let mut file = MAGIC.to_vec();
    file.extend(b"\x80\x02M\xe9\x03.\x80\x02}q\x00.");
    file.extend(b"\x80\x02}q\x00(");
    file.extend(text("step"));
    file.extend(b"J\x07\x00\x00\x00");
    file.extend(text("model_state"));
    file.extend(b"ccollections\nOrderedDict\nq\x01)Rq\x02(");
    for (name, shape, numbers) in tensors {
        file.extend(text(name));
        file.extend(b"ctorch._utils\n_rebuild_tensor_v2\nq\x03((");
        file.extend(text("storage"));
        file.extend(b"ctorch\nFloatStorage\n");
        file.extend(text(&format!("of {name}")));
        file.extend(text("cpu"));
        file.extend(whole(numbers.len()));
        file.extend(b"NtQK\x00");
        file.extend(tuple(shape));
        file.extend(tuple(&row_by_row(shape)));
        file.extend(b"\x89h\x01)RtRq\x04");
    }
    file.extend(b"uu.\x80\x02]q\x00(");
    tensors.iter().for_each(|(name, ..)| file.extend(text(&format!("of {name}"))));
    file.extend(b"e.");
    for (_, _, numbers) in tensors {
        file.extend((numbers.len() as i64).to_le_bytes());
        numbers.iter().for_each(|number| file.extend(number.to_le_bytes()));
    }
    file
}

fn two() -> Vec<u8> {
    file(&[("a", vec![2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), ("b", vec![1], vec![-0.5])])
}

#[test]
fn tensors_are_found_by_name() {
    let found = tensors(&two(), "model_state").unwrap();
    assert_eq!(found["a"], Tensor { shape: vec![2, 3], numbers: vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0] });
    assert_eq!(found["b"].numbers, [-0.5]);
    assert!(tensors(&two(), "weights").unwrap_err().to_string().contains("`weights`"));
}

#[test]
fn wherever_it_is_cut_off_it_is_refused() {
    let whole = two();
    for length in 0..whole.len() {
        assert!(tensors(&whole[..length], "model_state").is_err(), "{length} of {} bytes", whole.len());
    }
}

/// Whatever byte is another one: an error or other numbers, never a panic.
#[test]
fn whatever_stands_in_it_nothing_breaks() {
    let whole = two();
    for at in 0..whole.len() {
        for byte in [0, b'.', b'R', b'c', b'(', b'u', 0x85, 0xff] {
            let mut changed = whole.clone();
            changed[at] = byte;
            let _ = tensors(&changed, "model_state");
        }
    }
}

#[test]
fn what_would_run_something_is_refused_by_name() {
    let whole = two();
    let text = b"ctorch\nFloatStorage\n";
    let at = whole.windows(text.len()).position(|window| window == text).unwrap();
    let with = |name: &[u8]| [&whole[..at], name, &whole[at + text.len()..]].concat();
    for (name, told) in [(b"cos\nsystem\n".as_slice(), "`os.system`"), (b"ctorch\nLongStorage\n", "LongStorage")] {
        let error = tensors(&with(name), "model_state").unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    let error = tensors(&with(b"\x93"), "model_state").unwrap_err().to_string();
    assert!(error.contains("0x93"), "{error}");
}

#[test]
fn a_tensor_that_claims_too_much_is_refused() {
    for shape in [vec![7], vec![usize::MAX >> 33, 4]] {
        let error = tensors(&file(&[("a", shape, vec![0.0; 6])]), "model_state").unwrap_err().to_string();
        assert!(error.contains("larger"), "{error}");
    }
    let endless = [MAGIC.as_slice(), &b"N".repeat(INSTRUCTIONS_MAX + 9)].concat();
    assert!(tensors(&endless, "model_state").is_err());
}
