# PKG_CFLAGS=-IPREFIX/include PKG_LIBS="-LPREFIX/lib -lgradproof" R CMD SHLIB glue_r.c && Rscript fit.R
# What is fitted: see fit.c.
dyn.load("glue_r.so")

concentration <- c(0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10)
rate <- c(76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200)
fixed <- identical(commandArgs(trailingOnly = TRUE), "fixed")

residual <- function(p) p[1] * concentration / (p[2] + concentration) + p[3] - rate
# To the bit as other languages add up: sum() does it in long double.
total <- function(values) Reduce(`+`, values)
loss <- function(p) total(residual(p)^2)

gradient <- function(p) {
  r <- residual(p)
  d <- p[2] + concentration
  square <- if (fixed) d^2 else d # the bug: d is not squared
  c(total(2 * r * concentration / d), -total(2 * r * p[1] * concentration / square), total(2 * r))
}

p <- c(vmax = 200, km = 0.05, background = 10)
found <- .Call("check_gradient", loss, p, gradient(p))
writeLines(found$verdict)
if (found$index > 0) {
  with(found, cat(sprintf("%s: claimed %.17g, slope %.17g\n%s\n", names(p)[index], claimed, slope, cause)))
}
quit(status = if (found$verdict == "right") 0 else 1)
