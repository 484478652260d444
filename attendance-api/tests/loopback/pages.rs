//! Lists: every row once, and an error where the server's tokens lead nowhere.

use std::time::Duration;

use attendance_api::{Client, ErrorClass};

use crate::support::{Act, Server, answer, json};

/// A page with one row, its number.
fn page(number: usize, token: &str, more: bool) -> Act {
    let row = format!(r#"{{"group_id":"{number}","group_name":"name"}}"#);
    Act::Write(json(&format!(
        r#"{{"code":0,"msg":"ok","data":{{"group_list":[{row}],"page_token":"{token}","has_more":{more}}}}}"#
    )))
}

fn client(server: &Server) -> Client {
    Client::builder()
        .base_url(format!("http://{}", server.address))
        .no_proxy()
        .token("t-token")
        .timeout(Duration::from_secs(10))
        .build()
        .expect("the settings are legal")
}

#[tokio::test]
async fn lists_that_never_end_are_an_error() {
    type Script = fn(usize) -> Act;
    let scripts: [(&str, Script, usize); 4] = [
        ("the same token again", |number| page(number, "A", true), 2),
        (
            "tokens in a circle",
            |number| page(number, ["A", "B", "C"][number % 3], true),
            4,
        ),
        ("more without a token", |number| page(number, "", true), 1),
        (
            "a new token each time",
            |number| page(number, &number.to_string(), true),
            5,
        ),
    ];
    for (name, script, sends) in scripts {
        let server = Server::start(script).await;
        let mut pages = client(&server).group().list().pages().max_pages(5);
        let error = loop {
            match pages.next().await {
                Some(Ok(_)) => {}
                Some(Err(error)) => break error,
                None => panic!("{name}: it ended as if all were well"),
            }
        };
        assert_eq!(
            (error.class(), error.operation()),
            (ErrorClass::Pagination, "group.list"),
            "{name}"
        );
        assert!(pages.next().await.is_none(), "{name}");
        assert_eq!(server.seen().await.len(), sends, "{name}");
    }
}

#[tokio::test]
async fn a_page_that_fails_alone_is_read_again() {
    let server = Server::start(|number| match number {
        0 => page(0, "A", true),
        1 => Act::Write(answer("503 Service Unavailable", "text/plain", "later")),
        2 => Act::Reset,
        3 => page(1, "B", true),
        _ => page(2, "", false),
    })
    .await;
    let groups = client(&server)
        .group()
        .list()
        .items()
        .try_collect()
        .await
        .expect("all pages come");
    let ids: Vec<&str> = groups.iter().map(|group| group.group_id.as_str()).collect();
    assert_eq!(ids, ["0", "1", "2"]);
    let seen = server.seen().await;
    assert_eq!(seen.len(), 5);
    assert!(
        seen[1..4]
            .iter()
            .all(|request| request.contains("page_token=A")),
        "{seen:?}"
    );
}
