% mkoctfile --mex -o gradproof_check.mex glue_octave.c -IPREFIX/include -LPREFIX/lib -lgradproof && octave-cli fit.m
% What is fitted: see fit.c.
concentration = [0.02; 0.02; 0.06; 0.06; 0.11; 0.11; 0.22; 0.22; 0.56; 0.56; 1.10; 1.10];
rate = [76; 47; 97; 107; 123; 139; 159; 152; 191; 201; 207; 200];
residual = @(p) p(1) * concentration ./ (p(2) + concentration) + p(3) - rate;
loss = @(p) sum (residual (p) .^ 2);

p = [200; 0.05; 10];
r = residual (p);
d = p(2) + concentration;
square = d; % the bug: d is not squared
if any (strcmp (argv (), "fixed"))
  square = d .^ 2;
end
claimed = [sum(2 * r .* concentration ./ d); -sum(2 * r * p(1) .* concentration ./ square); sum(2 * r)];

found = gradproof_check (loss, p, claimed);
disp (found.verdict)
if (found.index > 0)
  name = {"vmax", "km", "background"}{found.index};
  printf ("%s: claimed %.17g, slope %.17g\n%s\n", name, found.claimed, found.slope, found.cause);
end
exit (! strcmp (found.verdict, "right"))
