//! The first page of a repository: behind the link that the operator's terminal shows, it does what `init` and `adopt` do.
//!
//! The link is the right: whoever reads the server's output holds the repository. It opens this page and nothing else, and ends with the adoption. It is
//! also why the forms here carry no token of a session: another site cannot send a form to an address that it does not know.

mod form;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use self::form::{Act, ROLES, SetUpForm, digest};
use super::door::give_session;
use crate::id::Identity;
use crate::policy::init::Proposal;
use crate::policy::{POLICY_PATH, Person, Policy};
use crate::refusal::Refusal;
use crate::review::{Adopted, Desk, policy_of_working_copy, propose_for};
use crate::web::accounts::LINK_HOURS;
use crate::web::failure::{Failure, place, sentence, shown};
use crate::web::form::Fields;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::layout::Page;
use crate::web::pages::parts::Link;
use crate::web::pages::set_up::{AdoptedPage, Fault, PersonInput, PersonLink, SetUpPage, Ticked};
use crate::web::state::Web;
use crate::web::urls::Urls;
use crate::web::{frame, urls};

/// Shows what could be adopted.
pub async fn show(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
) -> Result<Response, Failure> {
    let place = Place::find(&web, &token).await?;
    let mut form = SetUpForm::empty();
    let mut proposal = None;
    match &place.policy {
        Some(policy) => form.policy = lines(policy),
        None => proposal = Some(place.propose(&mut form, Vec::new()).await?),
    }
    let faults = match place.policy {
        Some(_) => Some(place.faults(&form.policy).await?),
        None => None,
    };
    frame::show(&place.page(&form, proposal.as_ref(), faults, None))
}

/// Writes, judges or adopts what was typed.
pub async fn act(
    State(web): State<Arc<Web>>,
    Path(token): Path<String>,
    request: Request<Body>,
) -> Result<Response, Failure> {
    let headers = request.headers().clone();
    let fields = Fields::read(request).await?;
    let place = Place::find(&web, &token)
        .await
        .map_err(|failure| failure.with_typed(typed(&fields)))?;
    let mut form = SetUpForm::read(&fields);
    let (proposal, refusal) = match place.work(&mut form).await? {
        Ok(Worked::Ready(by, policy)) => match place.adopt(by.clone(), policy).await? {
            Ok(adopted) => return place.done(&headers, &by, &adopted).await,
            Err(refusals) => {
                let faults = refusals.iter().map(fault).collect();
                let page = place.page(&form, None, Some(faults), None);
                return frame::show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
            }
        },
        Ok(Worked::Written(proposal)) => (Some(proposal), None),
        Ok(Worked::Nothing) => (None, None),
        Err(refusal) => (None, Some(refusal)),
    };
    let status = match refusal {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let faults = place.faults(&form.policy).await?;
    let page = place.page(&form, proposal.as_ref(), Some(faults), refusal.as_ref());
    frame::show_with(status, &page)
}

/// What a form came to, short of an adoption.
enum Worked {
    /// Nothing was asked for but to look.
    Nothing,
    /// The policy was written from the people.
    Written(Proposal),
    /// Nothing stands in the way of adopting this.
    Ready(Identity, String),
}

/// The repository that a link is for.
struct Place {
    web: Arc<Web>,
    desk: Arc<Desk>,
    token: String,
    /// The policy that lies there, if one does.
    policy: Option<String>,
}

impl Place {
    async fn find(web: &Arc<Web>, token: &str) -> Result<Self, Failure> {
        let name = web.accounts.find_set_up(token).await?.ok_or_else(spent)?;
        let served = web.served.get(&name).ok_or_else(spent)?;
        if served.desk.is_adopted().await? {
            web.accounts.end_set_up(&name).await?;
            return Err(spent());
        }
        let policy = served
            .desk
            .on_repository(|repository, desk| {
                if let Some(policy) = policy_of_working_copy(repository)? {
                    return Ok(Some(policy));
                }
                match repository.head_of(&desk.tip_ref)? {
                    Some(tip) => Ok(repository.text(tip, POLICY_PATH)?),
                    None => Ok(None),
                }
            })
            .await?;
        Ok(Self {
            web: Arc::clone(web),
            desk: Arc::clone(&served.desk),
            token: token.to_owned(),
            policy,
        })
    }

    async fn work(&self, form: &mut SetUpForm) -> Result<Result<Worked, Refusal>, Failure> {
        Ok(match (form.act, &self.policy) {
            (Act::Check | Act::More, _) | (Act::Propose | Act::Replace, Some(_)) => {
                Ok(Worked::Nothing)
            }
            (Act::Propose, None) if form.is_by_hand() => Err(by_hand()),
            (Act::Propose | Act::Replace, None) => match form.people() {
                Ok(people) => Ok(Worked::Written(self.propose(form, people).await?)),
                Err(refusal) => Err(refusal),
            },
            (Act::Adopt, _) => return self.ready(form).await,
        })
    }

    /// Says whether what was typed can be adopted as it stands: the text must name whoever stands in the rows above it.
    async fn ready(&self, form: &mut SetUpForm) -> Result<Result<Worked, Refusal>, Failure> {
        let (by, people) = match (form.operator(), self.people(form)) {
            (Ok(by), Ok(people)) => (by, people),
            (Err(refusal), _) | (_, Err(refusal)) => return Ok(Err(refusal)),
        };
        if self.policy.is_none() && !form.is_by_hand() {
            let before = form.policy.clone();
            let proposal = self.propose(form, people).await?;
            return Ok(match before == form.policy {
                true => Ok(Worked::Ready(by, before)),
                false => Ok(Worked::Written(proposal)),
            });
        }
        if let Ok(policy) = Policy::read(&form.policy)
            && let Some(person) = form.missing_in(&policy, &people)
        {
            return Ok(Err(not_in_text(person)));
        }
        Ok(Ok(Worked::Ready(by, self.text(form))))
    }

    /// A policy that lies there names its people itself.
    fn people(&self, form: &SetUpForm) -> Result<Vec<Person>, Refusal> {
        match self.policy {
            Some(_) => Ok(Vec::new()),
            None => form.people(),
        }
    }

    /// A text that differs in its line ends alone is taken as it lies there.
    fn text(&self, form: &SetUpForm) -> String {
        match &self.policy {
            Some(policy) if lines(policy) == form.policy => policy.clone(),
            _ => form.policy.clone(),
        }
    }

    async fn propose(
        &self,
        form: &mut SetUpForm,
        people: Vec<Person>,
    ) -> Result<Proposal, Failure> {
        let proposal = self
            .desk
            .on_repository(move |repository, desk| {
                let survey = (desk.name.as_str(), desk.branch());
                propose_for(repository, &desk.tip_ref, survey, people, |_, _| {})
            })
            .await?;
        form.policy = lines(&proposal.toml);
        Ok(proposal)
    }

    async fn faults(&self, policy: &str) -> Result<Vec<Fault>, Failure> {
        let policy = policy.to_owned();
        let judged = tokio::task::spawn_blocking(move || Policy::read(&policy)).await;
        Ok(match judged.map_err(anyhow::Error::from)? {
            Ok(_) => Vec::new(),
            Err(refusals) => refusals.iter().map(fault).collect(),
        })
    }

    async fn adopt(
        &self,
        by: Identity,
        policy: String,
    ) -> Result<Result<Adopted, Vec<Refusal>>, Failure> {
        Ok(self.desk.adopt(policy, by, (self.web.now)()).await?)
    }

    /// The operator is signed in where the policy names them; everybody else gets a link, shown once.
    async fn done(
        &self,
        headers: &HeaderMap,
        by: &Identity,
        adopted: &Adopted,
    ) -> Result<Response, Failure> {
        let (accounts, now) = (&self.web.accounts, (self.web.now)());
        accounts.end_set_up(&self.desk.name).await?;
        let rules = self.desk.index.rules();
        let Some(Ok(rules)) = rules.as_ref() else {
            return Err(anyhow::anyhow!("an adopted repository has no rules in force").into());
        };
        let operator = rules.policy.person_by_address(&by.address);
        let expires_at = now + LINK_HOURS * 3600;
        let mut links = Vec::new();
        for person in rules.policy.people.values() {
            let is_operator = operator.is_some_and(|operator| operator.key == person.key);
            if let Some(address) = person.addresses.first().filter(|_| !is_operator) {
                let token = accounts.link(address, Some(expires_at), false).await?;
                links.push(PersonLink {
                    name: person.name.clone(),
                    address: address.clone(),
                    link: format!("{}{}", self.web.public_url, urls::sign_in_link(&token)),
                });
            }
        }
        let page = AdoptedPage {
            page: frame::bare(),
            title: rules.policy.title.clone(),
            onward: Urls::of(&self.desk.name).queue(),
            account: operator.map(|_| urls::account()),
            links,
            left_alone: adopted
                .left_alone
                .iter()
                .map(|left| (left.path.clone(), left.reason.to_owned()))
                .collect(),
            key: self.desk.key.fingerprint(),
        };
        let mut response = frame::show(&page)?;
        if operator.is_some() {
            give_session(&self.web, headers, &by.address, &mut response).await?;
        }
        Ok(response)
    }

    fn page(
        &self,
        form: &SetUpForm,
        proposal: Option<&Proposal>,
        faults: Option<Vec<Fault>>,
        refusal: Option<&Refusal>,
    ) -> SetUpPage {
        let guesses = proposal.map(|proposal| {
            let told = proposal.guesses.iter();
            told.map(|guess| (sentence(&guess.what), guess.why.clone()))
                .collect()
        });
        SetUpPage {
            page: Page {
                register_title: self.desk.name.clone(),
                ..frame::bare()
            },
            action: urls::set_up(&self.token),
            asks_people: self.policy.is_none(),
            people: form.rows.iter().enumerate().map(input).collect(),
            policy_text: form.policy.clone(),
            // What the server wrote just now, or what it wrote before and nobody changed.
            written: match proposal.is_some() || !form.is_by_hand() {
                true => digest(&form.policy),
                false => String::new(),
            },
            is_by_hand: refusal.is_some_and(|refusal| refusal.code == "WEB-SETUP-002"),
            was_written: proposal.is_some() && form.act != Act::Check,
            guesses: guesses.unwrap_or_default(),
            faults,
            error: refusal.map(shown),
        }
    }
}

fn input((index, row): (usize, &form::Row)) -> PersonInput {
    PersonInput {
        index,
        name: row.name.clone(),
        address: row.address.clone(),
        roles: ROLES
            .into_iter()
            .map(|role| Ticked {
                role,
                is_on: row.roles.contains(&role),
            })
            .collect(),
    }
}

fn fault(refusal: &Refusal) -> Fault {
    Fault {
        place: place(&refusal.place),
        refused: shown(refusal),
    }
}

/// A browser sends plain line ends for whatever stood in a text.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The policy is the one thing here that took long to write.
fn typed(fields: &Fields) -> Vec<(Message, String)> {
    vec![(verbatim(POLICY_PATH), fields.get("policy").to_owned())]
}

/// Unknown, replaced and finished links are not told apart.
fn spent() -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        Refusal::new(
            "WEB-SETUP-001",
            "this link sets nothing up: the repository is adopted, or the server was started again and printed another",
            "look at what the server printed when it last started",
        ),
    )
    .leading_to(Link {
        label: say("sign-in"),
        href: urls::sign_in(),
    })
}

fn by_hand() -> Refusal {
    Refusal::new(
        "WEB-SETUP-002",
        "the policy was changed by hand, so it was not written anew",
        "name the people in the text yourself, or write it anew and lose your changes",
    )
}

fn not_in_text(person: &Person) -> Refusal {
    Refusal::new(
        "WEB-SETUP-003",
        format!(
            "{} stands above and not in the text of the policy",
            person.name
        ),
        "name them in the text, or empty their row",
    )
}
