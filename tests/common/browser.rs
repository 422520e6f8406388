//! A browser as small as the pages allow: cookies, links and forms, on the router in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use countersign::review::{Committer, Desk};
use countersign::web::accounts::Accounts;
use countersign::web::{Served, Web, router};
use indexmap::IndexMap;
use tower::ServiceExt;

use super::Story;

/// The moment at which every page is read.
pub const NOW: i64 = 1_770_300_000;

/// The pages of a story's repository, named `test`.
pub struct Site {
    pub story: Story,
    pub web: Arc<Web>,
    pub router: Router,
}

impl Site {
    pub async fn of(story: Story) -> Self {
        Self::with(story, |_| {}).await
    }

    /// The pages of a server that is set up otherwise.
    pub async fn with(story: Story, change: impl FnOnce(&mut Web)) -> Self {
        let accounts = Accounts::open(&story.folder.path().join("private.sqlite"))
            .await
            .unwrap();
        let mut web = web_over(Arc::clone(&story.desk), story.committer.clone(), accounts);
        change(&mut web);
        let web = Arc::new(web);
        let router = router(Arc::clone(&web));
        Self { story, web, router }
    }

    pub fn visitor(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
        }
    }

    /// Signs somebody in by a demo's link, as a person would: opens it, presses the button.
    pub async fn signed_in(&self, address: &str) -> Browser {
        let token = self.web.accounts.link(address, None, true).await.unwrap();
        let mut browser = self.visitor();
        let page = browser.get(&format!("/sign-in/link/{token}")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        let answer = browser.submit(&page, "/sign-in/link/", &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.html);
        browser
    }
}

/// Returns a server of one repository, named `test`.
pub fn web_over(desk: Arc<Desk>, committer: Committer, accounts: Accounts) -> Web {
    Web {
        served: IndexMap::from([("test".to_owned(), Served { desk, committer })]),
        accounts,
        now: || NOW,
        secure_cookies: false,
        public_url: "http://localhost".to_owned(),
        provider: None,
        trusted_proxies: Vec::new(),
        mail: None,
        sites: countersign::web::sites::Sites::default(),
        hooks: countersign::web::hooks::Hooks::default(),
        sender: countersign::publish::sender::Sender::new(&["127.0.0.0/8".parse().unwrap()])
            .unwrap(),
        // Nobody tells these pages to stop.
        stopping: tokio::sync::watch::channel(false).1,
    }
}

/// Somebody's browser.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
}

/// What came back.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn has(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// Returns whether the page has no script but the files of the interface.
    pub fn has_our_scripts_alone(&self) -> bool {
        let ours = self.html.matches("<script defer src=\"/assets/").count();
        self.html.matches("<script").count() == ours
    }

    /// Returns the form that posts to an address beginning so.
    pub fn form(&self, action: &str) -> Form {
        let start = format!("action=\"{action}");
        let from = self
            .html
            .find(&start)
            .unwrap_or_else(|| panic!("no form posts to {action}: {}", self.html));
        let open = self.html[..from].rfind("<form").unwrap();
        let end = self.html[open..].find("</form>").unwrap() + open;
        Form::read(&self.html[open..end])
    }
}

/// A form as the page filled it.
#[derive(Debug, Clone)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
    /// Values of its buttons called `decision`.
    pub buttons: Vec<String>,
}

impl Form {
    fn read(html: &str) -> Self {
        let mut form = Self {
            action: attribute(html, "action").unwrap(),
            fields: Vec::new(),
            buttons: Vec::new(),
        };
        for (at, _) in html.match_indices('<') {
            let tag = &html[at..html[at..].find('>').map_or(html.len(), |end| at + end + 1)];
            let Some(name) = attribute(tag, "name") else {
                continue;
            };
            let value = attribute(tag, "value").unwrap_or_default();
            if tag.starts_with("<input") {
                if !tag.contains("type=\"checkbox\"") || tag.contains(" checked") {
                    form.fields.push((name, value));
                }
            } else if tag.starts_with("<button") {
                form.buttons.push(value);
            } else if tag.starts_with("<textarea") {
                let text = &html[at + tag.len()..];
                let text = &text[..text.find("</textarea>").unwrap()];
                form.fields
                    .push((name, unescaped(text.strip_prefix('\n').unwrap_or(text))));
            } else if tag.starts_with("<select") {
                let inside = &html[at..];
                let inside = &inside[..inside.find("</select>").unwrap()];
                let chosen = inside
                    .split("<option")
                    .skip(1)
                    .find(|option| option.split('>').next().unwrap().ends_with(" selected"))
                    .or_else(|| inside.split("<option").nth(1));
                if let Some(option) = chosen {
                    form.fields
                        .push((name, attribute(option, "value").unwrap_or_default()));
                }
            }
        }
        form
    }

    pub fn get(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// Returns the same form with a field filled in.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = format!(" {name}=\"");
    let from = tag.find(&start)? + start.len();
    Some(unescaped(&tag[from..from + tag[from..].find('"')?]))
}

pub fn unescaped(text: &str) -> String {
    [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

impl Browser {
    /// A browser on other pages than a story's.
    pub fn of(router: Router) -> Self {
        Self {
            router,
            cookies: BTreeMap::new(),
        }
    }

    pub async fn get(&mut self, address: &str) -> Page {
        let request = Request::get(address).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Opens an address and goes where it leads.
    pub async fn open(&mut self, address: &str) -> Page {
        let mut page = self.get(address).await;
        for _ in 0..5 {
            if !page.status.is_redirection() {
                return page;
            }
            let next = page.location().to_owned();
            page = self.get(&next).await;
        }
        panic!("{address} leads round in circles");
    }

    pub async fn post(&mut self, address: &str, fields: &[(String, String)]) -> Page {
        let request = Request::post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::HOST, "localhost")
            .header(header::ORIGIN, "http://localhost")
            .body(Body::from(encoded(fields)))
            .unwrap();
        self.send(request).await
    }

    /// Sends a form of a page with some fields filled in.
    pub async fn submit(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let form = fields
            .iter()
            .fold(page.form(action), |form, (name, value)| {
                form.with(name, value)
            });
        self.send_form(&form).await
    }

    pub async fn send_form(&mut self, form: &Form) -> Page {
        self.post(&form.action, &form.fields).await
    }

    /// Decides on a review page by one of its buttons, which must be there.
    pub async fn decide(&mut self, review: &str, button: &str, reason: &str) -> Page {
        let page = self.get(review).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        let form = page.form("/test/decisions");
        assert!(
            form.buttons.iter().any(|value| value == button),
            "no button {button}, only {:?}",
            form.buttons
        );
        self.send_form(&form.with("decision", button).with("reason", reason))
            .await
    }

    /// Returns the answer to a request as it comes, for answers that do not end.
    pub async fn ask(&self, request: &mut Request<Body>) -> Response {
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request
                .headers_mut()
                .insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        }
        let request = std::mem::replace(request, Request::new(Body::empty()));
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Page {
        let response = self.ask(&mut request).await;
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match value {
                "" => drop(self.cookies.remove(name)),
                _ => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Page {
            status: parts.status,
            headers: parts.headers,
            html: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }
}

pub fn encoded(fields: &[(String, String)]) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect::<Vec<_>>()
        .join("&")
}
