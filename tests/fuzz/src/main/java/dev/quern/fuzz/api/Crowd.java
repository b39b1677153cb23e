package dev.quern.fuzz.api;

import java.lang.reflect.Executable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A case of eight threads, each with {@link Calls} of its own, or {@link Changing} ones, at once.
 * They share what all callers share: the native library, its threads, the limit on memory, settings
 * of the whole process.
 */
final class Crowd extends Case {
  static final int THREADS = 8;

  private final List<Calls> parts = new ArrayList<>();
  private volatile Throwable first;

  /**
   * @param folders one for each thread
   * @param called hears of each method that was called, from any thread
   */
  Crowd(long seed, List<Folder> folders, Consumer<Executable> called) {
    super(seed);
    for (Folder folder : folders) {
      long own = draw.number();
      parts.add(draw.once(2) ? new Changing(own, folder, called) : new Calls(own, folder, called));
    }
  }

  @Override
  void run() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (Calls part : parts) {
      threads.add(new Thread(() -> run(part), "crowd " + threads.size()));
    }
    threads.forEach(Thread::start);
    for (Thread t : threads) {
      t.join();
    }
    parts.forEach(p -> calls.add(() -> "a thread's calls:" + p.calls));
    if (first instanceof Error e) {
      throw e;
    } else if (first instanceof Exception e) {
      throw e;
    }
  }

  private void run(Calls part) {
    try {
      part.run();
    } catch (Exception | Error e) {
      first = e;
    }
  }

  @Override
  List<AutoCloseable> opened() {
    return parts.stream().flatMap(p -> p.opened().stream()).toList();
  }
}
