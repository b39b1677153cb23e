package dev.quern.serve;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that read requests and wait for their answers, as many as are needed. */
final class RequestThreads {
  private static final long KEEP_SECONDS = 30;

  private RequestThreads() {}

  static ExecutorService of(int most) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            most, most, KEEP_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ThreadFactory factory() {
    AtomicInteger count = new AtomicInteger();
    return work -> {
      Thread t = Executors.defaultThreadFactory().newThread(work);
      t.setName("quern-serve-http-" + count.incrementAndGet());
      t.setDaemon(true);
      return t;
    };
  }
}
