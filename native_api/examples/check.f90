! gfortran check.f90 $(gradproof info --libs) && ./a.out
module losses
   use, intrinsic :: iso_c_binding
   interface
      integer(c_int32_t) function gradproof_check(f, user, x, claimed, n, options, report, findings, capacity) bind(c)
         import
         type(c_funptr), value :: f
         type(c_ptr), value :: user, options, findings
         integer(c_int64_t), value :: n, capacity
         real(c_double), intent(in) :: x(n), claimed(n)
         integer(c_int64_t), intent(out) :: report(32)   ! gradproof_report: the verdict comes first
      end function
   end interface
contains
   integer(c_int32_t) function loss(x, n, value, user) bind(c)
      integer(c_int64_t), value :: n
      real(c_double), intent(in) :: x(n)
      real(c_double), intent(out) :: value
      type(c_ptr), value :: user
      value = sum(x**2); loss = 0
   end function
end module
program check
   use losses
   integer(c_int64_t) :: report(32)
   integer :: code
   code = gradproof_check(c_funloc(loss), c_null_ptr, [1d0, 2d0], [2d0, 2d0], 2_c_int64_t, c_null_ptr, report, c_null_ptr, &
                          0_c_int64_t)
   print '(a)', merge('right       ', merge('wrong       ', 'inconclusive', report(1) == 2), report(1) == 1)
end program
