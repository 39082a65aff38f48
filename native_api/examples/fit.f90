! gfortran PREFIX/include/gradproof.f90 fit.f90 -LPREFIX/lib -lgradproof -o fit && LD_LIBRARY_PATH=PREFIX/lib ./fit
! What is fitted: see fit.c.
module enzyme
   use, intrinsic :: iso_c_binding
   implicit none
   integer, parameter :: dp = c_double
   real(dp), parameter :: s(12) = [2, 2, 6, 6, 11, 11, 22, 22, 56, 56, 110, 110] / 100._dp
   real(dp), parameter :: rate(12) = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200]
contains
   function residual(p) result(r)
      real(dp), intent(in) :: p(3)
      real(dp) :: r(size(s))
      r = p(1) * s / (p(2) + s) + p(3) - rate
   end function

   integer(c_int32_t) function loss(p, n, value, user) bind(c)
      integer(c_int64_t), value :: n
      real(dp), intent(in) :: p(n)
      real(dp), intent(out) :: value
      type(c_ptr), value :: user
      value = sum(residual(p)**2)
      loss = 0
   end function

   function gradient(p, fixed) result(g)
      real(dp), intent(in) :: p(3)
      logical, intent(in) :: fixed
      real(dp) :: g(3), r(size(s)), d(size(s))
      r = residual(p)
      d = p(2) + s
      g = [sum(2 * r * s / d), -sum(2 * r * p(1) * s / merge(d * d, d, fixed)), sum(2 * r)]  ! the bug: d is not squared
   end function
end module

program fit
   use enzyme
   use gradproof
   implicit none
   character(10), parameter :: names(3) = [character(10) :: 'vmax', 'km', 'background']
   real(dp), parameter :: p(3) = [200._dp, .05_dp, 10._dp]
   type(gradproof_report) :: report
   type(gradproof_finding) :: worst(1)
   character(8) :: argument
   integer(c_int32_t) :: code

   call get_command_argument(1, argument)
   code = gradproof_check(c_funloc(loss), c_null_ptr, p, gradient(p, argument == 'fixed'), 3_c_int64_t, &
                          report=report, findings=worst, capacity=1_c_int64_t)
   if (code /= GRADPROOF_DONE) error stop 2
   print '(a)', gradproof_text(gradproof_verdict_word(report%verdict))
   if (report%findings > 0) then
      print '(a, ": claimed ", es23.16, ", slope ", es23.16)', trim(names(worst(1)%start + 1)), worst(1)%claimed, &
         worst(1)%slope
      print '(a)', gradproof_text(gradproof_explain_cause(worst(1)%cause))
   end if
   if (report%verdict /= GRADPROOF_RIGHT) stop 1
end program
