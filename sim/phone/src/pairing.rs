//! Pairing with HYPR (guide: "Pairing with HYPR on a Domain-joined Workstation"): scan, authenticate, paired.

use clockwork::{ExchangeId, Gesture, Screen};
use http::StatusCode;
use jiff::Timestamp;

use crate::account::{Account, AccountId, Domain, ENTRA, Integration, Machine, Phase, Refusal, Server, Standing};
use crate::control_center::{self, Completed, Failure, Qr, Scanned};
use crate::phone::{Call, Phone};
use crate::screens::{App, Attempt, Notice, View};
use crate::{Event, Platform, Recognition, words};

/// How far a pairing is.
pub(crate) enum Step {
    /// Waits for Control Center.
    Waiting(ExchangeId),
    /// Waits for the HYPR biometric.
    Authenticating(Box<Authentication>),
    /// Done; the user reads it.
    Paired(AccountId),
}

/// What the HYPR biometric is asked for.
pub(crate) struct Authentication {
    qr: Qr,
    scanned: Scanned,
    attempt: Attempt,
}

impl Phone {
    /// The camera saw a QR code.
    pub(crate) fn scan(&mut self, text: &str) {
        match Qr::parse(text) {
            Some(qr) => self.begin_pairing(qr),
            None => self.pairing_failed(Notice::new(words::PAIRING_FAILED, words::NOT_A_HYPR_CODE)),
        }
    }

    /// The user typed what the computer shows instead of a QR code.
    pub(crate) fn enter_code(&mut self, app_name: &str, pin: &str) {
        let Some(server) = Server::named(app_name) else {
            return self.pairing_failed(Notice::new(words::PAIRING_FAILED, words::NOT_AN_APP_NAME));
        };
        let code = pin.trim().to_ascii_uppercase();
        if code.is_empty() || code.len() > ACTIVATION_CODE_BYTES_MAX {
            return self.pairing_failed(Notice::new(words::PAIRING_FAILED, words::UNKNOWN_CODE));
        }
        let exchange = self.send(Call::PendingQr, control_center::pending_qr(&server, &code));
        self.show(View::Pairing(Step::Waiting(exchange)));
    }

    /// The sensor saw something while the HYPR biometric is asked for.
    pub(crate) fn present_hypr_biometric(&mut self, gesture: Gesture) {
        let App::Open(View::Pairing(Step::Authenticating(asked))) = &mut self.app else { return };
        match gesture {
            Gesture::Right => {
                let qr = asked.qr.clone();
                self.events.push_back(Event::HyprBiometric(Recognition::Recognised));
                let request = control_center::complete(&qr, &self.config, self.enrolments.get(&qr.server));
                let exchange = self.send(Call::Complete(qr), request);
                self.show(View::Pairing(Step::Waiting(exchange)));
            }
            Gesture::Wrong => {
                asked.attempt = Attempt::Repeated;
                self.events.push_back(Event::HyprBiometric(Recognition::NotRecognised));
            }
            Gesture::Cancel => {
                self.events.push_back(Event::HyprBiometric(Recognition::Cancelled));
                self.cancel_pairing();
            }
        }
    }

    /// The user does not want to go on; nothing is recorded.
    pub(crate) fn cancel_pairing(&mut self) {
        self.events.push_back(Event::PairingFailed { reason: words::PAIRING_CANCELLED.into() });
        self.show(View::home_with(words::PAIRING_CANCELLED));
    }

    /// "Done" under "Paired": the warning follows when the integration is disabled.
    pub(crate) fn finish_pairing(&mut self, id: &AccountId) {
        let disabled = self.accounts.get(id).is_some_and(|it| it.refusal() == Some(Refusal::IntegrationDisabled));
        self.show(if disabled { View::Notice(Notice::disabled()) } else { View::home() });
    }

    pub(crate) fn handle_pending_qr(&mut self, exchange: ExchangeId, answer: Result<Qr, Failure>) {
        if !self.waits_for(exchange) {
            return;
        }
        match answer {
            Ok(qr) => self.begin_pairing(qr),
            Err(failure) => {
                self.call_failed("pending QR code", &failure);
                self.pairing_failed(match failure {
                    Failure::Refused { .. } => Notice::new(words::PAIRING_FAILED, words::UNKNOWN_CODE),
                    Failure::Unreachable(_) | Failure::Faulty(_) => Notice::unreachable(),
                });
            }
        }
    }

    pub(crate) fn handle_scanned(&mut self, exchange: ExchangeId, qr: Qr, answer: Result<Scanned, Failure>) {
        if !self.waits_for(exchange) {
            return;
        }
        match answer {
            Ok(scanned) if scanned.domain() == Domain::NotAccepted => {
                self.pairing_failed(Notice::domain(&scanned.username));
            }
            Ok(scanned) => {
                let asked = Authentication { qr, scanned, attempt: Attempt::First };
                self.show(View::Pairing(Step::Authenticating(Box::new(asked))));
            }
            Err(failure) => {
                self.call_failed("scan", &failure);
                self.pairing_failed(refusal_notice(&qr, &failure));
            }
        }
    }

    /// Control Center has recorded the pairing, so the phone does, even if its user has gone elsewhere meanwhile.
    pub(crate) fn handle_completed(
        &mut self,
        now: Timestamp,
        exchange: ExchangeId,
        qr: &Qr,
        answer: Result<Completed, Failure>,
    ) {
        let waits = self.waits_for(exchange);
        match answer {
            Ok(completed) => {
                let id = self.record(now, &qr.server, completed);
                if waits {
                    self.show(View::Pairing(Step::Paired(id)));
                }
                self.fetch_status(&qr.server);
            }
            Err(failure) => {
                self.call_failed("complete pairing", &failure);
                if waits {
                    self.pairing_failed(refusal_notice(qr, &failure));
                }
            }
        }
    }

    fn begin_pairing(&mut self, qr: Qr) {
        self.events.push_back(Event::CodeRead { username: qr.username.clone(), machine: qr.machine_name.clone() });
        let request = control_center::scan(&qr);
        let exchange = self.send(Call::Scan(qr), request);
        self.show(View::Pairing(Step::Waiting(exchange)));
    }

    /// Writes the account down, or adds the workstation to one that is known.
    fn record(&mut self, now: Timestamp, server: &Server, completed: Completed) -> AccountId {
        let body = completed.body;
        let id =
            AccountId { server: server.clone(), rp_app_id: body.account.rp_app_id, username: body.account.username };
        self.enrolments.insert(server.clone(), completed.enrolment);
        let machine = Machine {
            id: body.workstation.machine_id,
            name: body.workstation.machine_name,
            join: body.workstation.join_type,
        };
        self.events.push_back(Event::Paired {
            account: id.clone(),
            machine: machine.name.clone(),
            integration: body.integration,
        });
        let account = self.accounts.entry(id.clone()).or_insert_with(|| new_account(now, id.clone()));
        account.display_name = body.account.display_name.unwrap_or_else(|| id.username.clone());
        account.object_id = body.account.object_id;
        account.integration = body.integration;
        account.standing = Standing::Paired;
        account.machines.retain(|known| known.id != machine.id);
        account.machines.push(machine);
        id
    }

    fn pairing_failed(&mut self, notice: Notice) {
        self.events.push_back(Event::PairingFailed { reason: notice.text.clone() });
        self.show(View::Notice(notice));
    }

    fn waits_for(&self, exchange: ExchangeId) -> bool {
        matches!(self.app.view(), Some(View::Pairing(Step::Waiting(id))) if *id == exchange)
    }
}

impl Step {
    pub(crate) fn screen(&self, platform: Platform) -> Screen {
        match self {
            Self::Waiting(_) => Screen::new(words::PLEASE_WAIT, &[words::ASKING_HYPR], &[words::CANCEL]),
            Self::Authenticating(asked) => {
                let purpose = format!("pair with {} as {}", asked.scanned.rp_app_id, asked.scanned.username);
                let computer = format!("Computer: {}", asked.qr.machine_name);
                let texts = [&words::use_sensor(platform, &purpose), &computer];
                let mut screen = Screen::new(words::AUTHENTICATE, &texts.map(String::as_str), &[words::CANCEL]);
                asked.attempt.explain(platform, &mut screen);
                screen
            }
            Self::Paired(id) => {
                let paired = format!("This phone is paired with HYPR for {}.", id.username);
                Screen::new(words::PAIRED, &[&paired, words::NEXT_IN_AZURE], &[words::DONE])
            }
        }
    }
}

/// HYPR's activation codes have 6 characters; longer input is not worth a question.
const ACTIVATION_CODE_BYTES_MAX: usize = 64;

/// The words for a pairing that Control Center refused.
fn refusal_notice(qr: &Qr, failure: &Failure) -> Notice {
    let Failure::Refused { status, code, text } = failure else { return Notice::unreachable() };
    match (*status, code.as_str()) {
        (_, "LAB_DOMAIN_NOT_ACCEPTED") => Notice::domain(&qr.username),
        (StatusCode::GONE, _) => Notice::new(words::PAIRING_FAILED, words::EXPIRED),
        (StatusCode::CONFLICT, _) => Notice::new(words::PAIRING_FAILED, words::USED),
        (StatusCode::NOT_FOUND, _) => Notice::new(words::PAIRING_FAILED, words::UNKNOWN_SESSION),
        _ => Notice::new(words::PAIRING_FAILED, text),
    }
}

fn new_account(now: Timestamp, id: AccountId) -> Account {
    Account {
        id,
        display_name: String::new(),
        object_id: None,
        relying_party: ENTRA.to_owned(),
        label: None,
        paired_at: now,
        integration: Integration::Disabled,
        domain: Domain::Accepted,
        phase: Phase::PairedWithHypr,
        standing: Standing::Paired,
        machines: Vec::new(),
        activity: Vec::new(),
        confirmation: None,
    }
}
