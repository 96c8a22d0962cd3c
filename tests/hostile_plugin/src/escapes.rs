//! What a plugin can try in order to get out of its worker. What comes of it is the code that `deliver` returns.

use std::ffi::{CString, c_char, c_int, c_long, c_void};
use std::io;

/// What `deliver` returns if the escape succeeded.
pub const ESCAPED: i32 = 1_000;
/// What `deliver` returns, less the system's error number, if it failed.
pub const FAILED_WITH: i32 = 2_000;

unsafe extern "C" {
    fn fork() -> c_int;
    fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn execv(path: *const c_char, arguments: *const *const c_char) -> c_int;
    fn kill(pid: c_int, signal: c_int) -> c_int;
    fn getppid() -> c_int;
    fn syscall(number: c_long, ...) -> c_long;
    fn ptrace(request: c_long, pid: c_int, address: *mut c_void, data: *mut c_void) -> c_long;
}

/// Tries one escape; `None` if `name` is not one.
pub(crate) fn attempt(name: &str) -> Option<i32> {
    let tried = match name {
        "read_passwd" => std::fs::read("/etc/passwd").map(drop),
        // SAFETY: as below: a ring for requests that no filter of calls would see, if it could be set up.
        "set_up_a_ring" => answered(unsafe { syscall(425, 8_u32, [0_u64; 16].as_mut_ptr()) } as c_int),
        name if name.starts_with("read:") => std::fs::read(name.trim_start_matches("read:")).map(drop),
        "read_environment" => std::fs::read("/proc/self/environ").map(drop),
        "read_its_own_library" => std::fs::read_dir("/usr/lib").map(drop),
        "write_a_file" => std::fs::write("/tmp/sayso-hostile-plugin-was-here", "x"),
        "start_a_thread" => std::thread::Builder::new().spawn(|| {}).map(drop),
        "run_a_program" => std::process::Command::new("/bin/true").spawn().map(drop),
        "connect" => std::net::TcpStream::connect("127.0.0.1:9").map(drop),
        // SAFETY: the arguments are as the system wants them; what it does with them is the point.
        "socket" => answered(unsafe { socket(1, 1, 0) }),
        // SAFETY: as above.
        "fork" => answered(unsafe { fork() }),
        "exec" => {
            let (path, end) = (CString::new("/bin/true").unwrap_or_default(), std::ptr::null());
            // SAFETY: as above; the arguments end with null.
            answered(unsafe { execv(path.as_ptr(), [path.as_ptr(), end].as_ptr()) })
        }
        // SAFETY: as above. The signal 0 only asks whether it would be allowed.
        "signal_the_host" => answered(unsafe { kill(getppid(), 0) }),
        // SAFETY: as above: attach to the host.
        "trace_the_host" => {
            answered(unsafe { ptrace(16, getppid(), std::ptr::null_mut(), std::ptr::null_mut()) as c_int })
        }
        "fill_the_memory" => {
            let mut hoard: Vec<Vec<u8>> = Vec::new();
            while hoard.len() < 4_096 {
                hoard.push(vec![7; 1 << 20]);
            }
            Ok(())
        }
        _ => return None,
    };
    Some(match tried {
        Ok(()) => ESCAPED,
        Err(error) => FAILED_WITH + error.raw_os_error().unwrap_or_default(),
    })
}

fn answered(code: c_int) -> io::Result<()> {
    if code < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
