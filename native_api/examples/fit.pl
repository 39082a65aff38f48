# GRADPROOF_PREFIX=PREFIX perl fit.pl   (What is fitted: see fit.c.)
use v5.30;
use warnings;
use FFI::Platypus 2.00;
use FFI::Platypus::Buffer qw(buffer_to_scalar scalar_to_pointer);
use FFI::Platypus::Memory qw(memcpy);
use FFI::Platypus::Record ();

my $prefix = $ENV{GRADPROOF_PREFIX} // '/usr/local';
my $header = do { local (@ARGV, $/) = "$prefix/include/gradproof_ffi.h"; <> };
my $ffi    = FFI::Platypus->new(api => 2, lib => "$prefix/lib/libgradproof.so");

# Types and names of the fields of a struct.
sub fields { my ($name) = @_; $header =~ /struct $name \{(.*?)\}/s; $1 =~ /(\w+) (\w+);/g }

package Report  { FFI::Platypus::Record::record_layout_1($ffi, main::fields('gradproof_report')) }
package Finding { FFI::Platypus::Record::record_layout_1($ffi, main::fields('gradproof_finding')) }

$ffi->type('(opaque, sint64, opaque, opaque)->sint32' => 'objective');
$ffi->attach(gradproof_check => [qw(objective opaque double[] double[] sint64 opaque),
        qw(record(Report)* record(Finding)* sint64)], 'sint32');
$ffi->attach(gradproof_explain => ['sint32'], 'string');
$ffi->attach($_ => ['sint64'], 'string') for qw(gradproof_explain_cause gradproof_verdict_word);

sub check {
    my ($objective, $x, $claimed) = @_;
    my $report = Report->new(size => length ${ Report->new });
    my $worst  = Finding->new(size => length ${ Finding->new });
    my $call = $ffi->closure(sub {
        my ($point, $n, $value) = @_;
        my $double = pack 'd', $objective->(unpack 'd*', buffer_to_scalar($point, 8 * $n));
        memcpy($value, scalar_to_pointer($double), 8);
        return 0;
    });
    my $code = gradproof_check($call, undef, $x, $claimed, scalar @$x, undef, $report, $worst, 1);
    die gradproof_explain($code), "\n" if $code;
    return ($report, $worst);
}

my @concentration = (0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10);
my @rate          = (76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200);
my $fixed         = ($ARGV[0] // '') eq 'fixed';
sub residual { my ($i, @p) = @_; $p[0] * $concentration[$i] / ($p[1] + $concentration[$i]) + $p[2] - $rate[$i] }
sub loss { my @p = @_; my $sum = 0; $sum += residual($_, @p)**2 for 0 .. $#rate; $sum }

my @p = (200, 0.05, 10);
my @claimed = (0, 0, 0);
for my $i (0 .. $#rate) {
    my ($s, $d, $r) = ($concentration[$i], $p[1] + $concentration[$i], residual($i, @p));
    $claimed[0] += 2 * $r * $s / $d;
    $claimed[1] -= 2 * $r * $p[0] * $s / ($fixed ? $d * $d : $d);    # the bug: d is not squared
    $claimed[2] += 2 * $r;
}
my ($report, $worst) = check(\&loss, \@p, \@claimed);
say my $verdict = gradproof_verdict_word($report->verdict);
if ($report->findings) {
    printf "%s: claimed %.17g, slope %.17g\n", (qw(vmax km background))[$worst->start], $worst->claimed, $worst->slope;
    say gradproof_explain_cause($worst->cause);
}
exit($verdict eq 'right' ? 0 : 1);
