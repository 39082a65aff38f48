// java --add-modules jdk.incubator.foreign --enable-native-access=ALL-UNNAMED -Djava.library.path=PREFIX/lib Fit17.java
// For Java 17, where they were still incubating; Fit.java is for 22 and later.   (What is fitted: see fit.c.)
import static jdk.incubator.foreign.CLinker.*;
import static jdk.incubator.foreign.MemoryAccess.*;
import java.lang.invoke.*;
import jdk.incubator.foreign.*;

public class Fit17 {
    static final double[] CONCENTRATION = {0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10};
    static final double[] RATE = {76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200};
    static final ResourceScope SCOPE = ResourceScope.globalScope();
    static double residual(double[] p, int i) {
        return p[0] * CONCENTRATION[i] / (p[1] + CONCENTRATION[i]) + p[2] - RATE[i];
    }
    static int loss(MemoryAddress x, long n, MemoryAddress value, MemoryAddress user) { // an exception would end Java
        double[] p = x.asSegment(8 * n, SCOPE).toDoubleArray();
        double sum = 0;
        for (int i = 0; i < RATE.length; i++) sum += residual(p, i) * residual(p, i);
        setDouble(value.asSegment(8, SCOPE), sum);
        return 0;
    }
    static MethodHandle function(String name, Class<?> result, Class<?>... types) {
        var layouts = new MemoryLayout[types.length];
        for (int i = 0; i < types.length; i++) layouts[i] = types[i] == long.class ? C_LONG : C_POINTER;
        var layout = FunctionDescriptor.of(result == int.class ? C_INT : C_POINTER, layouts);
        var symbol = SymbolLookup.loaderLookup().lookup("gradproof_" + name).get();
        return getInstance().downcallHandle(symbol, MethodType.methodType(result, types), layout);
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
        Class<?> at = MemoryAddress.class, word = long.class;
        var type = MethodType.methodType(int.class, at, word, at, at);
        var loss = getInstance().upcallStub(MethodHandles.lookup().findStatic(Fit17.class, "loss", type),
            FunctionDescriptor.of(C_INT, C_POINTER, C_LONG, C_POINTER, C_POINTER), SCOPE);
        var memory = SegmentAllocator.ofScope(SCOPE);
        // A struct is an array of 8-byte words, the first of them its size in bytes.
        MemorySegment report = memory.allocateArray(C_LONG, 42), worst = memory.allocateArray(C_LONG, 14);
        setLong(report, report.byteSize());
        setLong(worst, worst.byteSize());
        var check = function("check", int.class, at, at, at, at, word, at, at, at, word);
        int code = (int) check.invoke(loss, MemoryAddress.NULL, memory.allocateArray(C_DOUBLE, p).address(),
            memory.allocateArray(C_DOUBLE, g).address(), 3L, MemoryAddress.NULL, report.address(), worst.address(), 1L);
        if (code != 0) throw new IllegalStateException("gradproof_check returned " + code);
        long verdict = getLongAtIndex(report, 1), findings = getLongAtIndex(report, 9);
        System.out.println(toJavaString((MemoryAddress) function("verdict_word", at, word).invoke(verdict)));
        String name = new String[] {"vmax", "km", "background"}[(int) getLongAtIndex(worst, 1)];
        if (findings > 0) System.out.printf("%s: claimed %s, slope %s%n%s%n", name,
            getDoubleAtIndex(worst, 5), getDoubleAtIndex(worst, 6),
            toJavaString((MemoryAddress) function("explain_cause", at, word).invoke(getLongAtIndex(worst, 3))));
        System.exit(verdict == 1 ? 0 : 1);
    }
}
