package dev.quern.fuzz.serve;

import dev.quern.fuzz.Kind;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server before and after an attack: what it had, and that it has it again. */
final class Calm {
  private static final int WARM_ROUNDS = 12;
  private static final int RECOVERY_SECONDS = 20;
  private static final int SETTLE_SECONDS = 30;

  /**
   * Five for requests, six to cut clients, five for models, and ten that a JVM waits for its
   * compiler when it halts.
   */
  private static final int END_SECONDS = 26;

  private static final int PATIENCE_SECONDS = 60;

  /** Three threads that swap, each with its own bound, come back within it. */
  private static final int CALM_SECONDS = 150;

  private static final int PROBE_MILLIS = 8000;
  private static final int MORE_DESCRIPTORS = 16;
  private static final int MORE_THREADS = 6;
  private static final long MORE_HEAP = 48L << 20;

  /** Arenas of allocators, code, classes: what a JVM keeps of its own. */
  private static final long MORE_NATIVE = 256L << 20;

  private static final Pattern HELD = Pattern.compile("(?m)^quern_held_bytes (\\S+)$");

  /** A server's own threads, of which none may be missing afterwards. */
  private static final Pattern OWN = Pattern.compile("quern.*");

  private final ServerProcess server;
  private final List<Question> questions;
  private final Problems problems;
  private final boolean swaps;
  private State before;
  private long nativeBefore;

  Calm(ServerProcess server, List<Question> questions, Problems problems, boolean swaps) {
    this.server = server;
    this.questions = questions;
    this.problems = problems;
    this.swaps = swaps;
  }

  /** Has all threads started and all code run; false where the server does not answer even now. */
  boolean warm() throws InterruptedException {
    for (int i = 0; i < WARM_ROUNDS; i++) {
      for (Question q : questions) {
        String problem = problem(q);
        if (problem != null) {
          problems.add(Kind.WRONG, "start", "before any attack: " + problem);
          return false;
        }
      }
    }
    before = state();
    nativeBefore = before == null ? 0 : outsideHeap(before);
    if (before == null) {
      problems.add(Kind.HANG, "start", "no state before any attack");
    }
    return before != null;
  }

  /** What is wrong with the response to a request over a connection of its own; null if nothing. */
  private String problem(Question q) {
    try (Wire wire = new Wire(server.port(), PROBE_MILLIS)) {
      Wire.Reply reply = wire.ask(q.request());
      return reply.status() == 200 && q.right().is(reply) ? null : q.stage() + " " + reply.text();
    } catch (IOException e) {
      return q.stage() + " " + e;
    }
  }

  private State state() throws InterruptedException {
    String line = server.command("state", PATIENCE_SECONDS);
    return line == null || !line.startsWith("state ")
        ? null
        : State.of(line.substring("state ".length()));
  }

  private long outsideHeap(State s) {
    return Math.max(0, server.bytes("VmRSS") - s.committed());
  }

  /** All that must hold once all clients have left. */
  void requireRecovery() throws IOException, InterruptedException {
    if (answers() && swapsEnd()) {
      requireSoon("held", h -> held(), RECOVERY_SECONDS);
      requireSoon("left", this::left, SETTLE_SECONDS);
      answers();
    }
    try (Socket busy = Wire.connect(server.port())) {
      if (swaps && "stuck".equals(server.command("stick", PATIENCE_SECONDS))) {
        busy.getOutputStream().write(HostileClient.oddRequest());
        Thread.sleep(300); // the model is in it then
      }
      requireEnd();
    } catch (IOException e) {
      requireEnd(); // it does not even take a connection
    }
  }

  private void requireEnd() throws IOException, InterruptedException {
    if (!server.terminate(END_SECONDS)) {
      problems.add(
          Kind.HANG, "end", "SIGTERM does not end it in " + END_SECONDS + " s\n" + server.stacks());
    }
  }

  private boolean swapsEnd() throws IOException, InterruptedException {
    if (!swaps || "calm".equals(server.command("calm", CALM_SECONDS))) {
      return true;
    }
    problems.add(Kind.HANG, "swaps", "swaps do not come back\n" + server.stacks());
    return false;
  }

  /** Whether all is answered right, if not at once then soon. */
  private boolean answers() throws IOException, InterruptedException {
    long end = System.nanoTime() + RECOVERY_SECONDS * 1_000_000_000L;
    for (Question q : questions) {
      String problem = problem(q);
      while (problem != null && System.nanoTime() < end) {
        Thread.sleep(200);
        problem = problem(q);
      }
      if (problem != null) {
        String stacks = problems.has("recovery") ? "" : "\n" + server.stacks();
        problems.add(Kind.HANG, "recovery", "without attackers: " + problem + stacks);
        return false;
      }
    }
    return true;
  }

  /** Waits until a question has no answer, which is what does not hold. */
  private void requireSoon(String sort, Function<State, String> check, int seconds)
      throws InterruptedException {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (true) {
      State now = state();
      String problem = now == null ? "the server tells no state" : check.apply(now);
      if (problem == null) {
        return;
      }
      if (System.nanoTime() > end) {
        problems.add(Kind.WRONG, sort, problem);
        return;
      }
      Thread.sleep(500);
    }
  }

  private String held() {
    try (Wire wire = new Wire(server.port(), PROBE_MILLIS)) {
      Wire.Reply reply = wire.ask(Wire.head("GET", "/metrics"));
      Matcher m = HELD.matcher(new String(reply.body(), StandardCharsets.UTF_8));
      if (!m.find()) {
        return "metrics tell no held bytes: " + reply.text();
      }
      return Double.parseDouble(m.group(1)) == 0 ? null : m.group(1) + " bytes are held";
    } catch (IOException e) {
      return "no metrics: " + e;
    }
  }

  private String left(State now) {
    for (Map.Entry<String, Integer> e : before.threads().entrySet()) {
      int count = now.threads().getOrDefault(e.getKey(), 0);
      if (OWN.matcher(e.getKey()).matches() && count < e.getValue()) {
        return "threads " + e.getKey() + ": " + count + " of " + e.getValue() + " are left";
      }
    }
    if (now.allThreads() > before.allThreads() + MORE_THREADS) {
      return "threads that were not there: " + before.threads() + " became " + now.threads();
    }
    if (now.descriptors() > before.descriptors() + MORE_DESCRIPTORS) {
      return "descriptors: " + before.descriptors() + " became " + now.descriptors();
    }
    if (now.heap() > before.heap() + MORE_HEAP) {
      return "heap: " + (before.heap() >> 20) + " MB became " + (now.heap() >> 20);
    }
    long outside = outsideHeap(now);
    return outside > nativeBefore + MORE_NATIVE
        ? "memory outside the heap: " + (nativeBefore >> 20) + " MB became " + (outside >> 20)
        : null;
  }
}
