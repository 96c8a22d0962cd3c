//! The mood of an English clause.

use super::{Mood, PAYEE};
use crate::understanding::wordlist::{WordList, split};

/// Verbs of paying.
static PAY: WordList = WordList::new(|| {
    split("pay send transfer wire give settle clear cover repay reimburse lend donate remit forward venmo zelle")
});
static PAYS: WordList = WordList::new(|| split("pays sends transfers wires gives settles covers repays lends owes"));
static PAID: WordList =
    WordList::new(|| split("paid sent transferred wired gave given settled repaid reimbursed lent donated refunded"));
static PAYING: WordList = WordList::new(|| {
    split("paying sending transferring wiring giving settling clearing covering repaying reimbursing lending donating")
});
/// What wishes begin with besides: "make a payment", "put ten dollars towards it".
static ALSO: WordList = WordList::new(|| {
    split(
        "make use take put see handle sort deal finish submit return split slip drop shoot zip zap hand top move get do \
buy order book pop sling chuck bung return add",
    )
});
/// What says nothing at the beginning of a clause.
static FILLERS: WordList = WordList::new(|| {
    split(
        "um uh er erm oh so well ok okay hey hi hello sayso and but also then now right yeah yes no sorry listen look \
actually just please kindly look anyway alright",
    )
});
/// How wishes are led in, longest first where one begins another.
const LEADS: &str = "let's|let us|let me|i want to|i wanna|i would like to|i'd like to|i'd love to|i need to|i have to|\
i've got to|i gotta|i got to|i must|i should|i'll|i will|i am going to|i'm going to|can you|could you|\
would you|will you|can we|could we|can i|could i|may i|go ahead and|you can|help me to|help me|time to";
static ADVERBS: WordList =
    WordList::new(|| split("else already just also ever always only really actually usually probably certainly all"));
const MODALS: [&str; 9] = ["will", "would", "should", "could", "can", "might", "may", "must", "shall"];
static PERSONS: WordList =
    WordList::new(|| split("he she they it someone somebody nobody everyone everybody anyone anybody people him her"));

/// What the clause does with a payment; `None` where grammar does not tell.
pub(super) fn mood(words: &[&str]) -> Option<Mood> {
    let skip = words.iter().take_while(|word| FILLERS.has(word)).count();
    let words = words.get(skip..).unwrap_or_default();
    if for_others(words) || to_me(words) {
        return Some(Mood::Others);
    }
    if refused(words) {
        return Some(Mood::Refused);
    }
    if begins(words, "you didn't") || begins(words, "you never") || begins(words, "you haven't") || habit(words) {
        return Some(Mood::Told);
    }
    if explained(words) {
        return Some(Mood::Asked);
    }
    if wished(words) {
        return Some(Mood::Wish);
    }
    if asked(words) {
        return Some(Mood::Asked);
    }
    if supposed(words) {
        return Some(Mood::Supposed);
    }
    if told(words) {
        return Some(Mood::Told);
    }
    others(words).then_some(Mood::Others)
}

/// True for the "and" of "Bob paid and I want to": what follows is a clause of its own.
pub(super) fn begins_clause(word: &str, next: &str) -> bool {
    matches!(word, "and" | "but" | "so" | "because" | "then")
        && matches!(
            next,
            "i" | "you"
                | "we"
                | "he"
                | "she"
                | "they"
                | "please"
                | "can"
                | "could"
                | "let's"
                | "i'd"
                | "i'll"
                | "don't"
        )
}

fn word<'a>(words: &[&'a str], at: usize) -> &'a str {
    words.get(at).copied().unwrap_or("")
}

fn begins(words: &[&str], phrase: &str) -> bool {
    let mut count = 0;
    phrase.split(' ').enumerate().all(|(at, wanted)| {
        count += 1;
        word(words, at) == wanted
    }) && count > 0
}

fn is_me(word: &str) -> bool {
    matches!(word, "me" | "us")
}

/// "remind me to pay", "ask Bob to pay", "let Bob pay it", "get him to pay me", "request twenty from Bob".
fn for_others(words: &[&str]) -> bool {
    if matches!(word(words, 0), "request" | "collect") {
        return true;
    }
    let verb = word(words, 0);
    let object = (1..=4).take_while(|at| !PAY.has(word(words, *at)));
    let count = object.clone().count();
    let pays = PAY.has(word(words, count + 1)) && count > 0;
    let mine = is_me(word(words, 1));
    match verb {
        "ask" | "tell" | "remind" | "warn" => {
            pays && word(words, count) == "to" && word(words, count.saturating_sub(1)) != "how"
        }
        "get" | "have" | "want" | "expect" => pays && !mine,
        // "make a transfer" is a wish.
        "make" => pays && count == 1 && !mine && !matches!(word(words, 1), "sure" | "a" | "the" | "another" | "my"),
        "let" => pays && !mine && count <= 3,
        _ => false,
    }
}

/// "pay me", "Bob owes me": the money comes to the speaker.
fn to_me(words: &[&str]) -> bool {
    let pair = |at: usize| {
        let verb = word(words, at);
        let pays =
            PAY.has(verb) && verb != "give" || PAYS.has(verb) || matches!(verb, "paid" | "sent" | "gave" | "owe");
        pays && is_me(word(words, at + 1))
    };
    (0..words.len()).any(pair)
}

/// "don't pay", "I'm not paying", "hold off on paying", "instead of paying", "I'd rather not send".
fn refused(words: &[&str]) -> bool {
    const NOT: [&str; 20] = [
        "don't",
        "not",
        "never",
        "won't",
        "can't",
        "cannot",
        "shouldn't",
        "wouldn't",
        "couldn't",
        "dont",
        "stop",
        "quit",
        "avoid",
        "refuse",
        "without",
        "skip",
        "doesn't",
        "needn't",
        "mustn't",
        "ain't",
    ];
    // "I don't want to forget to pay", "don't you dare not to": the no is about something else.
    const ABOUT: [&str; 12] =
        ["forget", "mind", "hesitate", "fail", "worry", "wait", "you", "know", "only", "care", "delay", "miss"];
    let pays = |word: &str| PAY.has(word) || PAYING.has(word);
    let over = |at: usize| {
        let scope = words.get(at + 1..).unwrap_or_default().iter().take(6);
        let until = scope.take_while(|word| !ABOUT.contains(*word) && !matches!(**word, "but" | "and" | "so"));
        until.clone().any(|word| pays(word))
    };
    let asks = begins(words, "why don't") || begins(words, "why not") || begins(words, "can't we");
    let not = |at: usize| NOT.contains(&word(words, at)) || at > 0 && matches!(word(words, at), "isn't" | "wasn't");
    let plain = (0..words.len()).any(|at| not(at) && over(at));
    let phrase = |at: usize| {
        let rest = words.get(at..).unwrap_or_default();
        ["hold off", "no need", "instead of", "no longer", "no more", "no way", "forget about", "mind about"]
            .iter()
            .any(|phrase| begins(rest, phrase))
            && over(at + 1)
    };
    !asks && (plain || (0..words.len()).any(phrase))
}

/// "I usually pay", "I used to pay": what is done from time to time.
fn habit(words: &[&str]) -> bool {
    let who = matches!(word(words, 0), "i" | "we" | "they" | "you");
    let often = matches!(
        word(words, 1),
        "usually" | "always" | "normally" | "often" | "sometimes" | "generally" | "typically" | "rarely"
    );
    who && (often && PAY.has(word(words, 2)) || word(words, 1) == "used" && word(words, 2) == "to")
}

/// "show me how to pay", "explain how paying works".
fn explained(words: &[&str]) -> bool {
    (0..words.len()).any(|at| {
        let how = word(words, at) == "how"
            && matches!(word(words, at + 1), "to" | "do" | "can" | "does" | "i" | "you" | "paying");
        how && words.iter().skip(at).any(|word| PAY.has(word) || PAYING.has(word))
    })
}

/// "pay", "can you pay", "I want to send": a clause that begins with what is to be done.
fn wished(words: &[&str]) -> bool {
    let mut rest = words;
    for _ in 0..3 {
        let lead = LEADS.split('|').find(|lead| begins(rest, lead));
        let Some(count) = lead.map(|lead| lead.split(' ').count()) else { break };
        rest = rest.get(count..).unwrap_or_default();
        let fillers = rest.iter().take_while(|word| FILLERS.has(word) || ADVERBS.has(word)).count();
        rest = rest.get(fillers..).unwrap_or_default();
    }
    let verb = word(rest, 0);
    let pronoun = matches!(word(rest, 1), "i" | "you" | "we" | "they" | "he" | "she" | "people" | "anyone");
    // A recogniser writes "sent thirty to Alice" for "send".
    let misheard = matches!(verb, "sent" | "lent");
    (PAY.has(verb) || misheard || ALSO.has(verb)) && !pronoun
}

/// "how do I pay", "did you pay Bob", "should I pay": but "why don't you pay" and "is it possible to pay" ask for it.
fn asked(words: &[&str]) -> bool {
    const REQUESTS: &str = "how about|what about|why don't|why not|what do you say|is it possible|is it okay|is it ok|is it alright|\
is there a way|is there any way|are you able|do you mind|when you|whenever|do me a favor|do me a favour|\
shall we|what if";
    let first = word(words, 0);
    if REQUESTS.split('|').any(|request| begins(words, request)) {
        return false;
    }
    if matches!(
        first,
        "how" | "why" | "when" | "who" | "what" | "which" | "where" | "whose" | "whom" | "how's" | "what's" | "who's"
    ) {
        return true;
    }
    let second = word(words, 1);
    let subject = matches!(second, "i" | "you" | "we" | "they" | "he" | "she" | "it" | PAYEE)
        || matches!(
            second,
            "my" | "the" | "our" | "your" | "his" | "her" | "their" | "that" | "this" | "there" | "anyone"
        );
    match first {
        "did" | "does" | "has" | "had" | "is" | "are" | "was" | "were" | "am" | "isn't" | "wasn't" | "didn't"
        | "hasn't" | "haven't" | "doesn't" => subject,
        "do" | "have" => matches!(second, "i" | "you" | "we" | "they") || second == PAYEE || PERSONS.has(second),
        "should" | "must" | "would" | "could" | "can" | "will" | "shall" | "shouldn't" => {
            // "could Bob pay me", "should I pay"; "could you pay" asks for it.
            let us = matches!(second, "you" | "we" | "i") && !matches!(first, "should" | "must" | "shouldn't");
            subject && !us
        }
        _ => false,
    }
}

/// "if I pay", "what would happen", "I would pay", "paying is boring".
fn supposed(words: &[&str]) -> bool {
    let suppose =
        begins(words, "what if") || matches!(word(words, 0), "suppose" | "supposing" | "imagine" | "assuming");
    let condition = word(words, 0) == "if" && matches!(word(words, 1), "i" | "we" | "he" | "she" | "they" | PAYEE);
    let maybe = |at: usize| {
        let who =
            matches!(word(words, at), "i" | "we") && matches!(word(words, at + 1), "would" | "might" | "could" | "may");
        let verb = word(words, at + 2);
        who && PAY.has(verb) || matches!(word(words, at), "i'd" | "we'd") && PAY.has(word(words, at + 1))
    };
    let topic = PAYING.has(word(words, 0))
        && words.iter().any(|word| matches!(*word, "is" | "isn't" | "takes" | "costs" | "was" | "sucks" | "feels"));
    let wonders = begins(words, "i wonder") || begins(words, "i was going to") || begins(words, "i was about to");
    suppose || condition || maybe(0) || topic || wonders
}

/// "I paid", "the bill was paid", "he's already sent it"; but "get it paid" and "the rent has to be paid" ask for it.
fn told(words: &[&str]) -> bool {
    const TO_BE: [&str; 18] = [
        "get", "got", "gets", "getting", "be", "want", "wants", "need", "needs", "see", "sees", "make", "ensure",
        "until", "what", "whatever", "bill", "like",
    ];
    const HAVE: [&str; 12] =
        ["have", "has", "had", "i've", "we've", "you've", "they've", "he's", "she's", "it's", "having", "who've"];
    let Some(at) = words.iter().position(|word| PAID.has(word)) else { return false };
    let mut before = at;
    while before > 0 && ADVERBS.has(word(words, before - 1)) {
        before -= 1;
    }
    let Some(before) = before.checked_sub(1) else { return word(words, at) == "paid" };
    let last = word(words, before);
    let led = words.get(..before).unwrap_or_default();
    if matches!(last, "haven't" | "hasn't" | "not" | "never" | "didn't" | "be" | "being") {
        return false;
    }
    if matches!(last, "was" | "were") || HAVE.contains(&last) {
        return true;
    }
    if last == "been" {
        return led.last().is_some_and(|word| HAVE.contains(word));
    }
    !TO_BE.contains(&last) && !led.iter().any(|word| TO_BE.contains(word) || *word == "have")
}

/// "Alice will pay", "my sister pays": somebody else does it.
fn others(words: &[&str]) -> bool {
    let first = word(words, 0);
    let after = match first {
        PAYEE => 1,
        _ if PERSONS.has(first) => 1,
        "my" | "the" | "our" | "his" | "her" | "their" => {
            let to = |at: usize| word(words, at + 1) == "to" && PAY.has(word(words, at + 2));
            let verb = |at: &usize| MODALS.contains(&word(words, *at)) || PAYS.has(word(words, *at)) || to(*at);
            match (2..=4).find(verb) {
                Some(at) => at,
                None => return false,
            }
        }
        _ => return false,
    };
    let mut at = after;
    while ADVERBS.has(word(words, at)) {
        at += 1;
    }
    // "Bob promised to pay", "she has to pay"
    let promised = word(words, at + 1) == "to" && PAY.has(word(words, at + 2));
    if PAYS.has(word(words, at)) || promised {
        return true;
    }
    let modal = MODALS.contains(&word(words, at));
    at += 1;
    while ADVERBS.has(word(words, at)) {
        at += 1;
    }
    modal && PAY.has(word(words, at))
}
