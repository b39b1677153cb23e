package dev.quern.fuzz.faults;

import java.nio.file.Path;
import java.util.List;

/** What trains: the library's classes, or the command line. Both with a checkpoint a step. */
enum Program {
  API {
    @Override
    List<String> words(Path data, Path run, boolean resume) {
      return List.of(Tiny.class.getName(), run.toString());
    }

    @Override
    Path checkpoints(Path run) {
      return run;
    }

    @Override
    Path model(Path run) {
      return run.resolve("model");
    }
  },
  CLI {
    @Override
    List<String> words(Path data, Path run, boolean resume) {
      return resume
          ? List.of("dev.quern.cli.Main", "train", "--resume", run.toString())
          : List.of(
              "dev.quern.cli.Main",
              "train",
              "--net",
              data.resolve("net.json").toString(),
              "--data",
              "mnist",
              "--data-dir",
              data.toString(),
              "--batch",
              "8",
              "--epochs",
              "5",
              "--optimizer",
              "adam",
              "--ema",
              "0.9",
              "--checkpoint-every",
              "1",
              "--out",
              run.toString());
    }

    @Override
    Path checkpoints(Path run) {
      return run.resolve("checkpoints");
    }

    @Override
    Path model(Path run) {
      return run.resolve("model.safetensors");
    }
  };

  /**
   * The command behind the JVM and its options.
   *
   * @param resume whether there is a checkpoint
   */
  abstract List<String> words(Path data, Path run, boolean resume);

  abstract Path checkpoints(Path run);

  abstract Path model(Path run);
}
