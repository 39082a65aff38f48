// PKG_CONFIG_PATH=PREFIX/lib/pkgconfig LD_LIBRARY_PATH=PREFIX/lib go run fit.go   (What is fitted: see fit.c.)
package main

// #cgo pkg-config: gradproof
// #include <gradproof.h>
// int32_t loss(double *x, int64_t n, double *value, void *user);
import "C"
import (
	"fmt"
	"log"
	"os"
	"unsafe"
)

var concentration = []float64{0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10}
var rate = []float64{76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200}

func residual(p []float64, i int) float64 {
	return p[0]*concentration[i]/(p[1]+concentration[i]) + p[2] - rate[i]
}

// C calls a function that is exported. A closure would travel as user data: the address of its cgo.Handle.
//
//export loss
func loss(x *C.double, n C.int64_t, value *C.double, user unsafe.Pointer) C.int32_t {
	p := unsafe.Slice((*float64)(x), n)
	*value = 0
	for i := range rate {
		*value += C.double(residual(p, i) * residual(p, i))
	}
	return 0
}

func main() {
	p, claimed := []float64{200, 0.05, 10}, make([]float64, 3)
	for i, s := range concentration {
		r, d := residual(p, i), p[1]+s
		square := d // the bug: d is not squared
		if len(os.Args) > 1 {
			square = d * d
		}
		claimed[0] += 2 * r * s / d
		claimed[1] -= 2 * r * p[0] * s / square
		claimed[2] += 2 * r
	}
	report := C.gradproof_report{size: C.sizeof_gradproof_report}
	worst := C.gradproof_finding{size: C.sizeof_gradproof_finding}
	code := C.gradproof_check(C.gradproof_objective(C.loss), nil, (*C.double)(&p[0]), (*C.double)(&claimed[0]), 3,
		nil, &report, &worst, 1)
	if code != C.GRADPROOF_DONE {
		log.Fatal(C.GoString(C.gradproof_explain(code)))
	}
	fmt.Println(C.GoString(C.gradproof_verdict_word(report.verdict)))
	if report.verdict == C.GRADPROOF_RIGHT {
		return
	}
	fmt.Printf("%s: claimed %.17g, slope %.17g\n%s\n", []string{"vmax", "km", "background"}[worst.start],
		worst.claimed, worst.slope, C.GoString(C.gradproof_explain_cause(worst.cause)))
	os.Exit(1)
}
