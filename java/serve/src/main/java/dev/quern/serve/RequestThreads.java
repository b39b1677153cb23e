package dev.quern.serve;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that read requests and wait for their answers. From Java 24 on each request has a virtual
 * one, so that slow clients hold up nobody. Before, the JDK's server reads in synchronized methods,
 * in which a virtual thread holds a carrier: there are as few as processors, so a pool is better.
 */
final class RequestThreads {
  private static final int VIRTUAL_SINCE = 24;
  private static final long KEEP_SECONDS = 30;

  private RequestThreads() {}

  static ExecutorService of(int most) {
    return Runtime.version().feature() < VIRTUAL_SINCE ? pool(most) : virtual();
  }

  /** {@code Executors.newVirtualThreadPerTaskExecutor()}, which Java 17 has not. */
  private static ExecutorService virtual() {
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ExecutorService pool(int most) {
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
