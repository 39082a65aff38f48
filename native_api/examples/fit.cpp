// c++ -std=c++17 fit.cpp $(pkg-config --cflags --libs gradproof) -o fit && ./fit   (What is fitted: see fit.c.)
#include <gradproof.h>

#include <array>
#include <cstdio>
#include <stdexcept>
#include <string_view>
#include <vector>

using Vector = std::vector<double>;

// Any callable of a Vector, with all that it captures: it travels as the user data of a plain C function.
template <class Objective>
gradproof_report check(const Objective &objective, const Vector &p, const Vector &claimed, gradproof_finding &worst) {
    auto call = [](const double *x, int64_t n, double *value, void *user) -> int32_t {
        *value = (*static_cast<const Objective *>(user))(Vector(x, x + n));
        return 0;
    };
    gradproof_report report{};
    report.size = sizeof report;
    worst.size = sizeof worst;
    void *user = const_cast<Objective *>(&objective);
    const auto n = static_cast<int64_t>(p.size());
    const int32_t code = gradproof_check(call, user, p.data(), claimed.data(), n, nullptr, &report, &worst, 1);
    if (code != GRADPROOF_DONE) throw std::runtime_error(gradproof_explain(code));
    return report;
}

int main(int argc, char **argv) {
    const bool fixed = argc > 1 && std::string_view(argv[1]) == "fixed";
    const Vector concentration{0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.10, 1.10};
    const Vector rate{76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200};
    const std::array names{"vmax", "km", "background"};
    const Vector p{200, 0.05, 10};

    auto residual = [&](const Vector &p, std::size_t i) {
        return p[0] * concentration[i] / (p[1] + concentration[i]) + p[2] - rate[i];
    };
    auto loss = [&](const Vector &p) {
        double sum = 0;
        for (std::size_t i = 0; i < rate.size(); i++) sum += residual(p, i) * residual(p, i);
        return sum;
    };
    Vector claimed(p.size());
    for (std::size_t i = 0; i < rate.size(); i++) {
        const double s = concentration[i], d = p[1] + s, r = residual(p, i);
        claimed[0] += 2 * r * s / d;
        claimed[1] -= 2 * r * p[0] * s / (fixed ? d * d : d); // the bug: d is not squared
        claimed[2] += 2 * r;
    }

    gradproof_finding worst{};
    const gradproof_report report = check(loss, p, claimed, worst);
    std::puts(gradproof_verdict_word(report.verdict));
    if (report.findings > 0)
        std::printf("%s: claimed %.17g, slope %.17g\n%s\n", names[worst.start], worst.claimed, worst.slope,
                    gradproof_explain_cause(worst.cause));
    return report.verdict == GRADPROOF_RIGHT ? 0 : 1;
}
