// java --enable-native-access=ALL-UNNAMED -Djava.library.path=PREFIX/lib Fit.java
// For Java 22 and later; Fit17.java is for Java 17.   (What is fitted: see fit.c.)
import static java.lang.foreign.MemorySegment.NULL;
import static java.lang.foreign.ValueLayout.*;
import java.lang.foreign.*;
import java.lang.invoke.*;

public class Fit {
    static final double[] CONCENTRATION = {0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10};
    static final double[] RATE = {76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200};

    static double residual(double[] p, int i) {
        return p[0] * CONCENTRATION[i] / (p[1] + CONCENTRATION[i]) + p[2] - RATE[i];
    }

    static int loss(MemorySegment x, long n, MemorySegment value, MemorySegment user) { // an exception would end Java
        double[] p = x.reinterpret(8 * n).toArray(JAVA_DOUBLE);
        double sum = 0;
        for (int i = 0; i < RATE.length; i++) sum += residual(p, i) * residual(p, i);
        value.reinterpret(8).set(JAVA_DOUBLE, 0, sum);
        return 0;
    }
    static MethodHandle function(String name, MemoryLayout result, MemoryLayout... types) {
        var symbol = SymbolLookup.loaderLookup().find("gradproof_" + name).orElseThrow();
        return Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(result, types));
    }
    static String text(String name, long number) throws Throwable {
        var pointer = (MemorySegment) function(name, ADDRESS, JAVA_LONG).invoke(number);
        return pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }
    public static void main(String[] arguments) throws Throwable {
        double[] p = {200, 0.05, 10}, g = new double[3];
        for (int i = 0; i < RATE.length; i++) {
            double s = CONCENTRATION[i], d = p[1] + s, r = residual(p, i);
            g[0] += 2 * r * s / d;
            g[1] -= 2 * r * p[0] * s / (arguments.length > 0 ? d * d : d); // the bug: d is not squared
            g[2] += 2 * r;
        }
        System.loadLibrary("gradproof");
        var memory = Arena.global();
        var type = FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
        var called = MethodHandles.lookup().findStatic(Fit.class, "loss", type.toMethodType());
        var loss = Linker.nativeLinker().upcallStub(called, type, memory);
        // A struct is an array of 8-byte words, the first of them its size in bytes.
        MemorySegment report = memory.allocate(JAVA_LONG, 42), worst = memory.allocate(JAVA_LONG, 14);
        report.set(JAVA_LONG, 0, report.byteSize());
        worst.set(JAVA_LONG, 0, worst.byteSize());
        var check = function("check", JAVA_INT,
            ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
        int code = (int) check.invoke(loss, NULL, memory.allocateFrom(JAVA_DOUBLE, p),
            memory.allocateFrom(JAVA_DOUBLE, g), 3L, NULL, report, worst, 1L);
        if (code != 0) throw new IllegalStateException("gradproof_check returned " + code);
        long verdict = report.getAtIndex(JAVA_LONG, 1), findings = report.getAtIndex(JAVA_LONG, 9);
        System.out.println(text("verdict_word", verdict));
        String name = new String[] {"vmax", "km", "background"}[(int) worst.getAtIndex(JAVA_LONG, 1)];
        if (findings > 0) System.out.printf("%s: claimed %s, slope %s%n%s%n", name, worst.getAtIndex(JAVA_DOUBLE, 5),
            worst.getAtIndex(JAVA_DOUBLE, 6), text("explain_cause", worst.getAtIndex(JAVA_LONG, 3)));
        System.exit(verdict == 1 ? 0 : 1);
    }
}
