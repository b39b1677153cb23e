package dev.quern.bench.serve;

import dev.quern.io.ModelFile;
import dev.quern.network.Networks;
import dev.quern.onnx.Onnx;
import dev.quern.predict.ModelData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * resnet20 on pictures of 32x32 behind HTTP, asked by wrk over 64 connections: with batches,
 * without, and ONNX Runtime behind the same server of the JDK; and binary tensors beside {@code
 * quern bench --mode infer}. Each has a process of its own, and all take turns. Quern runs as many
 * batches at once as there are cores, a thread each.
 *
 * <p>{@code ServeBench [SECONDS [ROUNDS]]}, from the top of the clone.
 */
final class ServeBench {
  private static final String MODEL = "resnet20";
  private static final int BATCH = 32;

  /** Times the seconds of a round: the JVM compiles for long. */
  private static final int WARM_UP = 4;

  /** Images of a request where each has many. */
  private static final int MANY = 16;

  /** What is asked, of whom. */
  private record Row(
      String name, Server server, Path bodies, int jsonBytes, int images, String path) {}

  private ServeBench() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 10;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    Path folder = Files.createTempDirectory("quern-serve-bench");
    ModelData data = ModelData.untrained(Networks.byName(MODEL), 1);
    Path model = folder.resolve(MODEL + ".safetensors");
    Path onnx = folder.resolve(MODEL + ".onnx");
    ModelFile.save(model, data);
    Onnx.save(data, onnx);
    Path pictures = Bodies.pictures(folder.resolve("pictures"));
    Path one = folder.resolve("one");
    Path many = folder.resolve("many");
    int oneBytes = Bodies.tensors(one, data.network(), 1);
    int manyBytes = Bodies.tensors(many, data.network(), MANY);
    String cores = "" + Runtime.getRuntime().availableProcessors();
    String predict = "/v1/models/" + MODEL + ":predict";
    String infer = "/v2/models/" + MODEL + "/infer";
    try (Server batching = Server.quern(model, "--workers", cores, "--max-batch", "" + BATCH);
        Server single = Server.quern(model, "--workers", cores, "--max-batch", "1");
        Server tensors = Server.quern(model, "--workers", cores, "--max-batch", "" + BATCH);
        Server wide =
            Server.quern(model, "--workers", cores, "--max-batch", "128", "--queue", "4096");
        Server runtime = Server.onnxRuntime(model, onnx)) {
      List<Row> rows =
          List.of(
              new Row("Quern, PNG", batching, pictures, 0, 1, predict),
              new Row("Quern, PNG, batches of 1", single, pictures, 0, 1, predict),
              new Row("ONNX Runtime, PNG", runtime, pictures, 0, 1, predict),
              new Row("Quern, binary tensors", tensors, one, oneBytes, 1, infer),
              new Row("Quern, binary tensors of " + MANY, wide, many, manyBytes, MANY, infer));
      Map<Row, List<Wrk.Result>> results = new LinkedHashMap<>();
      List<Double> bench = new ArrayList<>();
      rows.forEach(r -> results.put(r, new ArrayList<>()));
      for (int round = 0; round <= rounds; round++) { // the first warms up
        for (Row r : rows) {
          int lasts = round == 0 ? WARM_UP * seconds : seconds;
          Wrk.Result found = Wrk.run(r.server.address() + r.path, r.bodies, r.jsonBytes, lasts);
          if (round > 0) {
            results.get(r).add(found);
          }
        }
        bench.add(Server.bench(BATCH));
      }
      print(results, median(bench));
    }
  }

  private static void print(Map<Row, List<Wrk.Result>> results, double bench) throws Exception {
    System.out.println(
        "| | images/s | p50, ms | p99, ms | not answered | samples a batch | ms a batch |");
    System.out.println("|---|--:|--:|--:|--:|--:|--:|");
    for (Map.Entry<Row, List<Wrk.Result>> e : results.entrySet()) {
      Row r = e.getKey();
      System.out.printf(
          Locale.ROOT,
          "| %s | %.0f | %.2f | %.2f | %d | %s |%n",
          r.name,
          r.images * median(e.getValue().stream().map(Wrk.Result::rate).toList()),
          median(e.getValue().stream().map(Wrk.Result::p50).toList()),
          median(e.getValue().stream().map(Wrk.Result::p99).toList()),
          e.getValue().stream().mapToLong(Wrk.Result::failed).sum(),
          r.server.batches());
    }
    System.out.printf(
        Locale.ROOT,
        "| `quern bench --mode infer --batch %d` | %.0f | | | | %d | |%n",
        BATCH,
        bench,
        BATCH);
  }

  private static double median(List<Double> all) {
    return all.stream().sorted().skip(all.size() / 2).findFirst().orElseThrow();
  }
}
