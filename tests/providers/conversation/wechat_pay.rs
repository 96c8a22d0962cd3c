//! WeChat Pay in conversation: a code in the terminal and in a picture, paid by scanning, announced and given back; and a
//! contract by which nobody has to scan anything.

use super::{CHINESE, ENGLISH, Home, Real, Words, clock, said, status};
use crate::wechat_pay::{API_V3_KEY, PLAN, Town, pem, settings};
use qrcode::{Color, QrCode};
use sayso::payments::Clock as _;
use serde_json::json;

const LINES: [([&str; 2], Words); 2] = [
    (["Send fifty yuan to Alice with WeChat.", "Yes, pay it."], ENGLISH),
    (["用微信给爱丽丝转五十块钱。", "确认付款。"], CHINESE),
];

pub fn real<'a>(town: &'a Town, secrets: &'a [(&'a str, &'a str)]) -> Real<'a> {
    let mut settings = settings(town, true);
    settings.as_object_mut().unwrap().remove("secrets");
    // Settings of sayso.yaml are texts.
    settings["plan_id"] = json!(PLAN.to_string());
    let inside = &["merchant_private_key", "api_v3_key"];
    Real { name: "wechat_pay", url: &town.url, settings, secrets, inside }
}

fn home(town: &Town) -> Home {
    let key = pem("merchant.pem");
    Home::new(&[real(town, &[("merchant_private_key", &key), ("api_v3_key", API_V3_KEY)])])
}

/// The modules of a code that is drawn in half blocks, a lit half being a light module; without the light zone around it.
fn modules(shown: &str) -> Vec<Vec<Color>> {
    let drawn = |line: &&str| line.chars().count() > 20 && line.chars().all(|c| " ▀▄█".contains(c));
    let half = |lit: bool| if lit { Color::Light } else { Color::Dark };
    let mut rows = Vec::new();
    for line in shown.lines().filter(drawn) {
        rows.push(line.chars().map(|c| half("▀█".contains(c))).collect::<Vec<_>>());
        rows.push(line.chars().map(|c| half("▄█".contains(c))).collect());
    }
    // Two of its corners are in the first row that has a dark module.
    let top = rows.iter().position(|row| row.contains(&Color::Dark)).unwrap();
    let is_dark = |module: &Color| *module == Color::Dark;
    let (left, right) = (rows[top].iter().position(is_dark).unwrap(), rows[top].iter().rposition(is_dark).unwrap());
    rows[top..=top + right - left].iter().map(|row| row[left..=right].to_vec()).collect()
}

#[tokio::test]
async fn it_draws_a_code_that_is_paid_by_scanning_and_the_end_is_announced() {
    for ((lines, words), (hint, picture, begins, back, returned)) in LINES.into_iter().zip([
        ("scan the code", "code.png", &b"\x89PNG\r\n"[..], ["Refund my last payment.", "Yes."], "has been given back"),
        ("二维码", "code.svg", b"<?xml", ["把刚才那笔退了。", "确认。"], "已经退回了"),
    ]) {
        let town = Town::open(clock()).await;
        let home = home(&town);
        let file = home.file(picture);
        let shown = home.shows(&["chat", "--qr", file.to_str().unwrap()], &lines).await;
        assert!(shown.contains(hint), "whoever hears it knows what to do: {shown}");
        let content = format!("weixin://wxpay/bizpayurl?pr={}", town.only());
        let code = QrCode::new(&content).unwrap();
        let drawn = modules(&shown);
        assert_eq!(drawn.concat(), code.to_colors(), "what a phone sees in the terminal is {content}");
        assert!(std::fs::read(file).unwrap().starts_with(begins));
        // The program has ended; meanwhile the person scans and pays.
        assert!(town.pay(&town.only()));
        home.asks_the_providers().await;
        let mut chat = home.chat();
        chat.is_told(words.thanks, &[words.paid, "50"]).await;
        let given = chat.pays(back).await;
        assert_eq!(given["refund"]["status"], "open", "{given}");
        assert!(said(&given).contains(words.open), "asked for is not given back: {given}");
        home.asks_the_providers().await;
        chat.is_told(words.thanks, &[returned, "50"]).await;
        let moved: Vec<i64> = town.books().moved.iter().map(|(_, fen)| *fen).collect();
        assert_eq!(moved, [5000, -5000], "once there, and once back");
    }
}

#[tokio::test]
async fn a_contract_pays_without_a_screen_in_its_hours_and_shows_a_code_outside_of_them() {
    for (lines, words) in LINES {
        let clock = clock();
        let town = Town::open(clock.clone()).await;
        town.books().reserved_in_days = 0;
        let home = home(&town);
        home.stores_a_way_to_pay("wechat_pay", || {
            let begun = town.books().contracts.keys().next().unwrap().clone();
            town.sign(&begun);
        })
        .await;
        let mut chat = home.chat();
        let paid = chat.pays(lines).await;
        // 07:00 to 22:00 in Beijing; the program goes by the world's clock, so which of the two is tried here is that hour's.
        let minute = (clock.now_ms() / 60_000 + 8 * 60).rem_euclid(24 * 60);
        if (7 * 60..22 * 60).contains(&minute) {
            assert_eq!((status(&paid), &paid["hand_off"]), ("pending", &json!(null)), "{paid}");
            assert!(said(&paid).contains(words.open), "accepted is not paid: {paid}");
        } else {
            assert_eq!((status(&paid), &paid["hand_off"]["to"]), ("action_required", &json!("qr")), "{paid}");
        }
        assert_eq!(town.books().moved, []);
        assert!(town.pay(&town.only()));
        home.asks_the_providers().await;
        chat.is_told(words.thanks, &[words.paid, "50"]).await;
        assert_eq!(town.books().moved.len(), 1, "once");
    }
}
