package dev.quern.bench.random;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.data.Normalization;
import dev.quern.engine.Engine;
import dev.quern.io.ModelFile;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether Quern and PyTorch compute the same from the same weights: what is timed is the same. */
@Command(
    name = "RandomCheck",
    mixinStandardHelpOptions = true,
    description = "Compares outputs and the losses of two steps of training.")
final class RandomCheck implements Callable<Integer> {
  private static final double MOST = 1e-3;

  @Mixin private TorchOptions options;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "2",
      description = "Images; default ${DEFAULT-VALUE}.")
  private int batch;

  private int wrong;

  public static void main(String[] args) {
    System.exit(new CommandLine(new RandomCheck()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (options.threads != null) {
      Engine.setThreads(options.threads);
    }
    Path model = Files.createTempFile("random", ".safetensors");
    model.toFile().deleteOnExit();
    try (TorchProcess torch = new TorchProcess(options, "torch_check.py", Map.of())) {
      options.forEach((family, seed) -> check(torch, model, Family.network(family, seed)));
    }
    System.out.println(wrong + " networks differ");
    return wrong == 0 ? 0 : 1;
  }

  private void check(TorchProcess torch, Path model, Network network) throws IOException {
    ModelData data = drawn(network);
    QuernSteps quern = new QuernSteps(network, batch);
    float[] output = quern.predict(data);
    boolean random = network.nodes().stream().anyMatch(RandomCheck::isRandom);
    List<Double> losses =
        random
            ? List.of()
            : quern.train(data, step -> List.of(step.getAsDouble(), step.getAsDouble()));
    ModelFile.save(model, data);
    JsonNode answer =
        torch.ask(
            Map.of(
                "file", model.toString(),
                "batch", batch,
                "input", quern.images(),
                "labels", quern.labels(),
                "targets", quern.targets(),
                "output", output,
                "losses", losses));
    double outputs = answer.path("outputs").asDouble();
    double loss = answer.path("losses").asDouble();
    boolean right = outputs < MOST && loss < MOST;
    wrong += right ? 0 : 1;
    System.out.printf(
        "%s: outputs differ by %.1e of the largest, losses by %s%s%n",
        network.name(),
        outputs,
        random ? "-" : String.format("%.1e", loss),
        right ? "" : ": WRONG");
  }

  private static boolean isRandom(Network.Node node) {
    return node.layer() instanceof Dropout || node.layer() instanceof Dropout2d;
  }

  /** First weights, and running statistics that are not those of a start. */
  private static ModelData drawn(Network network) {
    Random random = new Random(2);
    Map<String, float[]> state = new LinkedHashMap<>(ModelData.untrained(network, 1).weights());
    network
        .buffers()
        .forEach(
            (name, buffer) -> {
              float[] values = new float[Math.toIntExact(buffer.shape().elements())];
              for (int i = 0; i < values.length; i++) {
                values[i] =
                    name.endsWith("var") ? 0.5f + random.nextFloat() : random.nextFloat() - 0.5f;
              }
              state.put(name, values);
            });
    return new ModelData(network, state, Normalization.unit(network.input()), List.of(), Map.of());
  }
}
