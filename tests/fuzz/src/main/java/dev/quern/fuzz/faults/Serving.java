package dev.quern.fuzz.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.data.Normalization;
import dev.quern.fuzz.Kind;
import dev.quern.io.ModelFile;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code quern serve} that watches a folder. */
final class Serving {
  private static final Pattern ADDRESS = Pattern.compile(" at (http://\\S+)");
  private static final String MODEL = "m";
  private static final float[] INPUT = {1, -2, 0.5f};
  private static final long START_NANOS = 60_000_000_000L;
  private static final long END_NANOS = 15_000_000_000L;
  private static final int ASK_MILLIS = 10_000;

  private final Scene scene;
  private final Run run;
  private final String address;

  private Serving(Scene scene, Run run, String address) {
    this.scene = scene;
    this.run = run;
    this.address = address;
  }

  /** Puts a model where servers look, as their manual says: by a move. */
  static void put(Path folder, long seed) throws IOException {
    Path made = Files.createTempFile(folder, "made", ".part");
    ModelFile.save(made, data(seed));
    Files.move(made, file(folder), StandardCopyOption.ATOMIC_MOVE);
  }

  static Path file(Path folder) {
    return folder.resolve(MODEL + ".safetensors");
  }

  /** Of small integers: sums are exact, in whatever order. */
  private static ModelData data(long seed) {
    Shape input = Shape.of(INPUT.length);
    return new ModelData(
        Network.of("served", input, new Linear(1)),
        Map.of("linear1.weight", new float[] {seed, 2, 4}, "linear1.bias", new float[] {10}),
        Normalization.unit(input),
        List.of(),
        Map.of());
  }

  private static List<Float> expected(long seed) {
    return List.of(seed * INPUT[0] + 2 * INPUT[1] + 4 * INPUT[2] + 10);
  }

  /**
   * Starts one.
   *
   * @return null where it ended instead, by a typed error
   */
  static Serving start(Scene s, Path folder, List<String> prefix, List<String> options)
      throws IOException, InterruptedException, Broken {
    List<String> words =
        List.of("dev.quern.cli.Main", "serve", "--port", "0", "--model", folder.toString());
    Run run = s.launch(prefix, options, words);
    long end = System.nanoTime() + START_NANOS;
    while (run.isAliveAfter(50_000_000)) {
      Matcher at = ADDRESS.matcher(run.output());
      if (at.find()) {
        return new Serving(s, run, at.group(1));
      }
      if (System.nanoTime() > end) {
        throw s.broken(Kind.HANG, "serves or ends within a minute", run.output() + run.stacks());
      }
    }
    int status = run.end();
    s.require(status == 1 || status == 2, "a server that ends by itself has status 1 or 2");
    return null;
  }

  String output() throws IOException {
    return run.output();
  }

  /** Whether it predicts what a model of this seed does alone; waits a while until it does. */
  void require(long seed) throws IOException, InterruptedException, Broken {
    String wrong = "";
    for (int i = 0; i < 100; i++) {
      wrong = wrong(seed);
      if (wrong.isEmpty()) {
        return;
      }
      run.isAliveAfter(100_000_000);
    }
    throw scene.broken(
        Kind.WRONG, "predicts as model " + seed + " alone", wrong + "\n" + run.output());
  }

  private String wrong(long seed) {
    try {
      List<Float> found = new ArrayList<>();
      for (JsonNode value : ask().at("/outputs/0/data")) {
        found.add((float) value.asDouble());
      }
      return found.equals(expected(seed)) ? "" : found + " is not " + expected(seed);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private JsonNode ask() throws IOException {
    String body =
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":"
            + java.util.Arrays.toString(INPUT)
            + "}]}";
    HttpURLConnection http =
        (HttpURLConnection)
            URI.create(address + "/v2/models/" + MODEL + "/infer").toURL().openConnection();
    http.setConnectTimeout(ASK_MILLIS);
    http.setReadTimeout(ASK_MILLIS);
    http.setDoOutput(true);
    http.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
    return new ObjectMapper().readTree(http.getInputStream());
  }

  /** SIGTERM ends it soon. */
  void stop() throws IOException, InterruptedException, Broken {
    run.signal("TERM");
    long end = System.nanoTime() + END_NANOS;
    while (run.isAliveAfter(50_000_000)) {
      if (System.nanoTime() > end) {
        throw scene.broken(Kind.HANG, "SIGTERM ends it in 15 s", run.output() + run.stacks());
      }
    }
    int status = run.end();
    scene.require(status == 143, "status 143");
  }
}
