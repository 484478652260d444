//! The client for programs without async.
//!
//! One closure-taking front over a runtime of its own: whatever the client can do, it can do here,
//! and nothing exists twice.
//!
//! ```no_run
//! # fn main() -> Result<(), attendance_api::Error> {
//! let client = attendance_api::blocking::Client::new(attendance_api::Client::from_env()?)?;
//! let shift = client.call(|client| client.shift().get("6919358778597097404").send())?;
//! println!("{}", shift.shift_name);
//! for group in client.iter(|client| client.group().list().items())? {
//!     println!("{}", group?.group_name);
//! }
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;

use futures_core::Stream;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::{Error, ErrorClass, Result};

/// A client that waits.
pub struct Client {
    client: crate::Client,
    runtime: Option<Runtime>,
}

impl Client {
    /// A front for a client. Keep it: its connections live as long as it does.
    ///
    /// # Errors
    ///
    /// Inside of an async runtime, where waiting would block others; and if no runtime can be made.
    pub fn new(client: crate::Client) -> Result<Self> {
        outside_of_async()?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime
            .map_err(|error| Error::new(ErrorClass::Other, "no runtime").with_source(error))?;
        Ok(Self {
            client,
            runtime: Some(runtime),
        })
    }

    /// Waits for what a closure makes of the client.
    ///
    /// # Errors
    ///
    /// Those of the call; and inside of an async runtime.
    pub fn call<T, F>(&self, call: impl FnOnce(&crate::Client) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        outside_of_async()?;
        self.wait(async { call(&self.client).await })
    }

    /// The items of a stream, one after the other; ends after the first error of the stream.
    ///
    /// # Errors
    ///
    /// Inside of an async runtime.
    pub fn iter<T, S>(&self, make: impl FnOnce(&crate::Client) -> S) -> Result<Iter<'_, S>>
    where
        S: Stream<Item = Result<T>> + Unpin,
    {
        outside_of_async()?;
        Ok(Iter {
            client: self,
            stream: Some(make(&self.client)),
        })
    }

    /// The client itself.
    #[must_use]
    pub fn get_ref(&self) -> &crate::Client {
        &self.client
    }

    fn wait<F: Future>(&self, future: F) -> F::Output {
        self.runtime
            .as_ref()
            .expect("the runtime is there until the drop")
            .block_on(future)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The plain drop of a runtime panics if it happens inside of another one.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.client.fmt(f)
    }
}

/// The items of a stream, waited for one after the other.
pub struct Iter<'a, S> {
    client: &'a Client,
    stream: Option<S>,
}

impl<S> fmt::Debug for Iter<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iter").finish_non_exhaustive()
    }
}

impl<T, S: Stream<Item = Result<T>> + Unpin> Iterator for Iter<'_, S> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if let Err(error) = outside_of_async() {
            return self.stream.take().map(|_| Err(error));
        }
        let stream = self.stream.as_mut()?;
        let item = self
            .client
            .wait(poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)));
        if !matches!(item, Some(Ok(_))) {
            self.stream = None;
        }
        item
    }
}

fn outside_of_async() -> Result<()> {
    match Handle::try_current() {
        Ok(_) => Err(Error::input(
            "the blocking client was called inside of an async runtime",
        )),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client() -> crate::Client {
        crate::Client::builder()
            .base_url("http://127.0.0.1:9")
            .no_proxy()
            .token("t")
            .build()
            .unwrap()
    }

    #[test]
    fn it_waits_for_calls_and_streams() {
        let client = Client::new(client()).unwrap();
        let error = client.call(|client| {
            client
                .shift()
                .get("1")
                .with_retry(crate::RetryPolicy::none())
                .send()
        });
        assert_eq!(error.unwrap_err().class(), ErrorClass::Connect);
        let stream = futures_util::stream::iter([Ok(1), Ok(2), Err(Error::input("x")), Ok(3)]);
        let items: Vec<_> = client
            .iter(|_| stream)
            .unwrap()
            .map(|item| item.ok())
            .collect();
        assert_eq!(items, [Some(1), Some(2), None]);
    }

    #[tokio::test]
    async fn inside_of_a_runtime_it_is_an_error_and_no_panic() {
        let outside = std::thread::spawn(|| Client::new(client()).unwrap())
            .join()
            .unwrap();
        assert_eq!(
            Client::new(client()).unwrap_err().class(),
            ErrorClass::Input
        );
        let call = outside.call(|client| client.shift().get("1").send());
        assert_eq!(call.unwrap_err().class(), ErrorClass::Input);
        drop(outside);
    }
}
