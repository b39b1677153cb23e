package dev.quern.fuzz;

import dev.quern.fuzz.serve.Rounds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Runs rounds against servers; each is a case, and the summary tells what valid clients saw. */
final class ServeAttacker implements Attacker {
  /** Beside the attack itself: a start, recovery, an end, each with its own bound. */
  private static final int PATIENCE_SECONDS = 400;

  @Override
  public Tally attack(Options options, Findings findings, BooleanSupplier over)
      throws IOException, InterruptedException {
    Path times = options.out().toAbsolutePath().resolve("serve-times.txt");
    List<String> jvm = new ArrayList<>(List.of("-Xmx512m"));
    jvm.addAll(Rounds.options(options.seconds(), options.p99(), options.rounds(), times));
    int patience = PATIENCE_SECONDS + (int) options.seconds();
    Tally tally =
        new Forked("serve", ServeAttack.class, patience, jvm).attack(options, findings, over);
    return new Tally(tally.cases(), tally.peakBytes(), Rounds.summary(times));
  }
}
