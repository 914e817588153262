//! authenticatorMakeCredential (CTAP 2.3 §6.1), as a client writes and reads it.

use minicbor::Decoder;
use wire::attestation::AttestationObject;
use wire::auth_data::AuthData;
use wire::webauthn::{AttestationResponse, CreationOptions, CredentialDescriptor, PUBLIC_KEY, Registration};
use wire::{Base64Url, cbor};

use super::cbor_writer::Writer;
use super::job::Job;
use super::pin_uv_auth::PinUvAuth;
use super::plan::{Plan, Verification};

/// The command byte.
pub(crate) const COMMAND: u8 = 0x01;
/// What a page gets that gives no list of algorithms (WebAuthn Level 3 §5.1.3 step 10): ES256 and RS256.
const DEFAULT_ALGORITHMS: [i64; 2] = [-7, -257];

/// The command.
pub(crate) fn encode(
    job: &Job,
    options: &CreationOptions,
    plan: &Plan,
    exclude: &[CredentialDescriptor],
    auth: Option<&PinUvAuth>,
) -> Vec<u8> {
    let has_extensions = plan.cred_protect.is_some() || plan.hmac_secret;
    let in_command = plan.verification == Verification::InCommand;
    let has_options = plan.resident_key || in_command;
    let optional = [!exclude.is_empty(), has_extensions, has_options].into_iter().filter(|&present| present).count();
    let mut writer = Writer::command(COMMAND);
    writer.map(4 + optional + if auth.is_some() { 2 } else { 0 });
    writer.int(0x01).bytes(&job.client_data_hash);
    writer.int(0x02).map(2).text("id").text(&job.rp_id).text("name").text(&options.rp.name);
    let user = &options.user;
    writer.int(0x03).map(3).text("id").bytes(&user.id.0).text("name").text(&user.name);
    writer.text("displayName").text(&user.display_name);
    write_algorithms(&mut writer, options);
    if !exclude.is_empty() {
        writer.int(0x05);
        write_descriptors(&mut writer, exclude);
    }
    if has_extensions {
        write_extensions(&mut writer, plan);
    }
    if has_options {
        writer.int(0x07).map(usize::from(plan.resident_key) + usize::from(in_command));
        if plan.resident_key {
            writer.text("rk").flag(true);
        }
        if in_command {
            writer.text("uv").flag(true);
        }
    }
    if let Some(auth) = auth {
        writer.int(0x08).bytes(&auth.param).int(0x09).int(auth.protocol.number());
    }
    writer.finish()
}

/// The registration for the page, from the CBOR behind the status byte.
pub(crate) fn read(job: &Job, options: &CreationOptions, plan: &Plan, bytes: &[u8]) -> Option<Registration> {
    cbor::check_canonical(bytes).ok()?;
    let made = members(bytes)?;
    let auth_data = AuthData::parse(made.auth_data).ok()?;
    let id = Base64Url::from(auth_data.credential.as_ref()?.id);
    Some(Registration {
        id: id.clone(),
        raw_id: id,
        kind: PUBLIC_KEY.into(),
        authenticator_attachment: Some("cross-platform".into()),
        response: AttestationResponse {
            client_data_json: job.client_data.clone().into(),
            attestation_object: convey(made, &options.attestation).to_cbor().into(),
            transports: plan.info.transports(),
        },
        client_extension_results: extension_results(options, plan, &auth_data),
    })
}

/// An array of credential descriptors, `id` before `type`.
pub(crate) fn write_descriptors(writer: &mut Writer, list: &[CredentialDescriptor]) {
    writer.array(list.len());
    for entry in list {
        writer.map(2).text("id").bytes(&entry.id.0).text("type").text(PUBLIC_KEY);
    }
}

fn write_algorithms(writer: &mut Writer, options: &CreationOptions) {
    let asked = options.pub_key_cred_params.iter().filter(|entry| entry.kind == PUBLIC_KEY).map(|entry| entry.alg);
    let mut algorithms: Vec<i64> = asked.collect();
    if algorithms.is_empty() {
        algorithms.extend(DEFAULT_ALGORITHMS);
    }
    writer.int(0x04).array(algorithms.len());
    for algorithm in algorithms {
        writer.map(2).text("alg").int(algorithm).text("type").text(PUBLIC_KEY);
    }
}

fn write_extensions(writer: &mut Writer, plan: &Plan) {
    writer.int(0x06).map(usize::from(plan.cred_protect.is_some()) + usize::from(plan.hmac_secret));
    if let Some(level) = plan.cred_protect {
        writer.text("credProtect").int(level);
    }
    if plan.hmac_secret {
        writer.text("hmac-secret").flag(true);
    }
}

fn members(bytes: &[u8]) -> Option<AttestationObject<'_>> {
    let mut decoder = Decoder::new(bytes);
    let (mut format, mut auth_data, mut statement) = (None, None, None);
    for _ in 0..decoder.map().ok()?? {
        match decoder.u64().ok()? {
            0x01 => format = Some(decoder.str().ok()?),
            0x02 => auth_data = Some(decoder.bytes().ok()?),
            0x03 => {
                let start = decoder.position();
                decoder.skip().ok()?;
                statement = bytes.get(start..decoder.position());
            }
            _ => decoder.skip().ok()?,
        }
    }
    Some(AttestationObject { format: format?, statement: statement?, auth_data: auth_data? })
}

/// A page that asks for no attestation gets none (WebAuthn Level 3 §5.1.3 step 24).
fn convey<'a>(made: AttestationObject<'a>, conveyance: &str) -> AttestationObject<'a> {
    match conveyance {
        "direct" | "indirect" | "enterprise" => made,
        _ => AttestationObject { format: "none", statement: &[0xA0], ..made },
    }
}

fn extension_results(
    options: &CreationOptions,
    plan: &Plan,
    auth_data: &AuthData<'_>,
) -> serde_json::Map<String, serde_json::Value> {
    let mut results = serde_json::Map::new();
    if plan.hmac_secret {
        let made = auth_data.extensions.and_then(hmac_secret_output).unwrap_or(false);
        results.insert("hmacCreateSecret".into(), made.into());
    }
    if options.extensions.get("credProps") == Some(&serde_json::Value::Bool(true)) {
        results.insert("credProps".into(), serde_json::json!({ "rk": plan.resident_key }));
    }
    results
}

fn hmac_secret_output(extensions: &[u8]) -> Option<bool> {
    let mut decoder = Decoder::new(extensions);
    for _ in 0..decoder.map().ok()?? {
        if decoder.str().ok()? == "hmac-secret" {
            return decoder.bool().ok();
        }
        decoder.skip().ok()?;
    }
    None
}
