package dev.quern.fuzz.serve;

import dev.quern.fuzz.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A client that asks for what the server promises, knows the right response, and takes the time.
 */
final class ValidClient implements Runnable {
  private static final int PAUSE_MILLIS = 15;

  private final int port;
  private final List<Question> questions;
  private final Map<Question.Stage, Times> times;
  private final Problems problems;
  private final boolean scarce;
  private final SplittableRandom random;
  private volatile boolean done;

  /**
   * @param scarce whether the server may cut and refuse
   */
  ValidClient(
      int port,
      List<Question> questions,
      Map<Question.Stage, Times> times,
      Problems problems,
      boolean scarce,
      SplittableRandom random) {
    this.port = port;
    this.questions = questions;
    this.times = times;
    this.problems = problems;
    this.scarce = scarce;
    this.random = random;
  }

  void stop() {
    done = true;
  }

  @Override
  public void run() {
    Wire wire = null;
    while (!done) {
      Question q = questions.get(random.nextInt(questions.size()));
      boolean fresh = wire == null;
      long start = System.nanoTime();
      try {
        wire = fresh ? new Wire(port) : wire;
        Wire.Reply reply = wire.ask(q.request());
        if (reply.status() == 0 && !fresh) {
          wire.close(); // the server may end one that idles just when it is used
          wire = new Wire(port);
          reply = wire.ask(q.request());
        }
        took(q, reply, System.nanoTime() - start);
        if (reply.closes()) {
          wire.close();
          wire = null;
        }
        Thread.sleep(PAUSE_MILLIS);
      } catch (IOException e) {
        wire = closed(wire);
        lost(q, e.toString(), System.nanoTime() - start);
      } catch (InterruptedException e) {
        break;
      }
    }
    closed(wire);
  }

  private static Wire closed(Wire wire) {
    try {
      if (wire != null) {
        wire.close();
      }
    } catch (IOException e) {
      // it is closed already
    }
    return null;
  }

  private void took(Question q, Wire.Reply reply, long nanos) throws IOException {
    if (reply.status() == 0) {
      lost(q, "closed without a response", nanos);
      return;
    }
    boolean refused =
        reply.status() == 429 || reply.status() == 503 || scarce && reply.status() == 500;
    times.get(q.stage()).add(nanos, refused);
    if (!refused && reply.status() != 200) {
      problems.add(Kind.UNTYPED, "refused", "a valid request: " + reply.text());
    } else if (!refused && !q.right().is(reply)) {
      problems.add(Kind.WRONG, "wrong", "a wrong response: " + reply.text());
    }
  }

  private void lost(Question q, String how, long nanos) {
    if (!scarce) {
      long millis = nanos / 1_000_000;
      problems.add(
          Kind.HANG,
          "lost",
          "a request of " + q.stage() + " is lost after " + millis + " ms: " + how);
      times.get(q.stage()).add(nanos, true);
    }
  }
}
