package dev.quern.fuzz.api;

import dev.quern.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A case of one trainer and all around it, called in any order by 1 to 16 threads. */
final class Session extends Case {
  private static final int COUNT = 24;
  private static final int RARITY = 12;

  private final boolean honest;
  private final World world;
  private final SessionCalls actions;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  Session(long seed) {
    super(seed);
    honest = draw.once(3);
    world =
        new World(
            draw,
            () -> new OwnLayer(draw.split(), honest ? null : mischief()),
            honest ? null : mischief());
    actions = new SessionCalls(world, calls, honest, honest ? null : mischief(), this::interrupt);
  }

  /** Asked for while the world is made, used when all is there. */
  private Mischief mischief() {
    Draw own = draw.split();
    return new Mischief(own, () -> actionInside(own), RARITY);
  }

  private void actionInside(Draw own) {
    if (actions != null) {
      actions.oneInside(own);
    }
  }

  @Override
  List<AutoCloseable> opened() {
    return world.opened();
  }

  @Override
  void run() throws Exception {
    int count = draw.of(1, 1, 1, 1, 2, 2, 3, 4, 8, 16);
    calls.add(() -> count + " threads; " + world.network + "; " + world.loss);
    Engine.setThreads(draw.between(1, 3));
    if (count == 1) {
      several(draw, COUNT);
    } else {
      atOnce(count);
    }
    Throwable t = failure.get();
    if (t instanceof Exception e) {
      throw e;
    } else if (t != null) {
      throw new IllegalStateException(t);
    }
  }

  private void atOnce(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      Draw own = draw.split();
      threads.add(new Thread(() -> several(own, Math.max(2, COUNT / count)), "session " + i));
    }
    threads.forEach(Thread::start);
    for (Thread t : threads) {
      t.join();
    }
  }

  private void several(Draw own, int count) {
    try {
      for (int i = 0; i < count && failure.get() == null; i++) {
        actions.one(own);
      }
    } catch (Exception | Error e) {
      failure.compareAndSet(null, e);
    }
  }

  private void interrupt(Draw own) {
    Thread target = threads.isEmpty() ? Thread.currentThread() : own.of(threads);
    target.interrupt();
  }
}
