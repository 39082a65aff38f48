-- GRADPROOF_PREFIX=PREFIX luajit fit.lua   (What is fitted: see fit.c.)
local ffi = require "ffi"

local prefix = os.getenv "GRADPROOF_PREFIX" or "/usr/local"
ffi.cdef(assert(io.open(prefix .. "/include/gradproof_ffi.h")):read "*a")
local gradproof = ffi.load(prefix .. "/lib/libgradproof.so")

local function check(objective, x, claimed)
  local report, worst = ffi.new "gradproof_report", ffi.new "gradproof_finding"
  report.size, worst.size = ffi.sizeof(report), ffi.sizeof(worst)
  local call = ffi.cast("gradproof_objective", function(point, n, value)
    value[0] = objective(point)
    return 0
  end)
  local n, doubles = #x, ffi.typeof "double[?]"
  local code = gradproof.gradproof_check(call, nil, doubles(n, x), doubles(n, claimed), n, nil, report, worst, 1)
  call:free()
  if code ~= 0 then error(ffi.string(gradproof.gradproof_explain(code))) end
  return report, worst
end

local concentration = {0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10}
local rate = {76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200}
local fixed = arg[1] == "fixed"

-- The objective is handed C's array, which counts from 0.
local function residual(p, i)
  return p[0] * concentration[i] / (p[1] + concentration[i]) + p[2] - rate[i]
end

local function loss(p)
  local sum = 0
  for i = 1, #rate do sum = sum + residual(p, i) * residual(p, i) end
  return sum
end

local function gradient(p)
  local g = {0, 0, 0}
  for i, s in ipairs(concentration) do
    local d, r = p[1] + s, residual(p, i)
    g[1] = g[1] + 2 * r * s / d
    g[2] = g[2] - 2 * r * p[0] * s / (fixed and d * d or d) -- the bug: d is not squared
    g[3] = g[3] + 2 * r
  end
  return g
end

local p = {200, 0.05, 10}
local report, worst = check(loss, p, gradient(ffi.new("double[3]", p)))
print(ffi.string(gradproof.gradproof_verdict_word(report.verdict)))
if report.findings > 0 then
  local name = ({"vmax", "km", "background"})[tonumber(worst.start) + 1]
  print(("%s: claimed %.17g, slope %.17g"):format(name, worst.claimed, worst.slope))
  print(ffi.string(gradproof.gradproof_explain_cause(worst.cause)))
end
os.exit(report.verdict == gradproof.GRADPROOF_RIGHT and 0 or 1)
