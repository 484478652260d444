//! Events by callback in an axum server.
//!
//! `FEISHU_ENCRYPT_KEY=.. FEISHU_VERIFICATION_TOKEN=.. cargo run --example axum_receiver --features axum`

use attendance_api::events::{
    AttendanceUserFlowCreatedV1, AttendanceUserTaskUpdatedV1, BoxError, Dispatcher, EventHandler,
    EventMeta,
};
use axum::Router;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let dispatcher = Dispatcher::builder()
        .on_event(
            |punch: AttendanceUserFlowCreatedV1, _: EventMeta| async move {
                println!(
                    "{} punched at {:?}",
                    punch.event.employee_id, punch.event.check_time
                );
                Ok::<_, BoxError>(())
            },
        )
        .on_event(
            |task: AttendanceUserTaskUpdatedV1, _: EventMeta| async move {
                println!(
                    "{} on {:?}: {:?}",
                    task.event.employee_id, task.event.date, task.event.status_changes
                );
                Ok::<_, BoxError>(())
            },
        )
        .build();
    let events = EventHandler::builder(dispatcher)
        .encrypt_key(std::env::var("FEISHU_ENCRYPT_KEY").unwrap_or_default())
        .verification_token(std::env::var("FEISHU_VERIFICATION_TOKEN").unwrap_or_default())
        .build()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 8080)).await?;
    println!("listening on http://{}/events", listener.local_addr()?);
    Ok(axum::serve(listener, Router::new().route("/events", events.into_axum())).await?)
}
