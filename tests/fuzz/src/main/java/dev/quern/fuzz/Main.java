package dev.quern.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Runs the attacks, all at once, and prints what came of them. Exit status 1 where there is any
 * finding.
 */
final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    Options options = Options.of(args);
    String summary = run(options);
    System.out.println(summary);
    System.exit(summary.contains(Summary.CLEAN) ? 0 : 1);
  }

  /** Attacks and returns the summary, which is in {@code summary.txt}, too. */
  static String run(Options options) throws Exception {
    empty(options.out());
    Findings findings = new Findings(options.out().resolve("findings"));
    long start = System.nanoTime();
    double nanos = options.minutes() * 60e9;
    AtomicBoolean failed = new AtomicBoolean(); // one attacker's failure ends the others, too
    BooleanSupplier over = () -> failed.get() || System.nanoTime() - start > nanos;
    ExecutorService pool = Executors.newFixedThreadPool(Options.ALL.size());
    Map<String, Future<Tally>> running = new LinkedHashMap<>();
    for (String name : options.attacks()) {
      Attacker attacker = attacker(name);
      running.put(
          name,
          pool.submit(
              () -> {
                try {
                  return attacker.attack(options, findings, over);
                } catch (Exception | Error e) {
                  failed.set(true);
                  throw e;
                }
              }));
    }
    Map<String, Tally> tallies = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Future<Tally>> e : running.entrySet()) {
        tallies.put(e.getKey(), e.getValue().get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("an attacker itself failed", e.getCause());
    } finally {
      pool.shutdownNow();
    }
    String summary = Summary.of(options, tallies, findings, (System.nanoTime() - start) / 60e9);
    Files.writeString(options.out().resolve("summary.txt"), summary);
    return summary;
  }

  private static Attacker attacker(String name) {
    return switch (name) {
      case "api" ->
          new Forked(
              "api", ApiAttack.class, 120, List.of("-Xmx512m", "-XX:-OmitStackTraceInFastThrow"));
      case "files" -> new Forked("files", FilesAttack.class, 120, List.of("-Xmx256m"));
      case "onnx" -> new Forked("onnx", OnnxAttack.class, 120, List.of("-Xmx512m"));
      case "native" -> new NativeAttacker();
      case "faults" -> new FaultAttacker();
      case "serve" -> new ServeAttacker();
      default -> throw new IllegalArgumentException("no attack " + name);
    };
  }

  private static void empty(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(p);
        }
      }
    }
    Files.createDirectories(folder);
  }
}
