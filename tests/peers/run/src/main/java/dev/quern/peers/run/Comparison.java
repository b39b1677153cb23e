package dev.quern.peers.run;

import dev.quern.peers.Workload;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Peer, Quern, next peer, Quern and so on, a process each, several rounds of it. */
final class Comparison {
  private final Child child;
  private final int rounds;

  /** Told what goes on. */
  private final PrintStream log;

  Comparison(Child child, int rounds, PrintStream log) {
    this.child = child;
    this.rounds = rounds;
    this.log = log;
  }

  Row run(Workload workload, List<Candidate> peers) throws IOException, InterruptedException {
    Row row = new Row(workload);
    if (!workload.train()) {
      try {
        child.write(workload);
      } catch (Failure e) {
        log.println(workload + ": writing the network: " + e.getMessage());
        return row;
      }
    }
    List<Candidate> left = new ArrayList<>(peers);
    for (int round = 1; round <= rounds; round++) {
      for (Candidate peer : List.copyOf(left)) {
        if (!pair(row, peer, round)) {
          left.remove(peer); // a failure would come again, and take its time again
        }
      }
      if (left.isEmpty()) {
        alone(row, round);
      }
    }
    return row;
  }

  private boolean pair(Row row, Candidate peer, int round)
      throws IOException, InterruptedException {
    double rate;
    try {
      rate = measure(row.workload(), peer, round);
    } catch (Failure e) {
      log.println(row.workload() + ": " + peer.module() + ": " + e.getMessage());
      return false;
    }
    try {
      row.add(peer, rate, measure(row.workload(), Candidate.QUERN, round));
    } catch (Failure e) {
      log.println(row.workload() + ": quern: " + e.getMessage());
      row.add(peer, rate);
    }
    return true;
  }

  private void alone(Row row, int round) throws IOException, InterruptedException {
    try {
      row.add(Candidate.QUERN, measure(row.workload(), Candidate.QUERN, round));
    } catch (Failure e) {
      log.println(row.workload() + ": quern: " + e.getMessage());
    }
  }

  private double measure(Workload workload, Candidate candidate, int round)
      throws Failure, IOException, InterruptedException {
    double rate = child.measure(candidate, workload);
    log.printf(
        Locale.ROOT,
        "%s: %s: %.1f images/s (round %d of %d)%n",
        workload,
        candidate.module(),
        rate,
        round,
        rounds);
    return rate;
  }
}
