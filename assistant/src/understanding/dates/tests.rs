//! Days by table, seen from Wednesday, 12 March 2025.

use crate::lang::Lang;
use crate::understanding::{EntityKind, Expectation, Teaching, Understander, Value};
use jiff::civil::{Date, date};

const EXAMPLES: &[(Lang, &str, &str)] = &[
    (Lang::En, "pay it today", "2025-03-12"),
    (Lang::En, "tomorrow please", "2025-03-13"),
    (Lang::En, "the day after tomorrow", "2025-03-14"),
    (Lang::En, "yesterday", "2025-03-11"),
    (Lang::En, "pay it on Friday", "2025-03-14"),
    (Lang::En, "on monday", "2025-03-17"),
    (Lang::En, "this friday", "2025-03-14"),
    (Lang::En, "next friday", "? 2025-03-21 2025-03-14"),
    (Lang::En, "next monday", "2025-03-17"),
    (Lang::En, "friday next week", "2025-03-21"),
    (Lang::En, "last friday", "2025-03-07"),
    (Lang::En, "on wednesday", "? 2025-03-12 2025-03-19"),
    (Lang::En, "in three days", "2025-03-15"),
    (Lang::En, "in 2 weeks", "2025-03-26"),
    (Lang::En, "in a month", "2025-04-12"),
    (Lang::En, "two weeks from now", "2025-03-26"),
    (Lang::En, "a week from friday", "2025-03-21"),
    (Lang::En, "ten days ago", "2025-03-02"),
    (Lang::En, "at the end of the month", "2025-03-31"),
    (Lang::En, "by month end", "2025-03-31"),
    (Lang::En, "the end of next month", "2025-04-30"),
    (Lang::En, "the first of next month", "2025-04-01"),
    (Lang::En, "the first of the month", "2025-04-01"),
    (Lang::En, "on the 15th", "2025-03-15"),
    (Lang::En, "on the fifth", "2025-04-05"),
    (Lang::En, "March 5th", "2026-03-05"),
    (Lang::En, "March 15", "2025-03-15"),
    (Lang::En, "march the twenty first", "2025-03-21"),
    (Lang::En, "the 5th of may", "2025-05-05"),
    (Lang::En, "5 June 2026", "2026-06-05"),
    (Lang::En, "June 5th, 2026", "2026-06-05"),
    (Lang::En, "december thirty first twenty twenty six", "2026-12-31"),
    (Lang::En, "2025-04-01", "2025-04-01"),
    (Lang::En, "4/15/2025", "2025-04-15"),
    (Lang::En, "4/5", "? 2025-04-05 2025-05-04"),
    (Lang::En, "may I pay five dollars", "-"),
    (Lang::En, "wait a second", "-"),
    (Lang::En, "the second one", "-"),
    (Lang::En, "30 february", "-"),
    (Lang::Zh, "今天付", "2025-03-12"),
    (Lang::Zh, "明天", "2025-03-13"),
    (Lang::Zh, "大后天", "2025-03-15"),
    (Lang::Zh, "昨天", "2025-03-11"),
    (Lang::Zh, "下周五付", "2025-03-21"),
    (Lang::Zh, "下週五", "2025-03-21"),
    (Lang::Zh, "下下周一", "2025-03-24"),
    (Lang::Zh, "这个星期天", "2025-03-16"),
    (Lang::Zh, "周五", "2025-03-14"),
    (Lang::Zh, "星期一", "2025-03-17"),
    (Lang::Zh, "上周三", "2025-03-05"),
    (Lang::Zh, "三月十五号", "2025-03-15"),
    (Lang::Zh, "3月5日", "2026-03-05"),
    (Lang::Zh, "2025年12月31日", "2025-12-31"),
    (Lang::Zh, "二零二六年三月五号", "2026-03-05"),
    (Lang::Zh, "明年三月五号", "2026-03-05"),
    (Lang::Zh, "十五号", "2025-03-15"),
    (Lang::Zh, "5号交", "2025-04-05"),
    (Lang::Zh, "下个月五号", "2025-04-05"),
    (Lang::Zh, "月底", "2025-03-31"),
    (Lang::Zh, "下个月底", "2025-04-30"),
    (Lang::Zh, "本月最后一天", "2025-03-31"),
    (Lang::Zh, "下个月的最后一天", "2025-04-30"),
    (Lang::Zh, "六月最后一天", "2025-06-30"),
    (Lang::Zh, "年底", "2025-12-31"),
    (Lang::Zh, "三天后", "2025-03-15"),
    (Lang::Zh, "两个星期之后", "2025-03-26"),
    (Lang::Zh, "一个月以后", "2025-04-12"),
    (Lang::Zh, "三天前", "2025-03-09"),
    (Lang::Zh, "三个人", "-"),
    (Lang::Zh, "三号线", "-"),
    (Lang::Zh, "给张伟转五十块", "-"),
    (Lang::En, "pay it the 20th", "2025-03-20"),
    (Lang::En, "the 3rd", "2025-04-03"),
    (Lang::En, "the fifteenth", "2025-03-15"),
    (Lang::En, "by the 20th please", "2025-03-20"),
    (Lang::En, "the 3rd one", "-"),
    (Lang::En, "the 3rd payment", "-"),
    (Lang::En, "in two weeks' time", "2025-03-26"),
    (Lang::En, "in a fortnight", "2025-03-26"),
    (Lang::En, "in a couple of days", "? 2025-03-14 2025-03-15"),
    (Lang::En, "this weekend", "? 2025-03-15 2025-03-16"),
    (Lang::En, "next weekend", "? 2025-03-22 2025-03-23 2025-03-15 2025-03-16"),
    (Lang::En, "by the end of the week", "? 2025-03-14 2025-03-16"),
    (Lang::En, "the start of next month", "2025-04-01"),
    (Lang::En, "at the beginning of next month", "2025-04-01"),
    (Lang::En, "at the end of April", "2025-04-30"),
    (Lang::En, "the 5th next month", "2025-04-05"),
    (Lang::En, "on the 5th of next month", "2025-04-05"),
    (Lang::En, "on new year's day", "2026-01-01"),
    (Lang::En, "by christmas", "2025-12-25"),
    (Lang::En, "three days later", "2025-03-15"),
    (Lang::En, "Fri", "2025-03-14"),
    (Lang::En, "coming Friday", "2025-03-14"),
    (Lang::En, "this coming Monday", "2025-03-17"),
    (Lang::En, "a week from today", "2025-03-19"),
    (Lang::En, "a week today", "2025-03-19"),
    (Lang::En, "on the last day of the month", "2025-03-31"),
    (Lang::Zh, "这周末", "? 2025-03-15 2025-03-16"),
    (Lang::Zh, "周末付", "? 2025-03-15 2025-03-16"),
    (Lang::Zh, "下周末", "? 2025-03-22 2025-03-23"),
    (Lang::Zh, "三月底", "2025-03-31"),
    (Lang::Zh, "四月底前付", "2025-04-30"),
    (Lang::Zh, "下个月初", "2025-04-01"),
    (Lang::Zh, "下月初", "2025-04-01"),
    (Lang::Zh, "三月十五付", "2025-03-15"),
    (Lang::Zh, "十二月三十一", "2025-12-31"),
    (Lang::Zh, "三月二十块", "-"),
    (Lang::Zh, "明后天", "? 2025-03-13 2025-03-14"),
    (Lang::Zh, "过三天", "2025-03-15"),
    (Lang::Zh, "再过一周", "2025-03-19"),
    (Lang::Zh, "两个礼拜后", "2025-03-26"),
    (Lang::Zh, "半年后", "2025-09-12"),
    (Lang::Zh, "下礼拜三", "2025-03-19"),
    (Lang::Zh, "这礼拜五", "2025-03-14"),
    (Lang::Zh, "下個星期五", "2025-03-21"),
    (Lang::Zh, "元旦", "2026-01-01"),
    (Lang::Zh, "国庆节", "2025-10-01"),
    (Lang::Zh, "五一付", "2025-05-01"),
    (Lang::Zh, "这个月二十号", "2025-03-20"),
    (Lang::Zh, "本月二十号", "2025-03-20"),
    (Lang::Zh, "2025/4/1", "2025-04-01"),
    (Lang::Zh, "四月一日", "2025-04-01"),
    (Lang::Zh, "一周后", "2025-03-19"),
    (Lang::Zh, "一周以后", "2025-03-19"),
    (Lang::Zh, "大大后天", "2025-03-16"),
];

#[test]
fn every_day_is_read_as_written() {
    let understander = Understander::new(&Teaching::default());
    for (lang, text, expected) in EXAMPLES {
        assert_eq!(first_day(&understander, text, *lang, date(2025, 3, 12)), *expected, "{text}");
    }
}

/// What is written down for the first day in an utterance: it, `? ` and all that it may be, or `-`.
fn first_day(understander: &Understander, text: &str, lang: Lang, today: Date) -> String {
    let meaning = understander.understand(text, lang, today, &Expectation::default());
    let found = meaning.entities.iter().find(|entity| entity.kind == EntityKind::Date);
    let days = |values: &[Value]| {
        let texts: Vec<String> = values
            .iter()
            .map(|value| if let Value::Date(day) = value { day.to_string() } else { "?".into() })
            .collect();
        texts.join(" ")
    };
    match found {
        None => "-".to_owned(),
        Some(entity) => match &entity.value {
            Some(value) => days(std::slice::from_ref(value)),
            None => format!("? {}", days(&entity.alternatives)),
        },
    }
}

#[test]
fn days_are_read_from_another_day_too() {
    let understander = Understander::new(&Teaching::default());
    let mut wrong = Vec::new();
    for line in include_str!("saturday.tsv").lines().filter(|line| !line.starts_with('#')) {
        let (expected, text) = line.split_once('\t').unwrap();
        let lang = if text.is_ascii() { Lang::En } else { Lang::Zh };
        let found = first_day(&understander, text, lang, date(2026, 11, 28));
        if found != expected && !(expected == "?" && found.starts_with('?')) {
            wrong.push(format!("{text}: expected {expected}, found {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
