//! What is measured, each against a bare primitive.

use std::hint::black_box;

use aws_lc_rs::agreement::{self, ECDH_P256};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, ParsedPublicKey};
use clockwork::{Seed, Stream};
use ctap::Signer;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::Generate as _;

use super::subjects::{Core, Crowd, Framed, GET_KEY_AGREEMENT, get_token};

/// Something that can be done over and over.
pub(super) struct Operation {
    pub(super) name: &'static str,
    /// The name of the row that it is compared with.
    pub(super) baseline: &'static str,
    pub(super) act: Box<dyn FnMut()>,
    /// What has to be done before it can be done again.
    pub(super) tidy: Box<dyn FnMut()>,
}

impl Operation {
    /// Does it once and says how long that took; the tidying up is not counted.
    pub(super) fn sample_ns(&mut self) -> u64 {
        let ((), elapsed) = timed(&mut self.act);
        (self.tidy)();
        u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
    }
}

/// What `work` comes to, and how long it took.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the machine's clock")]
pub(super) fn timed<T>(work: impl FnOnce() -> T) -> (T, std::time::Duration) {
    let start = std::time::Instant::now();
    let done = work();
    (done, start.elapsed())
}

/// Every operation, in the order of the table; `crowd` is how many credentials the crowded authenticator holds.
pub(super) fn operations(crowd: u32) -> Vec<Operation> {
    let ctap = COMMANDS.into_iter().flat_map(|command| [core(command), framed(command)]);
    let lookups = [lookup(LOOKUP, FEW), lookup(LOOKUP_IN_CROWD, crowd)];
    bare().into_iter().chain(ctap).chain(fast()).chain(agreements()).chain([token()]).chain(lookups).collect()
}

/// A CTAP command: its name in the core, its name through framing, its baseline, its bytes.
pub(super) type Command = (&'static str, &'static str, &'static str, &'static [u8]);

pub(super) const COMMANDS: [Command; 3] = [
    ("getInfo", "getInfo, framed", SIGN, &[0x04]),
    ("makeCredential", "makeCredential, framed", KEYGEN_SIGN, MAKE_CREDENTIAL),
    ("getAssertion", "getAssertion, framed", SIGN, include_bytes!("../../../../fixtures/ctap/get-assertion.bin")),
];
/// The request that also makes the credential to sign in with.
const MAKE_CREDENTIAL: &[u8] = include_bytes!("../../../../fixtures/ctap/make-credential.bin");
const KEYGEN: &str = "p256 keygen";
const SIGN: &str = "p256 sign";
const KEYGEN_SIGN: &str = "p256 keygen + sign";
const VERIFY: &str = "p256 verify";
const ECDH: &str = "p256 ECDH";
const FAST_SIGN: &str = "aws-lc-rs sign";
const FAST_VERIFY: &str = "aws-lc-rs verify";
const FAST_ECDH: &str = "aws-lc-rs ECDH";
/// getKeyAgreement and getPinUvAuthTokenUsingUvWithPermissions.
pub(super) const TOKEN: &str = "clientPIN token";
/// A search for a relying party's credentials that finds none, among few held and among many.
pub(super) const LOOKUP: &str = "lookup, few held";
pub(super) const LOOKUP_IN_CROWD: &str = "lookup, crowded";
/// How many "few" are.
const FEW: u32 = 10;
/// What an assertion signs: authenticator data and client data hash.
const MESSAGE: [u8; 69] = [0xCD; 69];

fn core((name, _, baseline, command): Command) -> Operation {
    let subject = shared(Core::new(MAKE_CREDENTIAL));
    let (act, tidy) = (subject.clone(), subject);
    Operation {
        name,
        baseline,
        act: Box::new(move || drop(black_box(act.borrow_mut().call(black_box(command))))),
        tidy: Box::new(move || tidy.borrow_mut().forget_events()),
    }
}

fn framed((_, name, baseline, command): Command) -> Operation {
    let subject = shared(Framed::new(MAKE_CREDENTIAL));
    let (act, tidy) = (subject.clone(), subject);
    Operation {
        name,
        baseline,
        act: Box::new(move || drop(black_box(act.borrow_mut().call(black_box(command))))),
        tidy: Box::new(move || tidy.borrow_mut().forget_events()),
    }
}

/// The second signing backend beside its own bare signature.
fn fast() -> [Operation; 2] {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("the system has randomness");
    let random = SystemRandom::new();
    let subject = shared(Core::with_signer(MAKE_CREDENTIAL, Signer::Fast));
    let (act, tidy) = (subject.clone(), subject);
    let (.., command) = COMMANDS[2];
    [
        primitive(FAST_SIGN, move || {
            let _ = black_box(pair.sign(&random, black_box(&MESSAGE)));
        }),
        Operation {
            name: "getAssertion, fast",
            baseline: FAST_SIGN,
            act: Box::new(move || drop(black_box(act.borrow_mut().call(black_box(command))))),
            tidy: Box::new(move || tidy.borrow_mut().forget_events()),
        },
    ]
}

/// Key agreement by both libraries, on points that are parsed each time as a peer's are.
fn agreements() -> [Operation; 2] {
    let scalar = [0x42; 32];
    let secret = p256::SecretKey::from_slice(&scalar).expect("a scalar of the curve");
    let peer = secret.public_key().to_sec1_bytes();
    let fast = agreement::PrivateKey::from_private_key(&ECDH_P256, &scalar).expect("a scalar of the curve");
    let fast_peer = agreement::UnparsedPublicKey::new(&ECDH_P256, peer.clone());
    [
        primitive(ECDH, move || {
            let peer = p256::PublicKey::from_sec1_bytes(black_box(&peer)).expect("a point");
            drop(black_box(secret.diffie_hellman(&peer)));
        }),
        primitive(FAST_ECDH, move || {
            let agreed = agreement::agree(&fast, black_box(&fast_peer), (), |z| Ok(black_box(z.len())));
            agreed.expect("a point");
        }),
    ]
}

/// A token by built-in verification, protocol two.
fn token() -> Operation {
    let subject = shared(Core::new(MAKE_CREDENTIAL));
    let (act, tidy) = (subject.clone(), subject);
    let request = get_token();
    Operation {
        name: TOKEN,
        baseline: FAST_ECDH,
        act: Box::new(move || {
            drop(black_box(act.borrow_mut().call(GET_KEY_AGREEMENT)));
            drop(black_box(act.borrow_mut().call(black_box(&request))));
        }),
        tidy: Box::new(move || tidy.borrow_mut().forget_events()),
    }
}

/// The search of a getAssertion, without the signature.
fn lookup(name: &'static str, held: u32) -> Operation {
    let subject = shared(Crowd::of(held));
    let (act, tidy) = (subject.clone(), subject);
    Operation {
        name,
        baseline: LOOKUP,
        act: Box::new(move || act.borrow_mut().search()),
        tidy: Box::new(move || tidy.borrow_mut().forget_events()),
    }
}

/// The primitives of the same library; a bare key, a bare message.
fn bare() -> [Operation; 5] {
    let mut rng = rng("p256 keys");
    let key = SigningKey::generate_from_rng(&mut rng);
    let (signer, verifier) = (key.clone(), *key.verifying_key());
    let signature: Signature = key.sign(&MESSAGE);
    let fast = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, verifier.to_sec1_point(false).as_bytes());
    let (fast_verifier, der) = (fast.expect("a point"), signature.to_der());
    [
        primitive(KEYGEN, move || drop(black_box(SigningKey::generate_from_rng(&mut rng)))),
        primitive(SIGN, move || sign(&signer)),
        {
            let mut rng = self::rng("p256 keys and signatures");
            primitive(KEYGEN_SIGN, move || sign(&SigningKey::generate_from_rng(&mut rng)))
        },
        primitive(VERIFY, move || verifier.verify(black_box(&MESSAGE), &signature).expect("the key's own signature")),
        primitive(FAST_VERIFY, move || {
            fast_verifier.verify_sig(black_box(&MESSAGE), der.as_bytes()).expect("the key's own signature");
        }),
    ]
}

fn primitive(name: &'static str, act: impl FnMut() + 'static) -> Operation {
    Operation { name, baseline: name, act: Box::new(act), tidy: Box::new(|| {}) }
}

fn sign(key: &SigningKey) {
    let signature: Signature = key.sign(black_box(&MESSAGE));
    black_box(signature.to_der());
}

fn rng(name: &str) -> Stream {
    Seed::of(&["bench"]).fork(name)
}

/// A subject that both halves of an operation reach.
pub(super) fn shared<T>(subject: T) -> std::rc::Rc<std::cell::RefCell<T>> {
    std::rc::Rc::new(std::cell::RefCell::new(subject))
}
