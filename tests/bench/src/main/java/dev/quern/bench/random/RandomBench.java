package dev.quern.bench.random;

import dev.quern.engine.Engine;
import dev.quern.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Random networks in Quern and PyTorch in turn. */
@Command(
    name = "RandomBench",
    mixinStandardHelpOptions = true,
    description =
        "Prints images a second of each network, then the ratios Quern / PyTorch by family.")
final class RandomBench implements Callable<Integer> {
  @Mixin private TorchOptions options;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "4",
      description = "For each of a network's four measurements; default ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images a step; default by the network, so that a step takes 50 to 300 ms.")
  private Integer batch;

  @Option(
      names = "--results",
      paramLabel = "FILE",
      defaultValue = "random.jsonl",
      description =
          "A line for each network; those that are in it are not run again. Default"
              + " ${DEFAULT-VALUE}.")
  private Path resultsFile;

  private TorchSettings torch;
  private Path folder;

  public static void main(String[] args) {
    System.exit(new CommandLine(new RandomBench()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (options.threads != null) {
      Engine.setThreads(options.threads);
    }
    Results results = new Results(resultsFile);
    List<Result> asked = new ArrayList<>();
    folder = Files.createTempDirectory("random");
    folder.toFile().deleteOnExit();
    try (TorchSettings process = new TorchSettings(options, Engine.info().threads())) {
      torch = process;
      Engine.Info info = Engine.info();
      System.out.printf(
          "%s, %s, %d threads, PyTorch %s with Quern's OpenBLAS (%s)%n%n%s%n",
          info.cpu(),
          info.isa(),
          info.threads(),
          torch.version(),
          info.openblasConfig(),
          Result.head());
      options.forEach(
          (family, seed) -> {
            Network network = Family.network(family, seed);
            int images = batch != null ? batch : BatchSize.of(network);
            Optional<Result> known = results.find(family, seed, images, info.threads());
            Result result =
                known.isPresent()
                    ? known.get()
                    : measured(network, family, seed, images, info.threads());
            if (known.isEmpty()) {
              results.add(result);
            }
            asked.add(result);
            System.out.println(result.row());
          });
    }
    System.out.println("\n" + FamilyTable.of(asked));
    return 0;
  }

  private Result measured(Network network, String family, int seed, int images, int threads)
      throws IOException, InterruptedException {
    OtherWork others = OtherWork.begin();
    Path file = RandomNetworks.write(folder, network);
    file.toFile().deleteOnExit();
    String json = file.toString();
    QuernSteps quern = new QuernSteps(network, images);
    Timing train = quern.train(seconds);
    Timing torchTrain = torch.timing(json, "train", images, seconds);
    Timing infer = quern.infer(seconds);
    Timing torchInfer = torch.timing(json, "infer", images, seconds);
    return new Result(
        family,
        seed,
        images,
        threads,
        network.multiplyAdds(),
        images / train.seconds(),
        images / torchTrain.seconds(),
        images / infer.seconds(),
        images / torchInfer.seconds(),
        train.last() < train.first(),
        torchTrain.last() < torchTrain.first(),
        others.cores());
  }
}
