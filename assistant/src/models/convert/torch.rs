//! Tensors out of a PyTorch file, read narrowly. Such a file is a program for Python's pickle machine; here it is only looked through:
//! the few instructions that describe tensors of floats are understood, every other one is refused, and nothing is ever run.

use super::ConvertError;
use std::collections::BTreeMap;

/// How the files of PyTorch before 1.6 begin: protocol 2, and the number that marks them.
const MAGIC: [u8; 15] = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
/// More instructions than this no list of tensors has.
const INSTRUCTIONS_MAX: usize = 20_000;
/// More numbers than this no model for voices has.
const NUMBERS_MAX: usize = 64 << 20;

/// A tensor of 32-bit floats.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tensor {
    pub shape: Vec<usize>,
    pub numbers: Vec<f32>,
}

/// What the machine has in its hands.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    /// A number, text or constant that matters to nobody here.
    Other,
    Whole(i64),
    Text(String),
    Tuple(Vec<Value>),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Name(Known),
    /// Floats that stand at the end of the file, by their name.
    Storage(String),
    Tensor(View),
}

/// Where the numbers of a tensor are.
#[derive(Clone, Debug, PartialEq)]
struct View {
    storage: String,
    offset: usize,
    shape: Vec<usize>,
}

/// The only names of Python that may stand in such a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    OrderedDict,
    RebuildTensor,
    FloatStorage,
}

/// The tensors of the dictionary `within`, by name.
///
/// # Errors
/// When the file is of another kind, is cut off, or has anything in it but tensors of floats, numbers and texts.
pub(super) fn tensors(file: &[u8], within: &str) -> Result<BTreeMap<String, Tensor>, ConvertError> {
    let mut input = Input { bytes: file.strip_prefix(&MAGIC).ok_or_else(other_kind)? };
    // The version of the format, and what machine wrote it.
    Machine::default().run(&mut input)?;
    Machine::default().run(&mut input)?;
    let Value::Map(parts) = Machine::default().run(&mut input)? else { return Err(other_kind()) };
    let storages = storages(&mut input)?;
    let named = |name: &Value| matches!(name, Value::Text(text) if text == within);
    let Some((_, Value::Map(found))) = parts.into_iter().find(|(name, _)| named(name)) else {
        return Err(ConvertError::format(format!("it has no `{within}`")));
    };
    let tensors = found.into_iter().filter_map(|entry| match entry {
        (Value::Text(name), Value::Tensor(view)) => Some(view.take(&storages).map(|tensor| (name, tensor))),
        _ => None,
    });
    tensors.collect()
}

/// The floats at the end of the file, by name.
fn storages(input: &mut Input) -> Result<BTreeMap<String, Vec<f32>>, ConvertError> {
    let Value::List(names) = Machine::default().run(input)? else { return Err(other_kind()) };
    let mut all = BTreeMap::new();
    for name in names {
        let Value::Text(name) = name else { return Err(other_kind()) };
        let count = usize::try_from(i64::from_le_bytes(input.array()?)).unwrap_or(usize::MAX);
        if count > NUMBERS_MAX {
            return Err(ConvertError::format(format!("{count} numbers in one piece are too many")));
        }
        let (numbers, _) = input.take(count * 4)?.as_chunks::<4>();
        all.insert(name, numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect());
    }
    Ok(all)
}

impl View {
    fn take(&self, storages: &BTreeMap<String, Vec<f32>>) -> Result<Tensor, ConvertError> {
        let count = self.shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
        let end = count.and_then(|count| count.checked_add(self.offset));
        let numbers = storages.get(&self.storage).zip(end).and_then(|(all, end)| all.get(self.offset..end));
        let numbers = numbers.ok_or_else(|| ConvertError::format("a tensor is larger than what there is for it"))?;
        Ok(Tensor { shape: self.shape.clone(), numbers: numbers.to_vec() })
    }
}

/// What is left of the file.
struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ConvertError> {
        let (taken, rest) =
            self.bytes.split_at_checked(count).ok_or_else(|| ConvertError::format("the file is cut off"))?;
        self.bytes = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ConvertError> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| ConvertError::format("the file is cut off"))
    }

    fn byte(&mut self) -> Result<u8, ConvertError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// Text up to the end of its line.
    fn line(&mut self) -> Result<&'a str, ConvertError> {
        let end = self.bytes.iter().position(|byte| *byte == b'\n');
        let line = self.take(end.ok_or_else(|| ConvertError::format("the file is cut off"))?)?;
        self.byte()?;
        std::str::from_utf8(line).map_err(|_| other_kind())
    }
}

/// What the instructions work on.
#[derive(Default)]
struct Machine {
    stack: Vec<Value>,
    /// Where groups begin on the stack.
    marks: Vec<usize>,
    memory: BTreeMap<u32, Value>,
}

impl Machine {
    /// Reads instructions up to the end of one object, and gives it.
    fn run(mut self, input: &mut Input) -> Result<Value, ConvertError> {
        for _ in 0..INSTRUCTIONS_MAX {
            match input.byte()? {
                b'.' => return self.pop(),
                0x80 => drop(input.byte()?),
                b'q' => self.remember(u32::from(input.byte()?))?,
                b'r' => self.remember(u32::from_le_bytes(input.array()?))?,
                b'h' => self.recall(u32::from(input.byte()?))?,
                b'j' => self.recall(u32::from_le_bytes(input.array()?))?,
                b'(' => self.marks.push(self.stack.len()),
                b'K' => self.push(Value::Whole(i64::from(input.byte()?))),
                b'M' => self.push(Value::Whole(i64::from(u16::from_le_bytes(input.array()?)))),
                b'J' => self.push(Value::Whole(i64::from(i32::from_le_bytes(input.array()?)))),
                0x8a => self.long(input)?,
                b'G' => drop(input.take(8).map(|_| self.push(Value::Other))?),
                b'N' | 0x88 | 0x89 => self.push(Value::Other),
                b'X' => self.text(input)?,
                b'c' => self.name(input)?,
                code => self.build(code)?,
            }
        }
        Err(ConvertError::format("it goes on for longer than a list of tensors does"))
    }

    /// The instructions that make something of what is on the stack.
    fn build(&mut self, code: u8) -> Result<(), ConvertError> {
        match code {
            b')' => self.push(Value::Tuple(Vec::new())),
            b']' => self.push(Value::List(Vec::new())),
            b'}' => self.push(Value::Map(Vec::new())),
            0x85..=0x87 => {
                let from = self.stack.len().checked_sub(usize::from(code - 0x84)).ok_or_else(other_kind)?;
                let items = self.stack.split_off(from);
                self.push(Value::Tuple(items));
            }
            b't' => {
                let items = self.group()?;
                self.push(Value::Tuple(items));
            }
            b'e' => {
                let items = self.group()?;
                let Some(Value::List(list)) = self.stack.last_mut() else { return Err(other_kind()) };
                list.extend(items);
            }
            b'a' => {
                let item = self.pop()?;
                let Some(Value::List(list)) = self.stack.last_mut() else { return Err(other_kind()) };
                list.push(item);
            }
            b's' => {
                let (value, name) = (self.pop()?, self.pop()?);
                self.set(vec![name, value])?;
            }
            b'u' => {
                let items = self.group()?;
                self.set(items)?;
            }
            b'Q' => self.storage()?,
            b'R' => self.call()?,
            // The state of an ordered dictionary: versions of layers.
            b'b' => {
                self.pop()?;
                let Some(Value::Map(_)) = self.stack.last() else { return Err(other_kind()) };
            }
            code => {
                return Err(ConvertError::format(format!(
                    "the instruction {code:#04x} has no place in a list of tensors"
                )));
            }
        }
        Ok(())
    }

    fn push(&mut self, value: Value) {
        self.stack.push(value);
    }

    fn pop(&mut self) -> Result<Value, ConvertError> {
        self.stack.pop().ok_or_else(other_kind)
    }

    /// What stands on the stack since the last mark.
    fn group(&mut self) -> Result<Vec<Value>, ConvertError> {
        let from = self.marks.pop().filter(|from| *from <= self.stack.len()).ok_or_else(other_kind)?;
        Ok(self.stack.split_off(from))
    }

    fn set(&mut self, items: Vec<Value>) -> Result<(), ConvertError> {
        let Some(Value::Map(map)) = self.stack.last_mut() else { return Err(other_kind()) };
        let mut items = items.into_iter();
        while let (Some(name), Some(value)) = (items.next(), items.next()) {
            map.push((name, value));
        }
        Ok(())
    }

    /// Lists and dictionaries are filled after they were remembered: those are remembered as nothing, and can't be recalled.
    fn remember(&mut self, place: u32) -> Result<(), ConvertError> {
        let value = match self.stack.last().ok_or_else(other_kind)? {
            Value::List(_) | Value::Map(_) => return Ok(()),
            value => value.clone(),
        };
        self.memory.insert(place, value);
        Ok(())
    }

    fn recall(&mut self, place: u32) -> Result<(), ConvertError> {
        let value = self.memory.get(&place).cloned().ok_or_else(other_kind)?;
        self.push(value);
        Ok(())
    }

    /// A whole number of up to eight bytes.
    fn long(&mut self, input: &mut Input) -> Result<(), ConvertError> {
        let count = usize::from(input.byte()?);
        let bytes = input.take(count)?;
        if count > 8 {
            return Err(ConvertError::format("a whole number in it is too large"));
        }
        let filler = if bytes.last().is_some_and(|last| last & 0x80 != 0) { 0xff } else { 0 };
        let mut all = [filler; 8];
        all.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        self.push(Value::Whole(i64::from_le_bytes(all)));
        Ok(())
    }

    fn text(&mut self, input: &mut Input) -> Result<(), ConvertError> {
        let length = u32::from_le_bytes(input.array()?);
        let bytes = input.take(length as usize)?;
        let text = std::str::from_utf8(bytes).map_err(|_| other_kind())?;
        self.push(Value::Text(text.to_owned()));
        Ok(())
    }

    fn name(&mut self, input: &mut Input) -> Result<(), ConvertError> {
        let (module, name) = (input.line()?, input.line()?);
        let known = match (module, name) {
            ("collections", "OrderedDict") => Known::OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2") => Known::RebuildTensor,
            ("torch", "FloatStorage") => Known::FloatStorage,
            _ => return Err(ConvertError::format(format!("`{module}.{name}` has no place in a list of tensors"))),
        };
        self.push(Value::Name(known));
        Ok(())
    }

    /// `("storage", FloatStorage, name, device, count, …)`
    fn storage(&mut self) -> Result<(), ConvertError> {
        let Value::Tuple(parts) = self.pop()? else { return Err(other_kind()) };
        match parts.as_slice() {
            [Value::Text(what), Value::Name(Known::FloatStorage), Value::Text(name), ..] if what == "storage" => {
                self.push(Value::Storage(name.clone()));
                Ok(())
            }
            _ => Err(ConvertError::format("numbers in it are of another kind than 32-bit floats")),
        }
    }

    /// The two calls that there are: an empty dictionary, and a tensor of a storage.
    fn call(&mut self) -> Result<(), ConvertError> {
        let Value::Tuple(arguments) = self.pop()? else { return Err(other_kind()) };
        let value = match (self.pop()?, arguments.as_slice()) {
            (Value::Name(Known::OrderedDict), []) => Value::Map(Vec::new()),
            (
                Value::Name(Known::RebuildTensor),
                [Value::Storage(storage), Value::Whole(offset), Value::Tuple(shape), Value::Tuple(strides), ..],
            ) => {
                let sizes = |tuple: &[Value]| -> Option<Vec<usize>> { tuple.iter().map(size).collect() };
                let (shape, strides) = sizes(shape).zip(sizes(strides)).ok_or_else(other_kind)?;
                let offset = usize::try_from(*offset).map_err(|_| other_kind())?;
                if strides != row_by_row(&shape) {
                    return Err(ConvertError::format("a tensor in it does not lie row by row"));
                }
                Value::Tensor(View { storage: storage.clone(), offset, shape })
            }
            _ => return Err(other_kind()),
        };
        self.push(value);
        Ok(())
    }
}

fn size(value: &Value) -> Option<usize> {
    match value {
        Value::Whole(size) => usize::try_from(*size).ok(),
        _ => None,
    }
}

/// The strides of a tensor that lies row by row.
fn row_by_row(shape: &[usize]) -> Vec<usize> {
    let mut strides: Vec<usize> = Vec::with_capacity(shape.len());
    let mut step = 1_usize;
    for size in shape.iter().rev() {
        strides.push(step);
        step = step.saturating_mul(*size);
    }
    strides.reverse();
    strides
}

fn other_kind() -> ConvertError {
    ConvertError::format("this is no PyTorch file of the kind that is read here")
}

#[cfg(test)]
pub(super) mod tests;
