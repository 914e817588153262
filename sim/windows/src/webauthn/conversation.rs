//! The talk with one key for one ceremony: getInfo, token, silent look, command; each state waits for one response.

use clockwork::Stream;
use wire::Status;
use wire::webauthn::{Assertion, CredentialDescriptor};

use super::failure::{Failure, Shortcoming};
use super::get_assertion::Found;
use super::get_info::Info;
use super::job::Job;
use super::pin_uv_auth::{Protocol, SharedSecret, Token};
use super::plan::{Plan, Verification};
use super::{CredentialJson, Operation, client_pin, get_assertion, get_info, make_credential};

/// Accounts that a person is offered at most, whatever count a key claims (convention of the lab).
const ACCOUNTS_MAX: usize = 64;

/// What a response leads to.
#[derive(Debug)]
pub(crate) enum Next {
    /// Another command.
    Send(Vec<u8>),
    /// The ceremony's end.
    Finish(Box<CredentialJson>),
    /// Several accounts: the person chooses.
    Choose(Vec<Account>),
    /// This key is of no use.
    Fail(Failure),
}

/// An account of the key, with the assertion for it.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) label: String,
    pub(crate) assertion: Assertion,
}

/// The talk; it begins with getInfo.
pub(crate) struct Conversation(State);

enum State {
    Info,
    KeyAgreement { plan: Plan, protocol: Protocol },
    Token(TokenWanted),
    Preflight { plan: Plan, token: Option<Token>, batch: Vec<CredentialDescriptor> },
    Credential { plan: Plan },
    Assertion { allow: Vec<CredentialDescriptor> },
    NextAssertion { accounts: Vec<Account>, count: usize },
    Over,
}

struct TokenWanted {
    plan: Plan,
    secret: SharedSecret,
    request: Vec<u8>,
    attempts_left: u64,
}

/// The next state, and the command to send for it.
type Step = Result<(State, Next), Failure>;

impl Conversation {
    /// The talk and its first command.
    pub(crate) fn begin() -> (Self, Vec<u8>) {
        (Self(State::Info), vec![get_info::COMMAND])
    }

    /// Takes the response to the last command: a status byte, then CBOR.
    pub(crate) fn handle_response(&mut self, job: &Job, rng: &mut Stream, response: &[u8]) -> Next {
        let Some((&status, body)) = response.split_first() else {
            return Next::Fail(Failure::Unreadable("a command"));
        };
        let status = Status(status);
        let step = match std::mem::replace(&mut self.0, State::Over) {
            State::Preflight { plan, token, batch } => handle_preflight(job, plan, token, batch, status),
            State::Token(wanted) if status == Status::UV_INVALID && wanted.attempts_left > 0 => Ok(ask_again(wanted)),
            _ if status != Status::OK => Err(Failure::Status(status)),
            State::Info => handle_info(job, body),
            State::KeyAgreement { plan, protocol } => handle_key_agreement(job, rng, plan, protocol, body),
            State::Token(wanted) => handle_token(job, wanted, body),
            State::Credential { plan } => handle_credential(job, &plan, body),
            State::Assertion { allow } => handle_assertion(job, &allow, body),
            State::NextAssertion { accounts, count } => handle_next(job, accounts, count, body),
            State::Over => Err(Failure::Unreadable("no command")),
        };
        match step {
            Ok((state, next)) => {
                self.0 = state;
                next
            }
            Err(failure) => Next::Fail(failure),
        }
    }
}

fn handle_info(job: &Job, body: &[u8]) -> Step {
    let info = Info::parse(body).ok_or(Failure::Unreadable("getInfo"))?;
    if !info.speaks_ctap2() {
        return Err(Failure::Unsuitable(Shortcoming::Ctap2));
    }
    let plan = match &job.operation {
        Operation::Create(options) => Plan::create(info, options)?,
        Operation::Get(options) => Plan::get(info, options)?,
    };
    match plan.verification {
        Verification::Token(protocol) => {
            Ok((State::KeyAgreement { plan, protocol }, Next::Send(client_pin::key_agreement(protocol))))
        }
        Verification::InCommand | Verification::None => look_or_ask(job, plan, None),
    }
}

fn handle_key_agreement(job: &Job, rng: &mut Stream, plan: Plan, protocol: Protocol, body: &[u8]) -> Step {
    let secret = client_pin::read_key_agreement(body)
        .and_then(|point| SharedSecret::agree(protocol, rng, point))
        .ok_or(Failure::Unreadable("getKeyAgreement"))?;
    let permissions = match &job.operation {
        // The silent look over a long exclude list is an assertion (§6.1.1).
        Operation::Create(_) if plan.needs_preflight() => client_pin::MAKE_CREDENTIAL | client_pin::GET_ASSERTION,
        Operation::Create(_) => client_pin::MAKE_CREDENTIAL,
        Operation::Get(_) => client_pin::GET_ASSERTION,
    };
    let request = client_pin::token_using_uv(&secret, protocol, permissions, &job.rp_id);
    // preferredPlatformUvAttempts (§6.4): a key that names none retries by itself.
    let attempts = plan.info.platform_uv_attempts.unwrap_or(1);
    Ok(ask_again(TokenWanted { plan, secret, request, attempts_left: attempts.max(1) }))
}

fn ask_again(wanted: TokenWanted) -> (State, Next) {
    let next = Next::Send(wanted.request.clone());
    (State::Token(TokenWanted { attempts_left: wanted.attempts_left - 1, ..wanted }), next)
}

fn handle_token(job: &Job, wanted: TokenWanted, body: &[u8]) -> Step {
    let token = client_pin::read_token(body)
        .and_then(|sealed| wanted.secret.open_token(sealed))
        .ok_or(Failure::Unreadable("getPinUvAuthTokenUsingUvWithPermissions"))?;
    look_or_ask(job, wanted.plan, Some(token))
}

/// A list that fits into one command goes there; a longer one is looked through silently, piece by piece.
fn look_or_ask(job: &Job, mut plan: Plan, token: Option<Token>) -> Step {
    let needs_preflight = plan.needs_preflight();
    match plan.batches.pop_front() {
        Some(batch) if needs_preflight => look(job, plan, token, batch),
        batch => ask(job, plan, token.as_ref(), batch.unwrap_or_default()),
    }
}

fn look(job: &Job, plan: Plan, token: Option<Token>, batch: Vec<CredentialDescriptor>) -> Step {
    let auth = token.as_ref().map(|token| token.authenticate(&get_assertion::PREFLIGHT_HASH));
    let command = get_assertion::encode_preflight(job, &batch, auth.as_ref());
    let next = send(&plan, command)?;
    Ok((State::Preflight { plan, token, batch }, next))
}

fn handle_preflight(
    job: &Job,
    mut plan: Plan,
    token: Option<Token>,
    batch: Vec<CredentialDescriptor>,
    status: Status,
) -> Step {
    match (status, plan.batches.pop_front()) {
        (Status::OK, _) => ask(job, plan, token.as_ref(), batch),
        (Status::NO_CREDENTIALS, Some(batch)) => look(job, plan, token, batch),
        (Status::NO_CREDENTIALS, None) => match &job.operation {
            Operation::Create(_) => ask(job, plan, token.as_ref(), Vec::new()),
            Operation::Get(_) => Err(Failure::Status(status)),
        },
        (status, _) => Err(Failure::Status(status)),
    }
}

/// The command that the ceremony is about.
fn ask(job: &Job, plan: Plan, token: Option<&Token>, list: Vec<CredentialDescriptor>) -> Step {
    let auth = token.map(|token| token.authenticate(&job.client_data_hash));
    match &job.operation {
        Operation::Create(options) => {
            let next = send(&plan, make_credential::encode(job, options, &plan, &list, auth.as_ref()))?;
            Ok((State::Credential { plan }, next))
        }
        Operation::Get(_) => {
            let next = send(&plan, get_assertion::encode(job, &plan, &list, auth.as_ref()))?;
            Ok((State::Assertion { allow: list }, next))
        }
    }
}

fn send(plan: &Plan, command: Vec<u8>) -> Result<Next, Failure> {
    if command.len() > plan.info.message_bytes_max() {
        return Err(Failure::Unsuitable(Shortcoming::MessageSize));
    }
    Ok(Next::Send(command))
}

fn handle_credential(job: &Job, plan: &Plan, body: &[u8]) -> Step {
    let Operation::Create(options) = &job.operation else { return Err(Failure::Unreadable("makeCredential")) };
    let made = make_credential::read(job, options, plan, body).ok_or(Failure::Unreadable("makeCredential"))?;
    Ok((State::Over, Next::Finish(Box::new(CredentialJson::Registration(made)))))
}

fn handle_assertion(job: &Job, allow: &[CredentialDescriptor], body: &[u8]) -> Step {
    let found = Found::parse(body).ok_or(Failure::Unreadable("getAssertion"))?;
    let count = found.count.and_then(|count| usize::try_from(count).ok()).unwrap_or(1).min(ACCOUNTS_MAX);
    let account = account(job, found, allow)?;
    if allow.is_empty() && count > 1 {
        return Ok(next_assertion(vec![account], count));
    }
    Ok((State::Over, Next::Finish(Box::new(CredentialJson::Assertion(account.assertion)))))
}

fn handle_next(job: &Job, mut accounts: Vec<Account>, count: usize, body: &[u8]) -> Step {
    let found = Found::parse(body).ok_or(Failure::Unreadable("getNextAssertion"))?;
    accounts.push(account(job, found, &[])?);
    if accounts.len() < count {
        return Ok(next_assertion(accounts, count));
    }
    Ok((State::Over, Next::Choose(accounts)))
}

fn next_assertion(accounts: Vec<Account>, count: usize) -> (State, Next) {
    (State::NextAssertion { accounts, count }, Next::Send(vec![get_assertion::NEXT_COMMAND]))
}

fn account(job: &Job, found: Found, allow: &[CredentialDescriptor]) -> Result<Account, Failure> {
    let label = found.label();
    let assertion = found.assertion(job, allow).ok_or(Failure::Unreadable("getAssertion"))?;
    Ok(Account { label, assertion })
}
