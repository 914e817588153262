//! A Graph that nobody here wrote, over a real socket: it answers 429, then 503, then 200.

mod common;

use bytes::Bytes;
use clockwork::Reply;
use common::*;
use control_center::{Conclusion, TenantFlag, Toggle};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use jiff::SignedDuration;
use serde_json::json;
use tokio::net::TcpStream;
use wiremock::matchers::{body_partial_json, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Sends a request of the core to `server` instead of the host that it names.
async fn send(server: &MockServer, request: Request<Bytes>) -> Reply {
    let stream = TcpStream::connect(server.address()).await.expect("the server listens");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let host = request.uri().host().expect("the core names a host").to_owned();
    let (mut parts, body) = request.into_parts();
    parts.uri = parts.uri.path_and_query().expect("the core names a path").as_str().parse::<Uri>().unwrap();
    parts.headers.insert("host", host.parse().unwrap());
    let response = sender.send_request(Request::from_parts(parts, Full::new(body))).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    drop(sender);
    connection.await.unwrap().unwrap();
    Ok(Response::from_parts(parts, body))
}

async fn mount(server: &MockServer) {
    let token = json!({"token_type":"Bearer","scope":"Directory.AccessAsUser.All UserAuthenticationMethod.ReadWrite.All","expires_in":3599,"access_token":"token-1"});
    let token = ResponseTemplate::new(200).set_body_json(token);
    let token_path = path("/99999999-8888-4777-8666-555555555555/oauth2/v2.0/token");
    Mock::given(method("POST")).and(token_path).respond_with(token).expect(1).mount(server).await;
    let roles = || Mock::given(method("GET")).and(path("/v1.0/me/memberOf"));
    let throttled = ResponseTemplate::new(429)
        .insert_header("Retry-After", "9")
        .set_body_json(graph_error("TooManyRequests", "Too many requests"));
    roles().respond_with(throttled).up_to_n_times(1).mount(server).await;
    let away = ResponseTemplate::new(503).set_body_json(graph_error("serviceNotAvailable", "Service unavailable"));
    roles().respond_with(away).up_to_n_times(1).mount(server).await;
    let held = |id: &str| json!({"@odata.type":"#microsoft.graph.directoryRole","id":id,"roleTemplateId":id});
    let held =
        json!({"value":[held("9360feb5-f418-4baa-8175-e2a00bac4301"), held("7be44c8a-adaf-4e2a-84d6-ab2649e08a13")]});
    roles().respond_with(ResponseTemplate::new(200).set_body_json(held)).mount(server).await;
    for (number, name) in GROUPS.into_iter().enumerate() {
        let found = ResponseTemplate::new(200).set_body_json(json!({"value":[{"id":format!("group-{number}")}]}));
        let filter = query_param("$filter", format!("displayName eq '{name}'"));
        Mock::given(method("GET")).and(path("/v1.0/groups")).and(filter).respond_with(found).mount(server).await;
    }
}

#[tokio::test]
async fn an_integration_is_added_although_graph_is_busy_at_first() {
    let server = MockServer::start().await;
    mount(&server).await;
    let (mut cc, mut now) = (control_center(), start());
    let id = cc.begin_add_integration(now, draft()).unwrap();
    let mut rests = Vec::new();
    let conclusion = loop {
        while let Some((exchange, request)) = cc.poll_request() {
            let reply = send(&server, request).await;
            cc.handle_response(now, exchange, reply);
        }
        if let Some(conclusion) = cc.take_conclusion(id) {
            break conclusion;
        }
        let deadline = cc.poll_timeout().expect("it rests");
        rests.push(deadline.duration_since(now));
        now = deadline;
        cc.handle_timeout(now);
    };
    assert_eq!(conclusion, Conclusion::Done);
    // 9 s as Graph asked; 2 s of its own after the second answer, which named none.
    assert_eq!(rests, [SignedDuration::from_secs(9), SignedDuration::from_secs(2)]);
    assert_eq!(cc.integration(APP).unwrap().groups.values().collect::<Vec<_>>(), ["group-0", "group-1", "group-2"]);
}

#[tokio::test]
async fn a_receiver_of_events_that_is_away_at_first_gets_each_event_once() {
    let server = MockServer::start().await;
    let events = || Mock::given(method("POST")).and(path("/events"));
    events().respond_with(ResponseTemplate::new(503)).up_to_n_times(2).mount(&server).await;
    let wanted = body_partial_json(json!({"eventName": "LAB_EVENT_HOOK", "isSuccessful": true}));
    events().and(wanted).respond_with(ResponseTemplate::new(204)).expect(1).mount(&server).await;
    let (mut cc, mut now) = (control_center(), start());
    cc.set_tenant_flag(now, TenantFlag::EnableCustomEventMgmt, Toggle::On);
    let hook = json!({"name":"SIEM","eventType":"ALL","invocationEndpoint":"http://siem.example/events","httpMethod":"POST","authType":"NONE"});
    cc.add_hook(now, &hook.to_string()).unwrap();
    let mut rests = Vec::new();
    loop {
        while let Some((exchange, request)) = cc.poll_request() {
            let reply = send(&server, request).await;
            cc.handle_response(now, exchange, reply);
        }
        let Some(deadline) = cc.poll_timeout() else { break };
        rests.push(deadline.duration_since(now).as_secs());
        now = deadline;
        cc.handle_timeout(now);
    }
    assert_eq!(rests, [1, 2]);
}
