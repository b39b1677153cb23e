package dev.quern.spring;

import dev.quern.engine.Engine;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The models of the configuration, by name, and the thread that reloads changed files. Closing
 * waits for pending requests; beans that use the models are destroyed before.
 */
final class ModelFiles implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.quern.spring");
  private static final String RELOAD_INTERVAL = "quern.reload-interval";

  /** The maximum time in seconds that closing waits for a file that is being loaded. */
  private static final long PATIENCE = 10;

  private final Map<String, ModelFile> files;
  private final CountDownLatch end = new CountDownLatch(1);
  private final @Nullable Thread reloading;

  private ModelFiles(Map<String, ModelFile> files, Duration interval) {
    this.files = files;
    if (interval.isZero() || files.isEmpty()) {
      reloading = null;
    } else {
      reloading = new Thread(() -> reload(interval.toNanos()), "quern-reload");
      reloading.setDaemon(true);
      reloading.start();
    }
  }

  /**
   * Sets the number of threads and loads all models. If a model cannot be loaded, the others are
   * closed.
   *
   * @throws
   *     org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException
   *     if a property is invalid, or a file cannot be read
   */
  static ModelFiles load(QuernProperties properties) {
    Duration interval = properties.reloadInterval();
    if (interval.isNegative() || interval.compareTo(Duration.ofDays(1)) > 0) {
      throw Invalid.property(RELOAD_INTERVAL, interval, "the interval must be from 0 to 1 day");
    }
    Integer threads = properties.threads();
    if (threads != null) {
      Invalid.check(
          "quern.threads",
          threads,
          () -> {
            Engine.setThreads(threads);
            return threads;
          });
    }
    Map<String, ModelFile> files = new LinkedHashMap<>();
    try {
      properties.models().forEach((name, model) -> files.put(name, ModelFile.load(name, model)));
      return new ModelFiles(files, interval);
    } catch (RuntimeException | Error e) {
      files.values().forEach(ModelFile::close);
      throw e;
    }
  }

  Map<String, ModelFile> all() {
    return files;
  }

  ModelFile get(String name) {
    return files.get(name);
  }

  private void reload(long nanos) {
    try {
      while (!end.await(nanos, TimeUnit.NANOSECONDS)) {
        files.values().forEach(ModelFile::look);
      }
    } catch (InterruptedException e) {
      // nothing else interrupts this thread: the process ends
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "model files are not reloaded any longer", e);
    }
  }

  @Override
  public void close() {
    end.countDown();
    if (reloading != null) {
      try {
        reloading.join(TimeUnit.SECONDS.toMillis(PATIENCE));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    // concurrently, because a model may take seconds to complete its requests
    CompletableFuture<?>[] closing =
        files.values().stream()
            .map(f -> CompletableFuture.runAsync(f::close, ModelFiles::start))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(closing).join();
  }

  private static void start(Runnable work) {
    new Thread(work, "quern-close").start();
  }
}
