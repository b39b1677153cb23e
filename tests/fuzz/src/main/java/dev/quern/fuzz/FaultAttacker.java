package dev.quern.fuzz;

import dev.quern.fuzz.faults.Broken;
import dev.quern.fuzz.faults.Faults;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/** Does harm to training runs from outside, one case after the other. */
final class FaultAttacker implements Attacker {
  private static final String NAME = "faults";

  @Override
  public Tally attack(Options options, Findings findings, BooleanSupplier over)
      throws IOException, InterruptedException, Broken {
    long end = options.first() + options.cases();
    long next = options.first();
    try (Faults faults = new Faults(options.out().toAbsolutePath(), Forked.classPath())) {
      for (; next < end && !over.getAsBoolean(); next++) {
        try {
          faults.run(next, Child.seed(options.seed(), next));
        } catch (Broken e) {
          String sort = e.getMessage().lines().limit(3).toList().toString();
          findings.add(NAME, e.kind(), options.seed(), next, sort, e.getMessage(), new byte[0]);
        }
      }
      return new Tally(next - options.first(), faults.peakBytes(), faults.notes());
    }
  }
}
