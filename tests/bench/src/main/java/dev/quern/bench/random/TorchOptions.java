package dev.quern.bench.random;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** What both programs that run PyTorch ask for. */
final class TorchOptions {
  @Option(
      names = "--python",
      paramLabel = "FILE",
      defaultValue = "python3",
      description = "Python with PyTorch; default ${DEFAULT-VALUE}.")
  String python;

  @Option(
      names = "--scripts",
      paramLabel = "DIR",
      defaultValue = "tests/bench/random",
      description = "Where torch_run.py lies; default ${DEFAULT-VALUE}.")
  Path scripts;

  @Option(names = "--threads", paramLabel = "N", description = "Of both; default what Quern takes.")
  Integer threads;

  @Option(names = "--families", paramLabel = "NAME,...", split = ",", description = "Default all.")
  private List<String> families;

  @Option(names = "--seeds", paramLabel = "N,...", split = ",", description = "Default 1,2,3,4,5.")
  private List<Integer> seeds;

  /** Of a family and a seed each. */
  interface Each<E extends Exception> {
    void of(String family, int seed) throws E;
  }

  <E extends Exception> void forEach(Each<E> each) throws E {
    for (String family : families == null ? Family.all().keySet() : families) {
      for (int seed : seeds == null ? IntStream.rangeClosed(1, 5).boxed().toList() : seeds) {
        each.of(family, seed);
      }
    }
  }
}
