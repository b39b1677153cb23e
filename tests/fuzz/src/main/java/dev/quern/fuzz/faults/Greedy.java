package dev.quern.fuzz.faults;

import dev.quern.error.MemoryLimitException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Trainers that are built at once and ask for more memory together than there is. */
final class Greedy {
  private Greedy() {}

  /**
   * @param args threads, MiB that each asks for
   */
  public static void main(String[] args) throws InterruptedException {
    Tiny.guarded(() -> build(Integer.parseInt(args[0]), Long.parseLong(args[1]) << 20));
  }

  private static void build(int threads, long bytes) throws InterruptedException {
    Thread.setDefaultUncaughtExceptionHandler(
        (t, e) -> {
          e.printStackTrace();
          Runtime.getRuntime().halt(1); // the others wait for it
        });
    int batch = (int) (bytes / bytesOfAnImage());
    AtomicInteger built = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    CountDownLatch ready = new CountDownLatch(threads);
    CountDownLatch done = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      new Thread(
              () -> {
                ready.countDown();
                await(ready);
                build(batch, built, refused, done);
              })
          .start();
    }
    done.await();
    System.out.println("built and refused " + built + " " + refused);
  }

  /** Builds one and holds it until the others are there, too. */
  private static void build(
      int batch, AtomicInteger built, AtomicInteger refused, CountDownLatch done) {
    try (Trainer trainer = trainer(batch)) {
      built.addAndGet(trainer.bytes() > 0 ? 1 : 0);
      done.countDown();
      await(done);
    } catch (MemoryLimitException e) {
      System.out.println(e.getMessage());
      refused.incrementAndGet();
      done.countDown();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long bytesOfAnImage() {
    try (Trainer one = trainer(1);
        Trainer more = trainer(65)) {
      return (more.bytes() - one.bytes()) / 64;
    }
  }

  private static Trainer trainer(int batch) {
    Network net =
        Network.of(
            "greedy",
            Shape.of(1, 32, 32),
            new Conv2d(16, 3),
            new Relu(),
            new Flatten(),
            new Linear(2));
    return Trainer.builder(net).batch(batch).build();
  }
}
