package dev.quern.tests;

import dev.quern.engine.Engine;
import dev.quern.error.MemoryLimitException;
import dev.quern.internal.Memory;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that want more memory than there is, at the same moment, in a JVM of its own. */
final class MemoryMain {
  private MemoryMain() {}

  static final class Tensors {
    private Tensors() {}

    public static void main(String[] args) throws Exception {
      run(6, MemoryMain::tensor);
    }
  }

  static final class Trainers {
    private Trainers() {}

    public static void main(String[] args) throws Exception {
      run(3, MemoryMain::trainer);
    }
  }

  private static AutoCloseable tensor() {
    Arena arena = new Arena();
    arena.tensor(Shape.of(125 << 20));
    return arena;
  }

  /** Eight layers of 16 MiB, with gradients and velocities. */
  private static AutoCloseable trainer() {
    Layer[] layers = new Layer[9];
    layers[0] = new Flatten();
    for (int i = 1; i < layers.length; i++) {
      layers[i] = new Linear(2048);
    }
    Network network = Network.of("wide", Shape.of(2048, 1, 1), layers);
    return Trainer.builder(network).batch(1).optimizer(new Sgd(0.1f, 0.9f)).build();
  }

  private static void run(int threads, Callable<AutoCloseable> make) throws Exception {
    long limit = Engine.info().memoryLimit();
    CyclicBarrier together = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<AutoCloseable>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          pool.submit(
              () -> {
                together.await();
                return make.call();
              }));
    }
    List<AutoCloseable> made = new ArrayList<>();
    for (Future<AutoCloseable> f : all) {
      try {
        made.add(f.get());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof MemoryLimitException)) {
          throw e;
        }
        System.out.println(e.getCause().getMessage());
      }
    }
    pool.shutdown();
    System.out.println("limit " + (limit >> 20) + " MiB, made " + made.size());
    for (AutoCloseable m : made) {
      m.close();
    }
    System.out.println("left " + Memory.live());
  }
}
