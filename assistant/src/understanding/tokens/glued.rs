//! Number words that were written as one: `fivehundred`, `fortytwo`.

/// Words of numbers, longer ones before those that they begin with.
const WORDS: [&str; 37] = [
    "seventeen",
    "seventy",
    "seven",
    "thirteen",
    "thirty",
    "three",
    "thousand",
    "fourteen",
    "forty",
    "four",
    "fifteen",
    "fifty",
    "five",
    "sixteen",
    "sixty",
    "six",
    "eighteen",
    "eighty",
    "eight",
    "nineteen",
    "ninety",
    "nine",
    "eleven",
    "twelve",
    "twenty",
    "two",
    "ten",
    "one",
    "hundred",
    "million",
    "dollars",
    "bucks",
    "euros",
    "pounds",
    "cents",
    "yuan",
    "ish",
];

/// The number words that `word` is made of, if it is made of two or more and nothing else.
pub(super) fn number_words(word: &str) -> Vec<&'static str> {
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some(part) = WORDS.iter().find(|part| rest.starts_with(**part)).filter(|_| !rest.is_empty()) {
        parts.push(*part);
        rest = rest.get(part.len()..).unwrap_or("");
    }
    if rest.is_empty() && parts.len() > 1 { parts } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::number_words;

    #[test]
    fn only_numbers_are_parted() {
        assert_eq!(number_words("fivehundred"), ["five", "hundred"]);
        assert_eq!(number_words("fortytwodollars"), ["forty", "two", "dollars"]);
        for one in ["seventeen", "often", "someone", "tenant", "", "hundred", "one"] {
            assert!(number_words(one).is_empty(), "{one}");
        }
    }
}
