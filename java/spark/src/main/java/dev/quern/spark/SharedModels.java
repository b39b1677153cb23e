package dev.quern.spark;

import dev.quern.engine.Engine;
import dev.quern.predict.Model;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;

/** The models in an executor's JVM, each shared by all tasks that predict with it. Thread-safe. */
final class SharedModels {
  /** The maximum number of unused models that remain open for the next stage. */
  private static final int KEPT = 2;

  /** The open models by key, in the order of their last use. */
  private static final Map<String, Shared> ALL = new LinkedHashMap<>();

  private SharedModels() {}

  private static final class Shared {
    private final Model model;
    private int tasks;

    Shared(Model model) {
      this.model = model;
    }
  }

  /**
   * Returns the model with this key, loading it if necessary; the task must release the model when
   * the task ends.
   */
  static Model acquire(String key, Broadcast<byte[]> file) {
    synchronized (ALL) {
      Shared s = ALL.remove(key);
      if (s == null) {
        Workers.closeIdle();
        Engine.setThreads(Math.max(1, Math.min(64, TaskContext.get().cpus())));
        s = new Shared(Model.of(ModelBytes.read(file.value())));
      }
      ALL.put(key, s);
      s.tasks++;
      return s.model;
    }
  }

  static void release(String key) {
    synchronized (ALL) {
      ALL.get(key).tasks--;
      long idle = ALL.values().stream().filter(s -> s.tasks == 0).count();
      for (var all = ALL.values().iterator(); idle > KEPT && all.hasNext(); ) {
        Shared s = all.next();
        if (s.tasks == 0) {
          all.remove();
          s.model.close();
          idle--;
        }
      }
    }
  }
}
