package dev.quern.fuzz.serve;

import dev.quern.error.QuernException;
import dev.quern.predict.Model;
import dev.quern.serve.ModelServer;
import dev.quern.tensor.Arena;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Replaces models while they are in use, also by the application itself. */
final class Swapper {
  private static final long PAUSE_MILLIS = 100;

  /** A model that blocks delays no deploy of another, and its own only up to a deadline. */
  private static final long MOST_SECONDS = 8;

  private static final long MOST_ODD_SECONDS = 40;

  /** A prediction of so many samples is nearly always under way when its model is replaced. */
  private static final int SAMPLES = 2000;

  private final ModelServer server;
  private final boolean scarce;
  private final Consumer<String> broken;
  private final Thread[] threads;
  private volatile Model current;
  private volatile boolean done;

  /**
   * @param scarce whether a deploy may be refused
   * @param broken takes what does not hold
   */
  Swapper(ModelServer server, long seed, boolean scarce, Consumer<String> broken) {
    this.server = server;
    this.scarce = scarce;
    this.broken = broken;
    threads =
        new Thread[] {
          new Thread(this::replace, "swapper"),
          new Thread(() -> odd(new SplittableRandom(seed)), "swapper-odd"),
          new Thread(this::use, "swapper-use")
        };
  }

  void start() {
    for (Thread t : threads) {
      t.setDaemon(true);
      t.start();
    }
  }

  /** Has a model served that blocks for longer than a server may take to end. */
  void stick() {
    OddLayer.Way way = OddLayer.Way.BLOCKS_LONG;
    deploy(Networks.ODD_NAME, Networks.odd(new OddLayer(way, () -> {})));
  }

  /** Waits until each deploy has come back; says which has not. */
  void stop() throws InterruptedException {
    done = true;
    for (Thread t : threads) {
      t.join(TimeUnit.SECONDS.toMillis(MOST_ODD_SECONDS));
      if (t.isAlive()) {
        broken.accept(t.getName() + " does not come back: " + t.getStackTrace()[0]);
      }
    }
  }

  private void replace() {
    for (int version = 2; !done; pause()) {
      Model next = Networks.small(version);
      if (deploy(Networks.SMALL_NAME, next) == version) {
        version++;
        current = next;
      }
    }
  }

  private void odd(SplittableRandom random) {
    OddLayer.Way[] ways = OddLayer.Way.values();
    while (!done) {
      OddLayer.Way way = ways[random.nextInt(ways.length)];
      Runnable call =
          random.nextBoolean()
              ? () -> server.remove(Networks.ODD_NAME)
              : () -> deploy(Networks.ODD_NAME, Networks.odd(new OddLayer(way, () -> {})));
      deploy(Networks.ODD_NAME, Networks.odd(new OddLayer(way, call)));
      pause();
      if (random.nextBoolean()) {
        timed("remove odd, which " + way, () -> server.remove(Networks.ODD_NAME));
      }
    }
    timed("remove odd", () -> server.remove(Networks.ODD_NAME));
  }

  /** The application predicts by a model that is being replaced: a prediction, or a typed error. */
  private void use() {
    while (!done) {
      Model model = current;
      if (model == null) {
        pause();
        continue;
      }
      try (Arena arena = new Arena()) {
        model.predict(arena.tensor(Networks.SMALL.batch(SAMPLES)));
      } catch (QuernException e) {
        pause(); // it is closed
      } catch (RuntimeException | Error e) {
        broken.accept("predict of a replaced model: " + e);
        pause();
      }
    }
  }

  /** Returns the version; 0 where the deploy was refused, which closes the model. */
  private int deploy(String name, Model model) {
    int[] version = {0};
    try {
      timed("deploy " + name, () -> version[0] = server.deploy(name, model));
    } finally {
      if (version[0] == 0) {
        closed(model);
      }
    }
    return version[0];
  }

  private static void closed(Model model) {
    try {
      model.close();
    } catch (QuernException e) {
      // the server has it after all, and closes it
    }
  }

  private void timed(String what, Runnable call) {
    long start = System.nanoTime();
    try {
      call.run();
    } catch (QuernException e) {
      if (!scarce) {
        broken.accept(what + ": " + e);
      }
    } catch (RuntimeException | Error e) {
      if (!(scarce && e instanceof OutOfMemoryError)) {
        broken.accept(what + ": " + e);
      }
    }
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    if (seconds >= (what.contains(Networks.ODD_NAME) ? MOST_ODD_SECONDS : MOST_SECONDS)) {
      broken.accept(what + " took " + seconds + " s");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
