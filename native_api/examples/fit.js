// npm install koffi && GRADPROOF_PREFIX=PREFIX node fit.js   (What is fitted: see fit.c.)
"use strict";
const fs = require("node:fs");
const koffi = require("koffi");

const prefix = process.env.GRADPROOF_PREFIX ?? "/usr/local";
const header = fs.readFileSync(`${prefix}/include/gradproof_ffi.h`, "utf8");

// The fields of a struct, from the header without comments.
function struct(name) {
  const [, fields] = header.match(new RegExp(`struct ${name} \\{(.*?)\\}`, "s"));
  koffi.struct(name, Object.fromEntries([...fields.matchAll(/(\w+) (\w+);/g)].map(([, type, field]) => [field, type])));
}

koffi.proto("int32_t gradproof_objective(void *x, int64_t n, void *value, void *user)");
struct("gradproof_report");
struct("gradproof_finding");
const library = koffi.load(`${prefix}/lib/libgradproof.so`);
const gradproof = Object.fromEntries([
  `int32_t gradproof_check(gradproof_objective *objective, void *user, const double *x, const double *claimed,
     int64_t n, void *options, _Inout_ gradproof_report *report, _Inout_ gradproof_finding *worst, int64_t capacity)`,
  "const char *gradproof_explain(int32_t code)",
  "const char *gradproof_explain_cause(int64_t cause)",
  "const char *gradproof_verdict_word(int64_t verdict)",
].map((prototype) => library.func(prototype)).map((f) => [f.info.name.replace("gradproof_", ""), f]));

function check(objective, x, claimed) {
  const report = { size: koffi.sizeof("gradproof_report") };
  const worst = { size: koffi.sizeof("gradproof_finding") };
  const call = (point, n, value) => {
    koffi.encode(value, "double", objective(koffi.decode(point, "double", n)));
    return 0;
  };
  const code = gradproof.check(call, null, x, claimed, x.length, null, report, worst, 1);
  if (code !== 0) throw new Error(gradproof.explain(code));
  return [report, worst];
}

const concentration = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10];
const rate = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200];
const fixed = process.argv[2] === "fixed";
const residuals = ([vmax, km, background]) => concentration.map((s, i) => vmax * s / (km + s) + background - rate[i]);
const loss = (p) => residuals(p).reduce((sum, r) => sum + r * r, 0);

const p = [200, 0.05, 10];
const claimed = [0, 0, 0];
residuals(p).forEach((r, i) => {
  const [s, d] = [concentration[i], p[1] + concentration[i]];
  claimed[0] += 2 * r * s / d;
  claimed[1] -= 2 * r * p[0] * s / (fixed ? d * d : d); // the bug: d is not squared
  claimed[2] += 2 * r;
});
const [report, worst] = check(loss, p, claimed);
const verdict = gradproof.verdict_word(report.verdict);
console.log(verdict);
if (report.findings > 0) {
  console.log(`${["vmax", "km", "background"][worst.start]}: claimed ${worst.claimed}, slope ${worst.slope}`);
  console.log(gradproof.explain_cause(worst.cause));
}
process.exitCode = verdict === "right" ? 0 : 1;
