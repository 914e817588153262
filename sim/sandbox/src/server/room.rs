//! The places for connections. When none is left, the connection that has been idle for the longest makes room; one
//! with a request under way never does.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Every place, and who is idle on one.
pub(super) struct Room {
    places: Arc<Semaphore>,
    /// Counts up: whoever became idle earlier has the smaller number.
    turn: AtomicU64,
    idle: Mutex<BTreeMap<u64, Arc<Notify>>>,
    /// Somebody has become idle.
    became_idle: Notify,
}

/// A connection's place, until it is dropped.
pub(super) struct Place {
    room: Arc<Room>,
    leave: Arc<Notify>,
    /// The turn at which it became idle; 0 while a request is under way.
    idle_since: AtomicU64,
    _permit: OwnedSemaphorePermit,
}

impl Room {
    pub(super) fn of(places: usize) -> Arc<Self> {
        Arc::new(Self {
            places: Arc::new(Semaphore::new(places)),
            turn: AtomicU64::new(1),
            idle: Mutex::default(),
            became_idle: Notify::new(),
        })
    }

    /// A place, for which others may have to leave.
    pub(super) async fn enter(self: &Arc<Self>) -> Place {
        let permit = match self.places.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.make_room().await,
        };
        let place = Place { room: self.clone(), leave: Arc::default(), idle_since: AtomicU64::new(0), _permit: permit };
        place.rest();
        place
    }

    async fn make_room(&self) -> OwnedSemaphorePermit {
        let mut freed = std::pin::pin!(self.places.clone().acquire_owned());
        loop {
            let became_idle = self.became_idle.notified();
            let longest = self.idle().pop_first();
            if let Some((_, longest)) = longest {
                longest.notify_one();
                // What it has answered already still leaves.
                return freed.await.expect("nobody closes the semaphore");
            }
            tokio::select! {
                permit = freed.as_mut() => return permit.expect("nobody closes the semaphore"),
                () = became_idle => {}
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Notify>>> {
        self.idle.lock().expect("no holder of the lock panics")
    }
}

impl Place {
    /// Nothing is under way on the connection any more.
    pub(super) fn rest(&self) {
        let turn = self.room.turn.fetch_add(1, Ordering::Relaxed);
        self.idle_since.store(turn, Ordering::Relaxed);
        self.room.idle().insert(turn, self.leave.clone());
        self.room.became_idle.notify_one();
    }

    /// A request has come.
    pub(super) fn work(&self) {
        let turn = self.idle_since.swap(0, Ordering::Relaxed);
        self.room.idle().remove(&turn);
    }

    /// Waits until the place is needed for somebody else.
    pub(super) async fn needed(&self) {
        self.leave.notified().await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.work();
    }
}
