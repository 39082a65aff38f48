// c++ check.cpp $(gradproof info --cflags --libs) && ./a.out
#include <gradproof.h>
#include <cstdio>
#include <functional>
#include <vector>

using Objective = std::function<double(const std::vector<double> &)>;

int main() {
    const double scale = 2;
    Objective loss = [scale](const std::vector<double> &x) { return scale * x[0] * x[1]; };
    std::vector<double> x{3, 5}, claimed{10, 3}; // the last one should be 6
    // The lambda, with all that it captures, travels as user data.
    auto call = [](const double *point, int64_t n, double *value, void *user) -> int32_t {
        *value = (*static_cast<Objective *>(user))({point, point + n});
        return 0;
    };
    gradproof_report report;
    int32_t code = gradproof_check(call, &loss, x.data(), claimed.data(), 2, nullptr, &report, nullptr, 0);
    if (code != GRADPROOF_DONE) return std::puts(gradproof_explain(code)), 2;
    std::puts(report.verdict == GRADPROOF_RIGHT ? "right" : report.verdict == GRADPROOF_WRONG ? "wrong" : "inconclusive");
    return report.verdict == GRADPROOF_RIGHT ? 0 : 1;
}
