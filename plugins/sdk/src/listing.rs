//! Lists that a provider gives in pages, newest first: looked through for what is ours, and no further than need be.

use crate::denied::Denied;
use crate::fields::Fields as _;
use crate::form::Form;
use crate::translator::Told;
use serde_json::Value;
use std::future::Future;

/// How far the provider's clock and ours may be apart, in milliseconds.
const CLOCKS_APART_MS: i64 = 600_000;

/// How a provider gives its lists: the names of its fields.
#[derive(Clone, Copy, Debug)]
pub struct Listing {
    /// Where the items of a page are.
    pub items: &'static str,
    /// Where a page says whether there are more.
    pub more: &'static str,
    /// The question's field for the `id` after which the next page begins.
    pub after: &'static str,
    /// Where an item says when it was made, in Unix seconds.
    pub made: &'static str,
    /// How many pages are looked through at most.
    pub pages_max: usize,
}

impl Listing {
    /// Every item that is `ours`, newest first; those that were made well before `since_ms` are not looked for. `page` asks for one
    /// page. An item of which nobody can tell whose it is (`None`) makes the whole list one that is not understood: what is missing in
    /// such a list is not known to be missing.
    pub async fn search<F>(
        &self,
        mut query: Form,
        since_ms: Option<i64>,
        page: impl Fn(Form) -> F + Send + Sync,
        ours: impl Fn(&Value) -> Option<bool> + Send + Sync,
    ) -> Told<Vec<Value>>
    where
        F: Future<Output = Told<Value>> + Send,
    {
        let since = since_ms.map(|since_ms| since_ms.saturating_sub(CLOCKS_APART_MS).div_euclid(1000));
        let not_understood = || Denied::unclear("the provider's list is not understood");
        let mut found = Vec::new();
        for _ in 0..self.pages_max {
            let page = page(query.clone()).await?;
            let items = page.at(self.items).and_then(Value::as_array).ok_or_else(not_understood)?;
            let more = page.at(self.more).and_then(Value::as_bool).ok_or_else(not_understood)?;
            for item in items {
                if ours(item).ok_or_else(not_understood)? {
                    found.push(item.clone());
                }
            }
            let Some(last) = items.last().filter(|_| more) else { return Ok(found) };
            if since.is_some_and(|since| last.whole(self.made).is_some_and(|made| made < since)) {
                return Ok(found);
            }
            query = query.with(self.after, last.text("id").ok_or_else(not_understood)?);
        }
        Err(Denied::unclear(format!("not among the newest {} pages of the provider's list", self.pages_max)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use serde_json::json;
    use std::sync::Mutex;

    const LISTS: Listing = Listing { items: "data", more: "more", after: "after", made: "made", pages_max: 3 };

    /// Searches in these pages for what is called `x`; what was found, and what was asked.
    fn search(pages: &[Value], since_ms: Option<i64>) -> (Option<usize>, Vec<String>) {
        let asked = Mutex::new(Vec::new());
        let page = |query: Form| {
            let mut asked = asked.lock().unwrap();
            asked.push(query.body());
            std::future::ready(pages.get(asked.len() - 1).cloned().ok_or_else(|| Denied::unclear("no more pages")))
        };
        let ours = |item: &Value| item.text("name").map(|name| name == "x");
        let found = LISTS.search(Form::new().field("limit", 2), since_ms, page, ours).now_or_never().unwrap();
        (found.ok().map(|found| found.len()), asked.into_inner().unwrap())
    }

    fn page(names: &[&str], made: i64, more: bool) -> Value {
        let item = |name: &&str| json!({ "id": format!("i-{name}"), "name": name, "made": made });
        json!({ "data": names.iter().map(item).collect::<Vec<_>>(), "more": more })
    }

    #[test]
    fn every_page_is_looked_through_to_the_end() {
        let pages = [page(&["a", "x"], 900, true), page(&["x", "b"], 800, true), page(&["x"], 700, false)];
        let (found, asked) = search(&pages, None);
        assert_eq!((found, asked.len()), (Some(3), 3));
        assert_eq!((asked[0].as_str(), asked[1].as_str()), ("limit=2", "limit=2&after=i-x"));
        assert_eq!(search(&[page(&[], 0, false)], None).0, Some(0));
        // A page without items is the last one, whatever it says.
        assert_eq!(search(&[page(&[], 0, true)], None).0, Some(0));
    }

    #[test]
    fn what_is_older_than_the_payment_is_not_looked_for() {
        let pages = [page(&["a"], 900, true), page(&["x"], 300, true), page(&["x"], 100, false)];
        // Clocks may be ten minutes apart.
        assert_eq!(search(&pages, Some(1_000_000)), (Some(1), vec!["limit=2".into(), "limit=2&after=i-a".into()]));
        assert_eq!(search(&pages, Some(700_000)).1.len(), 3);
    }

    #[test]
    fn a_list_that_has_no_end_or_is_not_understood_says_nothing() {
        let endless = [page(&["a"], 900, true), page(&["x"], 900, true), page(&["b"], 900, true)];
        assert_eq!(search(&endless, None).0, None);
        for wrong in [
            json!({}),
            json!({ "data": [] }),
            json!({ "data": {}, "more": false }),
            json!({ "data": [], "more": "no" }),
            json!({ "data": [{ "id": "i" }], "more": false }),
            json!({ "data": [{ "name": "a" }], "more": true }),
        ] {
            assert_eq!(search(std::slice::from_ref(&wrong), None).0, None, "{wrong}");
        }
        assert_eq!(search(&endless[..1], None).0, None, "a page that is refused");
    }
}
