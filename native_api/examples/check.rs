// rustc check.rs -L FOLDER -C link-arg=-Wl,-rpath,FOLDER     FOLDER: where `gradproof info --libs` says that the library is
use std::{ffi::c_void, ptr::null_mut};

type Objective = extern "C" fn(*const f64, i64, *mut f64, *mut c_void) -> i32;

#[link(name = "gradproof")]
extern "C" {
    fn gradproof_check(f: Objective, user: *mut c_void, x: *const f64, claimed: *const f64, n: i64,
        options: *mut c_void, report: *mut i64, findings: *mut c_void, capacity: i64) -> i32;
}

extern "C" fn loss(x: *const f64, n: i64, value: *mut f64, _user: *mut c_void) -> i32 {
    let x = unsafe { std::slice::from_raw_parts(x, n as usize) };
    unsafe { *value = x.iter().map(|v| v * v).sum() };
    0
}

fn main() {
    let (x, claimed) = ([1.0, 2.0, 3.0], [2.0, 4.0, 3.0]); // the last one should be 6
    let mut report = [0i64; 32]; // gradproof_report: 32 words of 8 bytes, the verdict comes first
    let code = unsafe { gradproof_check(loss, null_mut(), x.as_ptr(), claimed.as_ptr(), 3, null_mut(),
        report.as_mut_ptr(), null_mut(), 0) };
    assert_eq!(code, 0);
    println!("{}", match report[0] { 1 => "right", 2 => "wrong", _ => "inconclusive" });
}
