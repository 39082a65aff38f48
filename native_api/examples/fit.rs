// rustc fit.rs -L native=PREFIX/lib && LD_LIBRARY_PATH=PREFIX/lib ./fit   (What is fitted: see fit.c.)
use std::{env, ffi::CStr, mem::size_of, os::raw::{c_char, c_void}, process::exit, ptr, slice};

// Every field has 8 bytes; those that are not used here need no names.
#[repr(C)] #[derive(Default)]
struct Report { size: i64, verdict: i64, counts: [i64; 7], findings: i64, others: [i64; 32] }
#[repr(C)] #[derive(Default)]
struct Finding { size: i64, start: i64, stop: i64, cause: i64, kink: i64, claimed: f64, slope: f64, others: [i64; 7] }

#[link(name = "gradproof")]
extern "C" {
    fn gradproof_check(objective: extern "C" fn(*const f64, i64, *mut f64, *mut c_void) -> i32, user: *mut c_void,
        x: *const f64, claimed: *const f64, n: i64, options: *const c_void, report: *mut Report,
        findings: *mut Finding, capacity: i64) -> i32;
    fn gradproof_explain(code: i32) -> *const c_char;
    fn gradproof_explain_cause(cause: i64) -> *const c_char;
    fn gradproof_verdict_word(verdict: i64) -> *const c_char;
}

fn text(c: *const c_char) -> &'static str { unsafe { CStr::from_ptr(c) }.to_str().unwrap() }

// A closure, with all that it captures, travels as the user data of a plain C function.
extern "C" fn call<F: Fn(&[f64]) -> f64>(x: *const f64, n: i64, value: *mut f64, user: *mut c_void) -> i32 {
    unsafe { *value = (*user.cast::<F>())(slice::from_raw_parts(x, n as usize)) };
    0
}

fn check<F: Fn(&[f64]) -> f64>(mut f: F, x: &[f64], claimed: &[f64]) -> Result<(Report, Finding), &'static str> {
    assert_eq!(x.len(), claimed.len());
    let mut report = Report { size: size_of::<Report>() as i64, ..Default::default() };
    let mut worst = Finding { size: size_of::<Finding>() as i64, ..Default::default() };
    let (user, n) = (ptr::addr_of_mut!(f).cast(), x.len() as i64);
    let code = unsafe { gradproof_check(call::<F>, user, x.as_ptr(), claimed.as_ptr(), n, ptr::null(),
        &mut report, &mut worst, 1) };
    if code == 0 { Ok((report, worst)) } else { Err(text(unsafe { gradproof_explain(code) })) }
}

fn main() {
    let fixed = env::args().nth(1).as_deref() == Some("fixed");
    let concentration = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10];
    let rate = [76.0, 47.0, 97.0, 107.0, 123.0, 139.0, 159.0, 152.0, 191.0, 201.0, 207.0, 200.0];
    let p = [200.0, 0.05, 10.0];
    let residual = |p: &[f64], s: f64, v: f64| p[0] * s / (p[1] + s) + p[2] - v;
    let mut claimed = [0.0; 3];
    for (&s, &v) in concentration.iter().zip(&rate) {
        let (d, r) = (p[1] + s, residual(&p, s, v));
        claimed[0] += 2.0 * r * s / d;
        claimed[1] -= 2.0 * r * p[0] * s / if fixed { d * d } else { d }; // the bug: d is not squared
        claimed[2] += 2.0 * r;
    }
    let loss = |p: &[f64]| concentration.iter().zip(&rate).map(|(&s, &v)| residual(p, s, v).powi(2)).sum();
    let (report, worst) = check(loss, &p, &claimed).unwrap();
    println!("{}", text(unsafe { gradproof_verdict_word(report.verdict) }));
    if report.findings > 0 {
        let name = ["vmax", "km", "background"][worst.start as usize];
        println!("{name}: claimed {:?}, slope {:?}", worst.claimed, worst.slope);
        println!("{}", text(unsafe { gradproof_explain_cause(worst.cause) }));
    }
    exit(if report.verdict == 1 { 0 } else { 1 });
}
