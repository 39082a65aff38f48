<?php
// GRADPROOF_PREFIX=PREFIX php fit.php   (What is fitted: see fit.c.)
declare(strict_types=1);

$prefix = getenv('GRADPROOF_PREFIX') ?: '/usr/local';
$gradproof = FFI::cdef(file_get_contents("$prefix/include/gradproof_ffi.h"), "$prefix/lib/libgradproof.so");

function doubles(FFI $ffi, array $values): FFI\CData
{
    $array = $ffi->new('double[' . count($values) . ']');
    foreach ($values as $i => $value) {
        $array[$i] = $value;
    }
    return $array;
}

function check(FFI $gradproof, callable $objective, array $x, array $claimed): array
{
    $report = $gradproof->new('gradproof_report');
    $worst = $gradproof->new('gradproof_finding');
    $report->size = FFI::sizeof($report);
    $worst->size = FFI::sizeof($worst);
    $call = function ($point, int $n, $value, $user) use ($objective): int {
        $value[0] = $objective($point);
        return 0;
    };
    [$point, $claim] = [doubles($gradproof, $x), doubles($gradproof, $claimed)];
    [$to_report, $to_worst] = [FFI::addr($report), FFI::addr($worst)];
    $code = $gradproof->gradproof_check($call, null, $point, $claim, count($x), null, $to_report, $to_worst, 1);
    if ($code !== 0) {
        throw new RuntimeException($gradproof->gradproof_explain($code));
    }
    return [$report, $worst];
}

$concentration = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10];
$rate = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200];
$fixed = ($argv[1] ?? '') === 'fixed';
$residual = fn($p, float $s, int $v): float => $p[0] * $s / ($p[1] + $s) + $p[2] - $v;
$loss = fn($p): float => array_sum(array_map(fn($s, $v) => $residual($p, $s, $v) ** 2, $concentration, $rate));

$p = [200.0, 0.05, 10.0];
$claimed = [0.0, 0.0, 0.0];
foreach ($concentration as $i => $s) {
    [$d, $r] = [$p[1] + $s, $residual($p, $s, $rate[$i])];
    $claimed[0] += 2 * $r * $s / $d;
    $claimed[1] -= 2 * $r * $p[0] * $s / ($fixed ? $d * $d : $d); // the bug: d is not squared
    $claimed[2] += 2 * $r;
}
[$report, $worst] = check($gradproof, $loss, $p, $claimed);
$verdict = $gradproof->gradproof_verdict_word($report->verdict);
echo "$verdict\n";
if ($report->findings > 0) {
    $name = ['vmax', 'km', 'background'][$worst->start];
    printf("%s: claimed %.16e, slope %.16e\n", $name, $worst->claimed, $worst->slope);
    echo $gradproof->gradproof_explain_cause($worst->cause), "\n";
}
exit($verdict === 'right' ? 0 : 1);
