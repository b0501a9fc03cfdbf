//! Futures that wake themselves while they are polled.
//!
//! hyper hands a request's body to its handler through a channel within one task: each side wakes the other, which is the
//! task that is running. The runtime puts such a task into its queue again and wakes another thread to look for it: for a
//! request on an idle server two changes of threads, and as much time as the request itself.

use std::{
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering::AcqRel},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures::task::AtomicWaker;

/// How often a future is polled without a pause at most: others on its thread wait meanwhile.
const MAX_POLLS: usize = 8;

const IDLE: u8 = 0;
const POLLED: u8 = 1;
const WOKEN: u8 = 2;

/// Runs a future; it is polled again at once if it was woken while it was polled.
pub(super) async fn poll_self_woken<F: Future>(future: F) -> F::Output {
    let state = Arc::new(WakeState::default());
    let waker = Waker::from(state.clone());
    let mut future = pin!(future);
    std::future::poll_fn(|context| state.poll(&waker, future.as_mut(), context)).await
}

/// Whether the future is polled, and the task to wake.
#[derive(Default)]
struct WakeState {
    state: AtomicU8,
    task: AtomicWaker,
}

impl WakeState {
    fn poll<F: Future>(&self, waker: &Waker, mut future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.task.register(context.waker());
        for _ in 0..MAX_POLLS {
            self.state.swap(POLLED, AcqRel);
            if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(waker)) {
                return Poll::Ready(done);
            }
            if self.state.swap(IDLE, AcqRel) != WOKEN {
                return Poll::Pending;
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Wake for WakeState {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // While it is polled, whoever polls it looks after this.
        if self.state.swap(WOKEN, AcqRel) == IDLE {
            self.task.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, future::poll_fn, sync::atomic::Ordering::Acquire};

    use futures::FutureExt;
    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn one_that_wakes_itself_is_polled_again_at_once() {
        let polls = Cell::new(0);
        let future = poll_fn(|context| {
            polls.set(polls.get() + 1);
            context.waker().wake_by_ref();
            if polls.get() == 3 { Poll::Ready(()) } else { Poll::Pending }
        });
        assert_eq!(poll_self_woken(future).now_or_never(), Some(()));
    }

    #[test]
    fn one_that_never_stops_waking_itself_leaves_its_thread_to_others() {
        let polls = Cell::new(0);
        let future = poll_fn(|context| {
            polls.set(polls.get() + 1);
            context.waker().wake_by_ref();
            Poll::<()>::Pending
        });
        let woken = Arc::new(WakeState::default());
        let waker = Waker::from(woken.clone());
        let mut future = pin!(poll_self_woken(future));
        assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(woken.state.load(Acquire), WOKEN, "its task goes on later");
        assert_eq!(polls.get(), MAX_POLLS);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn one_that_another_thread_wakes_goes_on() {
        for _ in 0..1_000 {
            let (sender, receiver) = oneshot::channel();
            let waiting = tokio::spawn(poll_self_woken(receiver));
            tokio::spawn(async move { sender.send(7) });
            assert_eq!(waiting.await.expect("it ends"), Ok(7));
        }
    }
}
