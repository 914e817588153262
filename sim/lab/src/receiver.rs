//! A receiver of event hooks on the lab's network: it keeps what it is sent, and can be told to be away by a fault.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::Value;

/// The host that it answers for.
pub const HOST: &str = "siem.highlandsbank.example";

/// What has been received, oldest first.
#[derive(Clone, Default)]
pub(crate) struct Receiver(Arc<Mutex<Vec<Value>>>);

impl Receiver {
    /// The service on the network.
    pub(crate) fn router(&self) -> Router {
        async fn receive(State(receiver): State<Receiver>, body: axum::Json<Value>) {
            receiver.0.lock().expect("nothing panics while it holds the list").push(body.0);
        }
        Router::new().route("/events", post(receive)).with_state(self.clone())
    }

    /// The names of the events that came, oldest first.
    pub(crate) fn event_names(&self) -> Vec<String> {
        let events = self.0.lock().expect("nothing panics while it holds the list");
        events.iter().map(|event| event["eventName"].as_str().unwrap_or_default().to_owned()).collect()
    }
}
