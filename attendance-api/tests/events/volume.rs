//! Many deliveries, copied and shuffled, with handlers that fail now and then: each event succeeds exactly once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use attendance_api::events::{BoxError, Delivery, Dispatcher};
use futures_util::{StreamExt, stream};

use crate::support::{FLOW, Parts, Random, TestEvent, document, handler};

const EVENTS: usize = 77_000;

/// How often the handler of an event was called, and how often it succeeded.
type Tally = HashMap<String, (u32, u32)>;

/// Fails the first call of every tenth event.
fn tallying(tally: &Arc<Mutex<Tally>>) -> Dispatcher<TestEvent> {
    let tally = Arc::clone(tally);
    Dispatcher::builder()
        .on(FLOW, move |delivery: Delivery<TestEvent>| {
            let mut tally = tally.lock().expect("nothing panics with the lock");
            let (calls, successes) = tally.entry(delivery.meta.event_id.clone()).or_default();
            *calls += 1;
            let fails = *calls == 1 && delivery.meta.event_id.ends_with('7');
            *successes += u32::from(!fails);
            async move {
                if fails {
                    Err(BoxError::from("not yet"))
                } else {
                    Ok(())
                }
            }
        })
        .build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_deliveries_with_copies_in_any_order_are_handled_once_each() {
    let tally = Arc::new(Mutex::new(Tally::new()));
    let handler = handler(tallying(&tally));
    let mut random = Random(0xfeed);
    let mut waiting: Vec<usize> = (0..EVENTS).collect();
    waiting.extend((0..EVENTS * 3 / 10).map(|_| random.below(EVENTS)));
    random.shuffle(&mut waiting);
    assert!(waiting.len() > 100_000);
    let mut rounds = 0;
    while !waiting.is_empty() {
        rounds += 1;
        // What was not acknowledged is delivered again, as Feishu does it.
        waiting = stream::iter(waiting)
            .map(|number| {
                let handler = handler.clone();
                async move {
                    let parts = Parts::signed(&document(&format!("e{number}"), FLOW));
                    (parts.send(&handler).await.status != 200).then_some(number)
                }
            })
            .buffer_unordered(64)
            .filter_map(|unacknowledged| async move { unacknowledged })
            .collect()
            .await;
    }
    let tally = tally.lock().expect("nothing panics with the lock");
    assert_eq!(tally.len(), EVENTS);
    assert!(tally.values().all(|(_, successes)| *successes == 1));
    assert_eq!(rounds, 2);
    assert_eq!(handler.dispatcher().stats().handled, EVENTS as u64);
}
