//! The pictures of the shipped flows, and of texts that are no markup.

use super::draw;
use crate::dialog::{Chart, SourceFile, chart, shipped};
use crate::lang::Lang;

fn of(files: &[SourceFile], flow: &str, lang: Lang) -> Chart {
    chart(files, flow, lang).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

#[test]
fn every_shipped_flow_has_a_picture_in_both_languages() {
    for (flow, lang, words) in [
        ("pay_bill", Lang::En, ["Ask for amount", "Done. I&#39;ve paid", "put down for later"]),
        ("pay_bill", Lang::Zh, ["询问 amount", "被拒绝", "以后付"]),
        ("send_money", Lang::En, ["action required", "Say", "put down for later"]),
    ] {
        let svg = draw(&of(&shipped(), flow, lang));
        let missing: Vec<_> = words.iter().filter(|word| !svg.contains(**word)).collect();
        assert!(missing.is_empty(), "{flow} in {lang} lacks {missing:?}:\n{svg}");
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert!(!svg.contains("<script") && !svg.contains("href"), "a picture loads and runs nothing");
    }
}

#[test]
fn what_was_written_stays_text() {
    let flow =
        "flow: a\ntitle: {en: '<b>&', zh: a}\nsteps:\n  - say: {en: \"</text><script>alert(1)</script>\", zh: a}\n";
    let svg = draw(&of(&[SourceFile::new("a.yaml", flow)], "a", Lang::En));
    assert!(svg.contains("&lt;script&gt;") && !svg.contains("<script") && svg.contains("&lt;b&gt;&amp;"), "{svg}");
}

#[test]
fn boxes_never_lie_on_each_other_and_nothing_stands_outside() {
    for file in shipped()
        .iter()
        .filter(|file| file.ending() == "yaml" && file.stem() != "phrases" && !file.name.contains("/repair/"))
    {
        for lang in Lang::ALL {
            let picture = super::layout::place(&of(&shipped(), file.stem(), lang));
            let boxes: Vec<_> = picture
                .parts
                .iter()
                .filter_map(|part| match part {
                    super::layout::Part::Box(boxed) => Some(boxed),
                    _ => None,
                })
                .collect();
            for (index, a) in boxes.iter().enumerate() {
                assert!(a.x >= 0 && a.y >= 0 && a.x + a.width <= picture.width && a.y + a.height <= picture.height);
                for b in boxes.iter().skip(index + 1) {
                    let beside = a.x + a.width <= b.x || b.x + b.width <= a.x;
                    let below = a.y + a.height <= b.y || b.y + b.height <= a.y;
                    assert!(beside || below, "{}: {a:?} lies on {b:?}", file.stem());
                }
            }
        }
    }
}
