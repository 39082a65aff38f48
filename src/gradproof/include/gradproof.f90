! gradproof 0.1.0 for Fortran; gradproof.h says what everything means.
!
!     gfortran gradproof.f90 program.f90 $(gradproof info --libs)
!
! An objective is a function as in the abstract interface gradproof_objective, handed over by c_funloc.  A size is set
! where a variable is declared.  Arguments that C may have as NULL are optional; those behind them are then named.
! This file is generated: native_api/build.py --declarations.
module gradproof
   use, intrinsic :: iso_c_binding
   implicit none
   public

   integer(c_int32_t), parameter :: GRADPROOF_VERSION_MAJOR = 0
   integer(c_int32_t), parameter :: GRADPROOF_VERSION_MINOR = 1
   integer(c_int32_t), parameter :: GRADPROOF_VERSION_PATCH = 0
   integer(c_int32_t), parameter :: GRADPROOF_ABI = 1
   integer(c_int32_t), parameter :: GRADPROOF_DONE = 0
   integer(c_int32_t), parameter :: GRADPROOF_OUT_OF_MEMORY = -2
   integer(c_int32_t), parameter :: GRADPROOF_OBJECTIVE_NOT_FINITE = -3
   integer(c_int32_t), parameter :: GRADPROOF_NO_ROUND = -4
   integer(c_int32_t), parameter :: GRADPROOF_TOO_MANY_VALUES = -5
   integer(c_int32_t), parameter :: GRADPROOF_NO_ENGINE = -6
   integer(c_int32_t), parameter :: GRADPROOF_NOTHING_TOLD = -7
   integer(c_int32_t), parameter :: GRADPROOF_BAD_RETURN = -8
   integer(c_int32_t), parameter :: GRADPROOF_DAMAGED = -9
   integer(c_int32_t), parameter :: GRADPROOF_OTHER_VERSION = -10
   integer(c_int32_t), parameter :: GRADPROOF_OTHER_TYPE = -11
   integer(c_int32_t), parameter :: GRADPROOF_OVERLAP = -12
   integer(c_int32_t), parameter :: GRADPROOF_X_NOT_FINITE = -20
   integer(c_int32_t), parameter :: GRADPROOF_X_OUTSIDE_BOUNDS = -21
   integer(c_int32_t), parameter :: GRADPROOF_BAD_N = -22
   integer(c_int32_t), parameter :: GRADPROOF_BAD_CAPACITY = -23
   integer(c_int32_t), parameter :: GRADPROOF_BAD_COUNT = -24
   integer(c_int32_t), parameter :: GRADPROOF_BAD_INDEX = -25
   integer(c_int32_t), parameter :: GRADPROOF_BAD_PROBE = -26
   integer(c_int32_t), parameter :: GRADPROOF_BAD_RADIUS = -27
   integer(c_int32_t), parameter :: GRADPROOF_BAD_SIZE = -40
   integer(c_int32_t), parameter :: GRADPROOF_BAD_BUDGET = -41
   integer(c_int32_t), parameter :: GRADPROOF_BAD_FLOAT32 = -42
   integer(c_int32_t), parameter :: GRADPROOF_BAD_RTOL = -43
   integer(c_int32_t), parameter :: GRADPROOF_BAD_ATOL = -44
   integer(c_int32_t), parameter :: GRADPROOF_BAD_MODE = -45
   integer(c_int32_t), parameter :: GRADPROOF_BAD_TIME_LIMIT = -46
   integer(c_int32_t), parameter :: GRADPROOF_BAD_THREADS = -47
   integer(c_int32_t), parameter :: GRADPROOF_BAD_BOUNDS = -48
   integer(c_int32_t), parameter :: GRADPROOF_BAD_BLOCKS = -49
   integer(c_int32_t), parameter :: GRADPROOF_BAD_BORDERS = -50
   integer(c_int32_t), parameter :: GRADPROOF_NULL_OBJECTIVE = -60
   integer(c_int32_t), parameter :: GRADPROOF_NULL_X = -61
   integer(c_int32_t), parameter :: GRADPROOF_NULL_CLAIMED = -62
   integer(c_int32_t), parameter :: GRADPROOF_NULL_REPORT = -63
   integer(c_int32_t), parameter :: GRADPROOF_NULL_ENGINE = -64
   integer(c_int32_t), parameter :: GRADPROOF_NULL_OPTIONS = -65
   integer(c_int32_t), parameter :: GRADPROOF_NULL_PROBES = -66
   integer(c_int32_t), parameter :: GRADPROOF_NULL_VALUES = -67
   integer(c_int32_t), parameter :: GRADPROOF_NULL_CHANGES = -68
   integer(c_int32_t), parameter :: GRADPROOF_NULL_SIZES = -69
   integer(c_int32_t), parameter :: GRADPROOF_NULL_POINT = -70
   integer(c_int32_t), parameter :: GRADPROOF_NULL_OUTPUT = -71
   integer(c_int32_t), parameter :: GRADPROOF_OUTSIDE = -100
   integer(c_int64_t), parameter :: GRADPROOF_RIGHT = 1
   integer(c_int64_t), parameter :: GRADPROOF_WRONG = 2
   integer(c_int64_t), parameter :: GRADPROOF_INCONCLUSIVE = 3
   integer(c_int64_t), parameter :: GRADPROOF_CAUSE_UNTESTED = 0
   integer(c_int64_t), parameter :: GRADPROOF_CAUSE_AGREES = 1
   integer(c_int64_t), parameter :: GRADPROOF_CAUSE_WRONG = 2
   integer(c_int64_t), parameter :: GRADPROOF_CAUSE_KINK_AT_POINT = 3
   integer(c_int64_t), parameter :: GRADPROOF_CAUSE_KINK_CROSSED = 4
   integer(c_int64_t), parameter :: GRADPROOF_CAUSE_NOISE_LIMITED = 5
   integer(c_int64_t), parameter :: GRADPROOF_CAUSE_STEP_LIMITED = 6
   integer(c_int64_t), parameter :: GRADPROOF_CAUSE_DOMAIN = 7
   integer(c_int64_t), parameter :: GRADPROOF_CAUSE_NONDETERMINISTIC = 8
   integer(c_int64_t), parameter :: GRADPROOF_MODE_AUTO = 0
   integer(c_int64_t), parameter :: GRADPROOF_MODE_FULL = 1
   integer(c_int64_t), parameter :: GRADPROOF_MODE_LINES = 2
   integer(c_int64_t), parameter :: GRADPROOF_STOPPED_BY_NOTHING = 0
   integer(c_int64_t), parameter :: GRADPROOF_STOPPED_BY_BUDGET = 1
   integer(c_int64_t), parameter :: GRADPROOF_STOPPED_BY_TIME_LIMIT = 2
   integer(c_int64_t), parameter :: GRADPROOF_STOPPED_BY_CALLER = 3
   integer(c_int64_t), parameter :: GRADPROOF_NOISE_FROM_CONSTANT = 1
   integer(c_int64_t), parameter :: GRADPROOF_NOISE_FROM_ARITHMETIC = 2
   integer(c_int64_t), parameter :: GRADPROOF_NOISE_FROM_ROUNDING = 3
   integer(c_int64_t), parameter :: GRADPROOF_NOISE_FROM_ELSEWHERE = 4
   integer(c_int64_t), parameter :: GRADPROOF_EXPLAINED_BY_NOTHING = 0
   integer(c_int64_t), parameter :: GRADPROOF_EXPLAINED_BY_FACTOR = 1
   integer(c_int64_t), parameter :: GRADPROOF_EXPLAINED_BY_ZERO = 2
   integer(c_int64_t), parameter :: GRADPROOF_EXPLAINED_BY_NOT_FINITE = 3
   integer(c_int64_t), parameter :: GRADPROOF_EXPLAINED_BY_X = 4
   integer(c_int64_t), parameter :: GRADPROOF_ARITHMETIC_COARSE = 16
   integer(c_int64_t), parameter :: GRADPROOF_ARITHMETIC_FLOAT32 = 32
   integer(c_int64_t), parameter :: GRADPROOF_ARITHMETIC_FLOAT64 = 64
   integer(c_int64_t), parameter :: GRADPROOF_ROUND = 4096

   type, bind(c) :: gradproof_probe
      integer(c_int64_t) :: start = 0
      integer(c_int64_t) :: stop = 0
      integer(c_int64_t) :: seed = 0
      real(c_double) :: floor = 0
      real(c_double) :: ratio = 0
      real(c_double) :: step = 0
      integer(c_int64_t) :: aligned = 0
   end type

   type, bind(c) :: gradproof_options
      integer(c_int64_t) :: size = 128
      integer(c_int64_t) :: budget = 0
      integer(c_int64_t) :: seed = 0
      integer(c_int64_t) :: float32 = 0
      real(c_double) :: rtol = 0
      integer(c_int64_t) :: mode = 0
      real(c_double) :: atol = 0
      real(c_double) :: time_limit = 0
      integer(c_int64_t) :: threads = 0
      type(c_ptr) :: lower = c_null_ptr
      type(c_ptr) :: upper = c_null_ptr
      integer(c_int64_t) :: blocks = 0
      type(c_ptr) :: borders = c_null_ptr
      type(c_ptr) :: names = c_null_ptr
      type(c_funptr) :: progress = c_null_funptr
      type(c_ptr) :: progress_user = c_null_ptr
   end type

   type, bind(c) :: gradproof_report
      integer(c_int64_t) :: size = 472
      integer(c_int64_t) :: verdict = 0
      integer(c_int64_t) :: n = 0
      integer(c_int64_t) :: tested = 0
      integer(c_int64_t) :: agreeing = 0
      integer(c_int64_t) :: wrong = 0
      integer(c_int64_t) :: kinks = 0
      integer(c_int64_t) :: open = 0
      integer(c_int64_t) :: untested = 0
      integer(c_int64_t) :: findings = 0
      integer(c_int64_t) :: evaluations = 0
      integer(c_int64_t) :: outside = 0
      integer(c_int64_t) :: rounds = 0
      integer(c_int64_t) :: arithmetic = 0
      integer(c_int64_t) :: noise_measured = 0
      integer(c_int64_t) :: nondeterministic = 0
      integer(c_int64_t) :: dense = 0
      real(c_double) :: value = 0
      real(c_double) :: noise_floor = 0
      real(c_double) :: spread = 0
      real(c_double) :: resolution = 0
      real(c_double) :: rtol = 0
      integer(c_int64_t) :: lines = 0
      integer(c_int64_t) :: aligned_lines = 0
      integer(c_int64_t) :: parts = 0
      integer(c_int64_t) :: cause = 0
      integer(c_int64_t) :: early = 0
      real(c_double) :: bar = 0
      real(c_double) :: aligned_bar = 0
      real(c_double) :: parts_bar = 0
      real(c_double) :: norm = 0
      real(c_double) :: sum = 0
      real(c_double) :: curved = 0
      real(c_double) :: hidden = 0
      real(c_double) :: atol = 0
      real(c_double) :: vouched = 0
      integer(c_int64_t) :: unseen = 0
      real(c_double) :: seen = 0
      real(c_double) :: seen_factor = 0
      integer(c_int64_t) :: index = 0
      integer(c_int64_t) :: stopped_by = 0
      integer(c_int64_t) :: seed = 0
      integer(c_int64_t) :: mode = 0
      integer(c_int64_t) :: blocks = 0
      real(c_double) :: usual_resolution = 0
      real(c_double) :: usual_relative = 0
      integer(c_int64_t) :: compared = 0
      real(c_double) :: change = 0
      integer(c_int64_t) :: noise_source = 0
      integer(c_int64_t) :: most_unseen(6) = 0
      integer(c_int64_t) :: explanation = 0
      integer(c_int64_t) :: explained = 0
      real(c_double) :: factor = 0
      real(c_double) :: factor_bar = 0
   end type

   type, bind(c) :: gradproof_finding
      integer(c_int64_t) :: size = 128
      integer(c_int64_t) :: start = 0
      integer(c_int64_t) :: stop = 0
      integer(c_int64_t) :: cause = 0
      integer(c_int64_t) :: kink = 0
      real(c_double) :: claimed = 0
      real(c_double) :: slope = 0
      real(c_double) :: left = 0
      real(c_double) :: right = 0
      real(c_double) :: error_bar = 0
      real(c_double) :: step = 0
      real(c_double) :: resolution = 0
      real(c_double) :: distance = 0
      integer(c_int64_t) :: partner = 0
      integer(c_int64_t) :: sampled = 0
      integer(c_int64_t) :: sampled_wrong = 0
   end type

   type, bind(c) :: gradproof_rung
      integer(c_int64_t) :: size = 56
      real(c_double) :: step = 0
      real(c_double) :: left = 0
      real(c_double) :: right = 0
      real(c_double) :: slope = 0
      real(c_double) :: gap = 0
      real(c_double) :: error_bar = 0
   end type

   abstract interface
      integer(c_int32_t) function gradproof_objective(x, n, value, user) bind(c)
         import
         real(c_double), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(inout) :: value
         type(c_ptr), value :: user
      end function
      integer(c_int32_t) function gradproof_objective_f32(x, n, value, user) bind(c)
         import
         real(c_float), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(inout) :: value
         type(c_ptr), value :: user
      end function
      integer(c_int32_t) function gradproof_progress(done, expected, user) bind(c)
         import
         integer(c_int64_t), value :: done
         integer(c_int64_t), value :: expected
         type(c_ptr), value :: user
      end function
   end interface

   interface
      type(c_ptr) function gradproof_verdict_word(verdict) bind(c, name="gradproof_verdict_word")
         import
         integer(c_int64_t), value :: verdict
      end function
      type(c_ptr) function gradproof_cause_word(cause) bind(c, name="gradproof_cause_word")
         import
         integer(c_int64_t), value :: cause
      end function
      type(c_ptr) function gradproof_explain_cause(cause) bind(c, name="gradproof_explain_cause")
         import
         integer(c_int64_t), value :: cause
      end function
      type(c_ptr) function gradproof_explain(code) bind(c, name="gradproof_explain")
         import
         integer(c_int32_t), value :: code
      end function
      type(c_ptr) function gradproof_version_string() bind(c, name="gradproof_version_string")
         import
      end function
      integer(c_int32_t) function gradproof_version() bind(c, name="gradproof_version")
         import
      end function
      integer(c_int32_t) function gradproof_allow(engine, budget) bind(c, name="gradproof_allow")
         import
         type(c_ptr), value :: engine
         integer(c_int64_t), value :: budget
      end function
      integer(c_int64_t) function gradproof_ask(engine, probes, capacity) bind(c, name="gradproof_ask")
         import
         type(c_ptr), value :: engine
         type(gradproof_probe), intent(inout) :: probes(*)
         integer(c_int64_t), value :: capacity
      end function
      type(c_ptr) function gradproof_begin(x, claimed, sizes, n, options, code) bind(c, name="gradproof_begin")
         import
         real(c_double), intent(in) :: x(*)
         real(c_double), intent(in) :: claimed(*)
         real(c_double), intent(in), optional :: sizes(*)
         integer(c_int64_t), value :: n
         type(gradproof_options), intent(in), optional :: options
         integer(c_int32_t), intent(inout), optional :: code
      end function
      type(c_ptr) function gradproof_begin_f32(x, claimed, sizes, n, options, code) bind(c, name="gradproof_begin_f32")
         import
         real(c_float), intent(in) :: x(*)
         real(c_float), intent(in) :: claimed(*)
         real(c_double), intent(in), optional :: sizes(*)
         integer(c_int64_t), value :: n
         type(gradproof_options), intent(in), optional :: options
         integer(c_int32_t), intent(inout), optional :: code
      end function
      integer(c_int64_t) function gradproof_block_factors(engine, factors, capacity) bind(c, &
         name="gradproof_block_factors")
         import
         type(c_ptr), value :: engine
         real(c_double), intent(inout), optional :: factors(*)
         integer(c_int64_t), value :: capacity
      end function
      integer(c_int64_t) function gradproof_blocks(engine, norms, bars, capacity) bind(c, name="gradproof_blocks")
         import
         type(c_ptr), value :: engine
         real(c_double), intent(inout), optional :: norms(*)
         real(c_double), intent(inout), optional :: bars(*)
         integer(c_int64_t), value :: capacity
      end function
      integer(c_int32_t) function gradproof_centered_difference(objective, user, x, n, step, out, work) bind(c, &
         name="gradproof_centered_difference")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_double), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(in), optional :: step(*)
         real(c_double), intent(inout) :: out(*)
         real(c_double), intent(inout) :: work(*)
      end function
      integer(c_int32_t) function gradproof_centered_difference_f32(objective, user, x, n, step, out, work) bind(c, &
         name="gradproof_centered_difference_f32")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_float), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(in), optional :: step(*)
         real(c_float), intent(inout) :: out(*)
         real(c_float), intent(inout) :: work(*)
      end function
      integer(c_int32_t) function gradproof_check(objective, user, x, claimed, n, options, report, findings, &
         capacity) bind(c, name="gradproof_check")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_double), intent(in) :: x(*)
         real(c_double), intent(in) :: claimed(*)
         integer(c_int64_t), value :: n
         type(gradproof_options), intent(in), optional :: options
         type(gradproof_report), intent(inout) :: report
         type(gradproof_finding), intent(inout), optional :: findings(*)
         integer(c_int64_t), value :: capacity
      end function
      integer(c_int32_t) function gradproof_check_f32(objective, user, x, claimed, n, options, report, findings, &
         capacity) bind(c, name="gradproof_check_f32")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_float), intent(in) :: x(*)
         real(c_float), intent(in) :: claimed(*)
         integer(c_int64_t), value :: n
         type(gradproof_options), intent(in), optional :: options
         type(gradproof_report), intent(inout) :: report
         type(gradproof_finding), intent(inout), optional :: findings(*)
         integer(c_int64_t), value :: capacity
      end function
      integer(c_int64_t) function gradproof_coordinates(engine, indices, causes, kinks, resolutions, &
         capacity) bind(c, name="gradproof_coordinates")
         import
         type(c_ptr), value :: engine
         integer(c_int64_t), intent(inout), optional :: indices(*)
         integer(c_int64_t), intent(inout), optional :: causes(*)
         integer(c_int64_t), intent(inout), optional :: kinks(*)
         real(c_double), intent(inout), optional :: resolutions(*)
         integer(c_int64_t), value :: capacity
      end function
      subroutine gradproof_end(engine) bind(c, name="gradproof_end")
         import
         type(c_ptr), value :: engine
      end subroutine
      integer(c_int64_t) function gradproof_engine_size(n, options) bind(c, name="gradproof_engine_size")
         import
         integer(c_int64_t), value :: n
         type(gradproof_options), intent(in), optional :: options
      end function
      integer(c_int32_t) function gradproof_engine_start(engine, x, claimed, sizes, n, options) bind(c, &
         name="gradproof_engine_start")
         import
         type(c_ptr), value :: engine
         real(c_double), intent(in) :: x(*)
         real(c_double), intent(in) :: claimed(*)
         real(c_double), intent(in), optional :: sizes(*)
         integer(c_int64_t), value :: n
         type(gradproof_options), intent(in), optional :: options
      end function
      integer(c_int32_t) function gradproof_engine_start_f32(engine, x, claimed, sizes, n, options) bind(c, &
         name="gradproof_engine_start_f32")
         import
         type(c_ptr), value :: engine
         real(c_float), intent(in) :: x(*)
         real(c_float), intent(in) :: claimed(*)
         real(c_double), intent(in), optional :: sizes(*)
         integer(c_int64_t), value :: n
         type(gradproof_options), intent(in), optional :: options
      end function
      integer(c_int32_t) function gradproof_evaluate(objective, user, x, claimed, sizes, n, probes, count, values, &
         changes, point) bind(c, name="gradproof_evaluate")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_double), intent(in) :: x(*)
         real(c_double), intent(in), optional :: claimed(*)
         real(c_double), intent(in), optional :: sizes(*)
         integer(c_int64_t), value :: n
         type(gradproof_probe), intent(in) :: probes(*)
         integer(c_int64_t), value :: count
         real(c_double), intent(inout) :: values(*)
         real(c_double), intent(inout), optional :: changes(*)
         real(c_double), intent(inout) :: point(*)
      end function
      integer(c_int32_t) function gradproof_evaluate_f32(objective, user, x, claimed, sizes, n, probes, count, &
         values, changes, point) bind(c, name="gradproof_evaluate_f32")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_float), intent(in) :: x(*)
         real(c_float), intent(in), optional :: claimed(*)
         real(c_double), intent(in), optional :: sizes(*)
         integer(c_int64_t), value :: n
         type(gradproof_probe), intent(in) :: probes(*)
         integer(c_int64_t), value :: count
         real(c_double), intent(inout) :: values(*)
         real(c_double), intent(inout), optional :: changes(*)
         real(c_float), intent(inout) :: point(*)
      end function
      integer(c_int32_t) function gradproof_find_kinks(objective, user, x, n, radius, work, index, distance, left, &
         right, capacity, count) bind(c, name="gradproof_find_kinks")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_double), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), value :: radius
         real(c_double), intent(inout) :: work(*)
         integer(c_int64_t), intent(inout) :: index(*)
         real(c_double), intent(inout) :: distance(*)
         real(c_double), intent(inout) :: left(*)
         real(c_double), intent(inout) :: right(*)
         integer(c_int64_t), value :: capacity
         integer(c_int64_t), intent(inout) :: count
      end function
      integer(c_int32_t) function gradproof_find_kinks_f32(objective, user, x, n, radius, work, index, distance, &
         left, right, capacity, count) bind(c, name="gradproof_find_kinks_f32")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_float), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), value :: radius
         real(c_float), intent(inout) :: work(*)
         integer(c_int64_t), intent(inout) :: index(*)
         real(c_double), intent(inout) :: distance(*)
         real(c_double), intent(inout) :: left(*)
         real(c_double), intent(inout) :: right(*)
         integer(c_int64_t), value :: capacity
         integer(c_int64_t), intent(inout) :: count
      end function
      integer(c_int64_t) function gradproof_first_not_finite(x, n) bind(c, name="gradproof_first_not_finite")
         import
         real(c_double), intent(in) :: x(*)
         integer(c_int64_t), value :: n
      end function
      integer(c_int64_t) function gradproof_first_not_finite_f32(x, n) bind(c, name="gradproof_first_not_finite_f32")
         import
         real(c_float), intent(in) :: x(*)
         integer(c_int64_t), value :: n
      end function
      integer(c_int32_t) function gradproof_forward_difference(objective, user, x, n, step, out, work) bind(c, &
         name="gradproof_forward_difference")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_double), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(in), optional :: step(*)
         real(c_double), intent(inout) :: out(*)
         real(c_double), intent(inout) :: work(*)
      end function
      integer(c_int32_t) function gradproof_forward_difference_f32(objective, user, x, n, step, out, work) bind(c, &
         name="gradproof_forward_difference_f32")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_float), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(in), optional :: step(*)
         real(c_float), intent(inout) :: out(*)
         real(c_float), intent(inout) :: work(*)
      end function
      integer(c_int32_t) function gradproof_ladder(objective, user, x, n, index, claimed, work, rungs, capacity, &
         count) bind(c, name="gradproof_ladder")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_double), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         integer(c_int64_t), value :: index
         real(c_double), value :: claimed
         real(c_double), intent(inout) :: work(*)
         type(gradproof_rung), intent(inout), optional :: rungs(*)
         integer(c_int64_t), value :: capacity
         integer(c_int64_t), intent(inout) :: count
      end function
      integer(c_int32_t) function gradproof_ladder_f32(objective, user, x, n, index, claimed, work, rungs, capacity, &
         count) bind(c, name="gradproof_ladder_f32")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_float), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         integer(c_int64_t), value :: index
         real(c_double), value :: claimed
         real(c_float), intent(inout) :: work(*)
         type(gradproof_rung), intent(inout), optional :: rungs(*)
         integer(c_int64_t), value :: capacity
         integer(c_int64_t), intent(inout) :: count
      end function
      integer(c_int32_t) function gradproof_move_segments(x, claimed, sizes, probe, first, count, point, &
         changes) bind(c, name="gradproof_move_segments")
         import
         real(c_double), intent(in) :: x(*)
         real(c_double), intent(in) :: claimed(*)
         real(c_double), intent(in) :: sizes(*)
         type(gradproof_probe), intent(in) :: probe
         integer(c_int64_t), value :: first
         integer(c_int64_t), value :: count
         real(c_double), intent(inout) :: point(*)
         real(c_double), intent(inout) :: changes(*)
      end function
      integer(c_int32_t) function gradproof_move_segments_f32(x, claimed, sizes, probe, first, count, point, &
         changes) bind(c, name="gradproof_move_segments_f32")
         import
         real(c_float), intent(in) :: x(*)
         real(c_float), intent(in) :: claimed(*)
         real(c_double), intent(in) :: sizes(*)
         type(gradproof_probe), intent(in) :: probe
         integer(c_int64_t), value :: first
         integer(c_int64_t), value :: count
         real(c_float), intent(inout) :: point(*)
         real(c_double), intent(inout) :: changes(*)
      end function
      integer(c_int32_t) function gradproof_noise_floor(objective, user, x, n, seed, work, noise, arithmetic) bind(c, &
         name="gradproof_noise_floor")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_double), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         integer(c_int64_t), value :: seed
         real(c_double), intent(inout) :: work(*)
         real(c_double), intent(inout) :: noise
         integer(c_int64_t), intent(inout), optional :: arithmetic
      end function
      integer(c_int32_t) function gradproof_noise_floor_f32(objective, user, x, n, seed, work, noise, &
         arithmetic) bind(c, name="gradproof_noise_floor_f32")
         import
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_float), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         integer(c_int64_t), value :: seed
         real(c_float), intent(inout) :: work(*)
         real(c_double), intent(inout) :: noise
         integer(c_int64_t), intent(inout), optional :: arithmetic
      end function
      integer(c_int32_t) function gradproof_options_fill(options, size) bind(c, name="gradproof_options_fill")
         import
         type(gradproof_options), intent(inout) :: options
         integer(c_int64_t), value :: size
      end function
      integer(c_int32_t) function gradproof_points(x, claimed, sizes, n, probes, count, points, changes) bind(c, &
         name="gradproof_points")
         import
         real(c_double), intent(in) :: x(*)
         real(c_double), intent(in), optional :: claimed(*)
         real(c_double), intent(in), optional :: sizes(*)
         integer(c_int64_t), value :: n
         type(gradproof_probe), intent(in) :: probes(*)
         integer(c_int64_t), value :: count
         real(c_double), intent(inout) :: points(*)
         real(c_double), intent(inout), optional :: changes(*)
      end function
      integer(c_int32_t) function gradproof_points_f32(x, claimed, sizes, n, probes, count, points, changes) bind(c, &
         name="gradproof_points_f32")
         import
         real(c_float), intent(in) :: x(*)
         real(c_float), intent(in), optional :: claimed(*)
         real(c_double), intent(in), optional :: sizes(*)
         integer(c_int64_t), value :: n
         type(gradproof_probe), intent(in) :: probes(*)
         integer(c_int64_t), value :: count
         real(c_float), intent(inout) :: points(*)
         real(c_double), intent(inout), optional :: changes(*)
      end function
      integer(c_int64_t) function gradproof_print(report, findings, capacity, options, buffer, size) bind(c, &
         name="gradproof_print")
         import
         type(gradproof_report), intent(in) :: report
         type(gradproof_finding), intent(in), optional :: findings(*)
         integer(c_int64_t), value :: capacity
         type(gradproof_options), intent(in), optional :: options
         character(kind=c_char), intent(inout), optional :: buffer(*)
         integer(c_int64_t), value :: size
      end function
      integer(c_int32_t) function gradproof_relative_error(a, b, n, out, maximum, index) bind(c, &
         name="gradproof_relative_error")
         import
         real(c_double), intent(in) :: a(*)
         real(c_double), intent(in) :: b(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(inout), optional :: out(*)
         real(c_double), intent(inout), optional :: maximum
         integer(c_int64_t), intent(inout), optional :: index
      end function
      integer(c_int32_t) function gradproof_relative_error_f32(a, b, n, out, maximum, index) bind(c, &
         name="gradproof_relative_error_f32")
         import
         real(c_float), intent(in) :: a(*)
         real(c_float), intent(in) :: b(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(inout), optional :: out(*)
         real(c_double), intent(inout), optional :: maximum
         integer(c_int64_t), intent(inout), optional :: index
      end function
      integer(c_int32_t) function gradproof_result(engine, report, findings, capacity) bind(c, name="gradproof_result")
         import
         type(c_ptr), value :: engine
         type(gradproof_report), intent(inout) :: report
         type(gradproof_finding), intent(inout), optional :: findings(*)
         integer(c_int64_t), value :: capacity
      end function
      type(c_ptr) function gradproof_resume(saved, words, code) bind(c, name="gradproof_resume")
         import
         type(c_ptr), value :: saved
         integer(c_int64_t), value :: words
         integer(c_int32_t), intent(inout), optional :: code
      end function
      integer(c_int32_t) function gradproof_run(engine, objective, user, x, probes, values, most, point, &
         told) bind(c, name="gradproof_run")
         import
         type(c_ptr), value :: engine
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_double), intent(in) :: x(*)
         type(gradproof_probe), intent(inout) :: probes(*)
         real(c_double), intent(inout) :: values(*)
         integer(c_int64_t), value :: most
         real(c_double), intent(inout) :: point(*)
         integer(c_int64_t), intent(inout) :: told(*)
      end function
      integer(c_int32_t) function gradproof_run_f32(engine, objective, user, x, probes, values, most, point, &
         told) bind(c, name="gradproof_run_f32")
         import
         type(c_ptr), value :: engine
         type(c_funptr), value :: objective
         type(c_ptr), value :: user
         real(c_float), intent(in) :: x(*)
         type(gradproof_probe), intent(inout) :: probes(*)
         real(c_double), intent(inout) :: values(*)
         integer(c_int64_t), value :: most
         real(c_float), intent(inout) :: point(*)
         integer(c_int64_t), intent(inout) :: told(*)
      end function
      integer(c_int32_t) function gradproof_skip(engine, count) bind(c, name="gradproof_skip")
         import
         type(c_ptr), value :: engine
         integer(c_int64_t), value :: count
      end function
      integer(c_int32_t) function gradproof_stop(engine) bind(c, name="gradproof_stop")
         import
         type(c_ptr), value :: engine
      end function
      real(c_double) function gradproof_sum_segments(changes, count) bind(c, name="gradproof_sum_segments")
         import
         real(c_double), intent(in) :: changes(*)
         integer(c_int64_t), value :: count
      end function
      integer(c_int32_t) function gradproof_tell(engine, x, claimed, values, changes, count) bind(c, &
         name="gradproof_tell")
         import
         type(c_ptr), value :: engine
         real(c_double), intent(in) :: x(*)
         real(c_double), intent(in) :: claimed(*)
         real(c_double), intent(in) :: values(*)
         real(c_double), intent(in), optional :: changes(*)
         integer(c_int64_t), value :: count
      end function
      integer(c_int32_t) function gradproof_tell_f32(engine, x, claimed, values, changes, count) bind(c, &
         name="gradproof_tell_f32")
         import
         type(c_ptr), value :: engine
         real(c_float), intent(in) :: x(*)
         real(c_float), intent(in) :: claimed(*)
         real(c_double), intent(in) :: values(*)
         real(c_double), intent(in), optional :: changes(*)
         integer(c_int64_t), value :: count
      end function
      integer(c_int64_t) function gradproof_uses_lines(n, mode, budget) bind(c, name="gradproof_uses_lines")
         import
         integer(c_int64_t), value :: n
         integer(c_int64_t), value :: mode
         integer(c_int64_t), value :: budget
      end function
      integer(c_int32_t) function gradproof_windows(x, n, sizes) bind(c, name="gradproof_windows")
         import
         real(c_double), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(inout) :: sizes(*)
      end function
      integer(c_int32_t) function gradproof_windows_f32(x, n, sizes) bind(c, name="gradproof_windows_f32")
         import
         real(c_float), intent(in) :: x(*)
         integer(c_int64_t), value :: n
         real(c_double), intent(inout) :: sizes(*)
      end function
   end interface
contains
   ! The text behind a pointer, such as that of gradproof_explain.
   function gradproof_text(pointer) result(text)
      type(c_ptr), intent(in) :: pointer
      character(len=:), allocatable :: text
      character(kind=c_char), pointer :: letters(:)
      interface
         integer(c_size_t) function strlen(string) bind(c)
            import
            type(c_ptr), value :: string
         end function
      end interface
      integer :: i
      call c_f_pointer(pointer, letters, [strlen(pointer)])
      allocate (character(len=size(letters)) :: text)
      do i = 1, size(letters)
         text(i:i) = letters(i)
      end do
   end function
end module
