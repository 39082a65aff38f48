# GRADPROOF_PREFIX=PREFIX ruby fit.rb   (What is fitted: see fit.c.)
require "fiddle/import"

module Gradproof
  extend Fiddle::Importer
  PREFIX = ENV.fetch("GRADPROOF_PREFIX", "/usr/local")
  HEADER = File.read("#{PREFIX}/include/gradproof_ffi.h")
  dlload "#{PREFIX}/lib/libgradproof.so"

  # The fields of a struct, from the header without comments.
  def self.fields(name) = HEADER[/struct #{name} \{(.*?)\}/m, 1].split(";").map(&:strip).reject(&:empty?)

  Report = struct fields("gradproof_report")
  Finding = struct fields("gradproof_finding")
  extern "int32_t gradproof_check(void *, void *, void *, void *, int64_t, void *, void *, void *, int64_t)"
  extern "char *gradproof_explain(int32_t)"
  extern "char *gradproof_explain_cause(int64_t)"
  extern "char *gradproof_verdict_word(int64_t)"
  OBJECTIVE = [Fiddle::TYPE_VOIDP, Fiddle::TYPE_INT64_T, Fiddle::TYPE_VOIDP, Fiddle::TYPE_VOIDP].freeze

  # The report and the worst finding; the block is the objective.
  def self.check(x, claimed)
    report, worst = Report.malloc(Fiddle::RUBY_FREE), Finding.malloc(Fiddle::RUBY_FREE)
    report.size, worst.size = Report.size, Finding.size
    call = Fiddle::Closure::BlockCaller.new(Fiddle::TYPE_INT32_T, OBJECTIVE) do |point, n, value, _|
      Fiddle::Pointer.new(value)[0, 8] = [yield(Fiddle::Pointer.new(point)[0, 8 * n].unpack("d*"))].pack("d")
      0
    end
    code = gradproof_check(call, nil, x.pack("d*"), claimed.pack("d*"), x.size, nil, report, worst, 1)
    raise gradproof_explain(code).to_s unless code.zero?
    [report, worst]
  end
end

CONCENTRATION = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10].freeze
RATE = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200].freeze
fixed = ARGV.first == "fixed"

residual = ->(p, s, v) { p[0] * s / (p[1] + s) + p[2] - v }
p = [200.0, 0.05, 10.0]
claimed = [0.0, 0.0, 0.0]
CONCENTRATION.zip(RATE) do |s, v|
  d, r = p[1] + s, residual.(p, s, v)
  claimed[0] += 2 * r * s / d
  claimed[1] -= 2 * r * p[0] * s / (fixed ? d * d : d) # the bug: d is not squared
  claimed[2] += 2 * r
end

report, worst = Gradproof.check(p, claimed) do |point|
  CONCENTRATION.zip(RATE).inject(0.0) { |sum, (s, v)| sum + residual.(point, s, v)**2 }
end
puts verdict = Gradproof.gradproof_verdict_word(report.verdict).to_s
if report.findings.positive?
  puts "#{%w[vmax km background][worst.start]}: claimed #{worst.claimed}, slope #{worst.slope}"
  puts Gradproof.gradproof_explain_cause(worst.cause)
end
exit verdict == "right"
