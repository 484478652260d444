//! Pages: from an operation that answers a list in parts to a stream of its parts, or of its items.
//!
//! Relies on: the generated [`Paged`] implementation, which knows where the token goes and where the items stand.
//! Guarantees: a list ends only where the server says so. A repeated token, a missing token and a list without end are
//! errors; an error is passed on, and asking again repeats the page that failed, never one that was already handed out.
//! Deliberately lacks: retries (the call has them) and reading ahead.

use std::collections::{HashSet, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::call::{Data, send_data};
use crate::error::{Error, ErrorClass, Result};
use crate::operation::Operation;

/// Pages of one list that are read before it counts as endless, unless said otherwise.
const MAX_PAGES: usize = 100_000;

/// Failures of the same page in a row after which a stream ends.
const MAX_FAILURES: usize = 3;

/// An operation that answers a list in pages.
pub trait Paged: Operation {
    /// One element of the list.
    type Item: Send + 'static;

    /// Asks for the page behind `token`.
    fn set_page_token(&mut self, token: String);

    /// Takes the answer apart.
    fn page(data: Data<Self>) -> Page<Self::Item>;
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The elements of this page, in the server's order.
    pub items: Vec<T>,
    /// Token of the next page; absent or empty on the last one.
    pub next: Option<String>,
    /// Whether the server says that more pages follow; absent where it does not say.
    pub more: Option<bool>,
}

impl<T> Page<T> {
    /// The token to go on with, or `None` at the end of the list.
    fn following(&self) -> std::result::Result<Option<&str>, PageFault> {
        let token = self.next.as_deref().filter(|token| !token.is_empty());
        match (self.more, token) {
            (Some(false), _) | (None, None) => Ok(None),
            (Some(true), None) => Err(PageFault::MissingToken),
            (_, Some(token)) => Ok(Some(token)),
        }
    }
}

/// Why a list cannot be read to its end.
#[derive(Debug, Clone, Copy)]
enum PageFault {
    MissingToken,
    RepeatedToken,
    Endless(usize),
}

impl PageFault {
    fn into_error<O: Operation>(self) -> Error {
        let text = match self {
            Self::MissingToken => {
                "the server says that more pages follow, but gives no page token".to_owned()
            }
            Self::RepeatedToken => {
                "the server gave a page token for the second time; the list would never end"
                    .to_owned()
            }
            Self::Endless(pages) => format!("the list has more than {pages} pages"),
        };
        Error::new(ErrorClass::Pagination, text).with_operation(O::INFO.id)
    }
}

type PageFuture<O> = Pin<Box<dyn Future<Output = Result<Data<O>>> + Send>>;

/// The pages of a list, read one after the other as they are asked for.
///
/// A [`Stream`] of [`Page`]s, with [`next`](Self::next) and [`try_collect`](Self::try_collect) of its own.
/// After an error the next call asks for the same page again; after three failures in a row, or when the server's tokens
/// make no sense, the stream ends behind the error.
#[must_use = "pages are read as they are asked for"]
pub struct Pages<O: Paged> {
    operation: O,
    token: Option<String>,
    seen: HashSet<String>,
    read: usize,
    max_pages: usize,
    failures: usize,
    finished: bool,
    pending: Option<PageFuture<O>>,
}

// No member is pinned in place: the pending call is boxed.
impl<O: Paged> Unpin for Pages<O> {}

impl<O: Paged> Pages<O> {
    /// Reads the pages of `operation`, from the page that it asks for on.
    pub fn new(operation: O) -> Self {
        Self {
            operation,
            max_pages: MAX_PAGES,
            token: None,
            seen: HashSet::new(),
            read: 0,
            failures: 0,
            finished: false,
            pending: None,
        }
    }

    /// Ends with an error when the list has more than `pages` pages (100,000 by default).
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.max_pages = pages;
        self
    }

    /// Token of the page that comes next, to go on with another day; `None` before the first page and at the end.
    pub fn page_token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The next page, or `None` at the end of the list.
    pub async fn next(&mut self) -> Option<Result<Page<O::Item>>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// All elements of all pages, or the first error.
    ///
    /// # Errors
    ///
    /// Those of the call, and a pagination error when the server's tokens make no sense.
    pub async fn try_collect(self) -> Result<Vec<O::Item>> {
        Items::new_from(self).try_collect().await
    }

    fn call(&self) -> PageFuture<O> {
        let mut operation = self.operation.clone();
        if let Some(token) = &self.token {
            operation.set_page_token(token.clone());
        }
        Box::pin(async move { Ok(send_data(operation).await?.0) })
    }

    fn accept(&mut self, data: Data<O>) -> Result<Page<O::Item>> {
        let page = O::page(data);
        self.failures = 0;
        self.read += 1;
        match self.advance(&page) {
            Ok(()) => Ok(page),
            Err(fault) => {
                self.finished = true;
                Err(fault.into_error::<O>())
            }
        }
    }

    fn advance(&mut self, page: &Page<O::Item>) -> std::result::Result<(), PageFault> {
        let Some(token) = page.following()? else {
            self.finished = true;
            self.token = None;
            return Ok(());
        };
        if self.token.as_deref() == Some(token) || !self.seen.insert(token.to_owned()) {
            return Err(PageFault::RepeatedToken);
        }
        if self.read >= self.max_pages {
            return Err(PageFault::Endless(self.max_pages));
        }
        self.token = Some(token.to_owned());
        Ok(())
    }

    fn fail(&mut self, error: Error) -> Error {
        self.failures += 1;
        self.finished = self.failures >= MAX_FAILURES;
        error
    }
}

impl<O: Paged> Stream for Pages<O> {
    type Item = Result<Page<O::Item>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.pending.is_none() {
            if this.finished {
                return Poll::Ready(None);
            }
            this.pending = Some(this.call());
        }
        let Some(pending) = this.pending.as_mut() else {
            return Poll::Ready(None);
        };
        let answer = ready!(pending.as_mut().poll(cx));
        this.pending = None;
        Poll::Ready(Some(match answer {
            Ok(data) => this.accept(data),
            Err(error) => Err(this.fail(error)),
        }))
    }
}

/// The elements of a list, over all its pages.
///
/// A [`Stream`], with [`next`](Self::next) and [`try_collect`](Self::try_collect) of its own. Errors are passed on as in
/// [`Pages`]; what was read before an error has been handed out.
#[must_use = "items are read as they are asked for"]
pub struct Items<O: Paged> {
    pages: Pages<O>,
    ready: VecDeque<O::Item>,
}

impl<O: Paged> Unpin for Items<O> {}

impl<O: Paged> Items<O> {
    /// Reads the elements of `operation`, from the page that it asks for on.
    pub fn new(operation: O) -> Self {
        Self::new_from(Pages::new(operation))
    }

    fn new_from(pages: Pages<O>) -> Self {
        Self {
            pages,
            ready: VecDeque::new(),
        }
    }

    /// Ends with an error when the list has more than `pages` pages (100,000 by default).
    pub fn max_pages(mut self, pages: usize) -> Self {
        self.pages = self.pages.max_pages(pages);
        self
    }

    /// Token of the page that comes after the elements handed out so far.
    ///
    /// Elements of a page that was read but not handed out to its end are not told by it.
    pub fn page_token(&self) -> Option<&str> {
        self.pages.page_token()
    }

    /// The next element, or `None` at the end of the list.
    pub async fn next(&mut self) -> Option<Result<O::Item>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// The next element, `Ok(None)` at the end of the list.
    ///
    /// # Errors
    ///
    /// As [`next`](Self::next).
    pub async fn try_next(&mut self) -> Result<Option<O::Item>> {
        self.next().await.transpose()
    }

    /// All elements, or the first error.
    ///
    /// # Errors
    ///
    /// Those of the call, and a pagination error when the server's tokens make no sense.
    pub async fn try_collect(mut self) -> Result<Vec<O::Item>> {
        let mut items = Vec::new();
        while let Some(item) = self.try_next().await? {
            items.push(item);
        }
        Ok(items)
    }
}

impl<O: Paged> Stream for Items<O> {
    type Item = Result<O::Item>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(cx)) {
                Some(Ok(page)) => this.ready = page.items.into(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}
