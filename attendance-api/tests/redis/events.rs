//! One memory of events for many workers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use attendance_api::events::{Claim, Dispatcher, EventStore, Outcome, RawEvent, SharedStore};
use tokio::sync::Semaphore;

use super::block_on;
use super::server::Redis;
use super::worker::store;

const EVENTS: usize = 7_000;
const COPIES: usize = 3_000;
const LEASE: Duration = Duration::from_secs(60);

fn document(number: usize) -> String {
    let header = format!(
        r#"{{"event_id":"event-{number}","event_type":"some.event","create_time":"1600000000000","app_id":"cli_a"}}"#
    );
    format!(r#"{{"schema":"2.0","header":{header},"event":{{}}}}"#)
}

/// A worker that counts what its handler sees.
fn dispatcher(
    store: Arc<dyn EventStore>,
    counts: &Arc<Mutex<HashMap<String, usize>>>,
) -> Dispatcher<RawEvent> {
    let counts = Arc::clone(counts);
    Dispatcher::<RawEvent>::builder()
        .queue(20_000)
        .store(store)
        .otherwise(move |delivery| {
            let mut counts = counts.lock().expect("nothing panics while it is held");
            *counts.entry(delivery.meta.event_id).or_default() += 1;
            async { Ok::<_, std::convert::Infallible>(()) }
        })
        .build()
}

/// Every event to one worker, and copies of some to others, side by side and in another order.
pub(crate) fn once() {
    let redis = Redis::start();
    let shared: Arc<dyn EventStore> = Arc::new(SharedStore::new(Arc::new(store(&redis.url()))));
    let stores: [[Arc<dyn EventStore>; 3]; 2] = [
        std::array::from_fn(|_| Arc::new(store(&redis.url())) as Arc<dyn EventStore>),
        // The memory over the locks of any token store, with ids of its own.
        [
            shared,
            Arc::new(SharedStore::new(Arc::new(store(&redis.url())))),
            Arc::new(SharedStore::new(Arc::new(store(&redis.url())))),
        ],
    ];
    for stores in stores {
        block_on(deliver(stores));
        redis.ask(&["FLUSHALL"]);
    }
}

async fn deliver(stores: [Arc<dyn EventStore>; 3]) {
    let counts: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
    let workers = stores.map(|store| dispatcher(store, &counts));
    let at_once = Arc::new(Semaphore::new(200));
    let order = (0..EVENTS + COPIES).map(|index| index * 7_919 % (EVENTS + COPIES));
    let mut deliveries = Vec::new();
    for (index, number) in order.enumerate() {
        let worker = workers[index % 3].clone();
        let permit = Arc::clone(&at_once)
            .acquire_owned()
            .await
            .expect("it is never closed");
        deliveries.push(tokio::spawn(async move {
            let outcome = worker
                .dispatch(document(number % EVENTS))
                .await
                .expect("it is an event");
            drop(permit);
            outcome
        }));
    }
    let mut handled = 0;
    for delivery in deliveries {
        match delivery.await.expect("a delivery does not panic") {
            Outcome::Handled => handled += 1,
            Outcome::Duplicate | Outcome::Busy => {}
            other => panic!("{other:?}"),
        }
    }
    let counts = counts.lock().expect("nothing panics while it is held");
    assert_eq!((handled >= EVENTS, counts.len()), (true, EVENTS));
    assert!(counts.values().all(|count| *count == 1));
}

pub(crate) fn again() {
    let redis = Redis::start();
    block_on(async {
        let (one, other) = (store(&redis.url()), store(&redis.url()));
        let claim = async |store: &dyn EventStore, id: &str, lease| {
            store
                .claim(id, &document(1), lease)
                .await
                .expect("Redis works")
        };
        // What failed is not remembered.
        assert_eq!(claim(&one, "1", LEASE).await, Claim::New);
        assert_eq!(claim(&other, "1", LEASE).await, Claim::Busy);
        other.release("1").await.expect("Redis works");
        assert_eq!(
            claim(&other, "1", LEASE).await,
            Claim::Busy,
            "another's claim stays"
        );
        one.release("1").await.expect("Redis works");
        assert_eq!(claim(&other, "1", LEASE).await, Claim::New);
        other.complete("1").await.expect("Redis works");
        assert_eq!(claim(&one, "1", LEASE).await, Claim::Done);
        let life: u64 = life(&redis, "attendance-api:cli_a:event:1");
        assert!((8 * 3_600..9 * 3_600).contains(&life), "{life}");
        // A worker that died between accepting and handling: its document is there, once its claim has run out.
        assert_eq!(
            claim(&one, "event-1", Duration::from_millis(300)).await,
            Claim::New
        );
        assert!(other.pending().await.expect("Redis works").is_empty());
        drop(one);
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(other.pending().await.expect("Redis works"), [document(1)]);
        let counts = Arc::default();
        let worker = dispatcher(Arc::new(other.clone()), &counts);
        assert_eq!(worker.recover().await.expect("Redis works"), 1);
        assert_eq!(
            counts
                .lock()
                .expect("nothing panics while it is held")
                .get("event-1"),
            Some(&1)
        );
        assert!(other.pending().await.expect("Redis works").is_empty());
    });
}

fn life(redis: &Redis, key: &str) -> u64 {
    let answer = redis.ask(&["TTL", key]).expect("Redis works");
    answer
        .trim_start_matches(':')
        .trim()
        .parse()
        .expect("it is a number")
}
