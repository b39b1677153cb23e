package dev.quern.spring;

import dev.quern.engine.Precision;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.serve.BatchingModel;
import dev.quern.spring.QuernProperties.ModelProperties;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A model of the configuration: its file, the model that is loaded from it, and its batching. A
 * changed file is loaded again; if it cannot be read, the previous version stays in service.
 * Thread-safe.
 */
final class ModelFile {
  private static final System.Logger LOG = System.getLogger("dev.quern.spring");

  private final String name;
  private final Path path;
  private final Precision precision;
  private final BatchingModel batching;

  /** The current model, if a bean of the type {@code Model} has given it to the application. */
  private @Nullable Model given;

  /** Replaced models that the application may still use; unused ones are garbage-collected. */
  private final List<WeakReference<Model>> replaced = new ArrayList<>();

  /** The file when it was loaded, or when loading it failed. */
  private Stamp loadedStamp;

  /** The file at the previous look. */
  private Stamp seen;

  private Instant loaded = Instant.now();
  private int version = 1;
  private @Nullable String lastError;

  private ModelFile(
      String name, Path path, Precision precision, BatchingModel batching, Stamp stamp) {
    this.name = name;
    this.path = path;
    this.precision = precision;
    this.batching = batching;
    loadedStamp = stamp;
    seen = stamp;
  }

  /** The state of a model, for health. */
  record State(
      Path file, Instant loaded, int version, boolean isOpen, @Nullable String lastError) {}

  /**
   * Loads a model.
   *
   * @throws
   *     org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException
   *     if a property of the model is invalid, or the file cannot be read
   */
  static ModelFile load(String name, ModelProperties properties) {
    String prefix = "quern.models." + name + ".";
    Path path = properties.path();
    if (path == null || path.toString().isEmpty()) {
      throw Invalid.property(prefix + "path", path, "a model needs the path of its file");
    }
    Precision precision = Objects.requireNonNullElse(properties.precision(), Precision.DEFAULT);
    Stamp stamp = Stamp.of(path); // before the file is read, so that no later change is missed
    Model model = Invalid.check(prefix + "path", path, () -> read(path, precision));
    try {
      BatchingModel.Builder builder = settings(prefix, model, properties);
      Duration delay = properties.maxDelay();
      BatchingModel batching =
          delay == null // build compares it with the queue's timeout
              ? builder.build()
              : Invalid.check(prefix + "max-delay", delay, builder::build);
      return new ModelFile(name, path, precision, batching, stamp);
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private static Model read(Path path, Precision precision) {
    return Model.of(ModelData.load(path), precision);
  }

  private static BatchingModel.Builder settings(
      String prefix, Model model, ModelProperties properties) {
    BatchingModel.Builder builder = BatchingModel.builder(model);
    Integer maxBatch = properties.maxBatch();
    if (maxBatch != null) {
      Invalid.check(prefix + "max-batch", maxBatch, () -> builder.maxBatch(maxBatch));
    }
    Duration delay = properties.maxDelay();
    if (delay != null) {
      Invalid.check(prefix + "max-delay", delay, () -> builder.window(delay));
    }
    Integer queue = properties.queue();
    if (queue != null) {
      Invalid.check(prefix + "queue", queue, () -> builder.maxQueue(queue));
    }
    return builder;
  }

  BatchingModel batching() {
    return batching;
  }

  /** Returns the current model to the application, which may then use it until shutdown. */
  synchronized Model give() {
    Model model = batching.model();
    given = model;
    return model;
  }

  synchronized State state() {
    return new State(path, loaded, version, !batching.model().isClosed(), lastError);
  }

  /**
   * Loads the file again if it has changed since it was loaded, and has not changed since the
   * previous call: a file that changes may still be incomplete. One thread alone calls this method.
   */
  void look() {
    Stamp now = Stamp.of(path);
    boolean isStable = now.equals(seen);
    seen = now;
    if (!isStable || now.equals(loadedStamp)) {
      return;
    }
    loadedStamp = now; // a failure is not repeated before the file changes again
    try {
      replace(read(path, precision)); // read without the lock, since it may take seconds
      LOG.log(System.Logger.Level.INFO, "model " + name + " is reloaded from " + path);
    } catch (RuntimeException | OutOfMemoryError e) { // the previous version stays in service
      String reason = String.valueOf(e.getMessage());
      synchronized (this) {
        lastError = reason;
      }
      LOG.log(System.Logger.Level.WARNING, "model " + name + " is not reloaded: " + reason);
    }
  }

  private synchronized void replace(Model next) {
    Model old = batching.model();
    CompletableFuture<Model> free;
    try {
      free = batching.replace(next);
    } catch (RuntimeException | Error e) {
      next.close();
      throw e;
    }
    if (old == given) {
      replaced.removeIf(reference -> reference.get() == null);
      replaced.add(new WeakReference<>(old));
      given = null;
    } else {
      free.thenAccept(Model::closeWhenFree);
    }
    version++;
    loaded = Instant.now();
    lastError = null;
  }

  /** Completes pending requests, then closes the model and its replaced versions. */
  void close() {
    batching.close();
    synchronized (this) {
      batching.model().closeWhenFree();
      for (WeakReference<Model> reference : replaced) {
        Model model = reference.get();
        if (model != null) {
          model.closeWhenFree();
        }
      }
    }
  }
}
