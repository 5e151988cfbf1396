//! What has to wait until PHP has registered every class.

use std::ffi::c_int;
use std::sync::{Mutex, PoisonError};

use super::start::SUCCESS;

type PostStartup = Option<unsafe extern "C" fn() -> c_int>;

/// What is ours to run.
static OURS: Mutex<Option<unsafe fn()>> = Mutex::new(None);

/// Whoever wanted to run after start-up before us.
static NEXT: Mutex<PostStartup> = Mutex::new(None);

unsafe extern "C" {
    static mut zend_post_startup_cb: PostStartup;
}

unsafe extern "C" fn after_startup() -> c_int {
    let ours = OURS.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(run) = ours {
        // SAFETY: PHP calls this once, after every class is registered and before the first request, on the thread
        // that starts it: what [`run`] was promised.
        unsafe { run() };
    }
    let next = NEXT.lock().unwrap_or_else(PoisonError::into_inner).take();
    // SAFETY: the callback we replaced, called as the engine would have.
    next.map_or(SUCCESS, |next| unsafe { next() })
}

/// Calls `ours` after every class is registered, and before the first request.
///
/// # Safety
/// During the start of a module, on the thread that starts PHP.
pub(super) unsafe fn run(ours: unsafe fn()) {
    *OURS.lock().unwrap_or_else(PoisonError::into_inner) = Some(ours);
    // SAFETY: PHP starts on one thread, as the caller promises; the callback it had is kept and called after ours.
    unsafe {
        *NEXT.lock().unwrap_or_else(PoisonError::into_inner) = zend_post_startup_cb;
        zend_post_startup_cb = Some(after_startup);
    }
}
