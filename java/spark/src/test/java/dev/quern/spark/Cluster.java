package dev.quern.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Spark sessions of the tests. */
final class Cluster {
  private Cluster() {}

  /** In this process. */
  static SparkSession local(int threads) {
    return builder("local[" + threads + "]").getOrCreate();
  }

  /** Executors of one core, each a JVM of its own, which see this process's class path. */
  static SparkSession of(int executors) throws IOException {
    return of(executors, System.getProperty("java.class.path"));
  }

  /**
   * @param classPath of the executors
   */
  static SparkSession of(int executors, String classPath) throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    return builder("local-cluster[" + executors + ",1,1024]")
        .config("spark.executor.extraClassPath", classPath)
        .config(
            "spark.executor.extraJavaOptions",
            "--enable-native-access=ALL-UNNAMED -XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.executor.memory", "768m")
        .config("spark.task.maxFailures", "4")
        .config("spark.locality.wait", "0s")
        .getOrCreate();
  }

  private static SparkSession.Builder builder(String master) {
    return SparkSession.builder()
        .master(master)
        .appName("quern")
        .config("spark.ui.enabled", "false")
        // not Java's own, which the kept and sent objects must not depend on
        .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/warehouse");
  }
}
