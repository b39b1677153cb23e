package dev.quern.cli.train;

import dev.quern.cli.data.TrainingData;
import dev.quern.cli.option.NetworkSource;
import dev.quern.error.FormatException;
import dev.quern.io.Checkpoint;
import dev.quern.io.NetworkJson;
import dev.quern.network.Network;
import dev.quern.train.TrainingState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** The data that {@code quern train} stores in a checkpoint to resume the run. */
final class Resuming {
  /** Key of the run's options in a checkpoint, one command-line argument per line. */
  private static final String OPTIONS = "options";

  /** Key of the network's description in a checkpoint, if its height or width is dynamic. */
  private static final String FREE = "free_network";

  private Resuming() {}

  /**
   * Returns the data to store in a checkpoint in addition to the training state, as a modifiable
   * map.
   *
   * @param words the run's options as command-line arguments
   */
  static Map<String, String> info(List<String> words, TrainingData sets) {
    Map<String, String> info = new LinkedHashMap<>();
    info.put(OPTIONS, String.join("\n", words));
    if (sets.described().isFree()) {
      info.put(FREE, NetworkJson.write(sets.described()));
    }
    return info;
  }

  /**
   * Returns the command that wrote a checkpoint, with its options.
   *
   * @param own the command line to parse the options with
   * @param more further options, which take precedence
   */
  static TrainCommand command(CommandLine own, Checkpoint from, List<String> more) {
    own.setOverwrittenOptionsAllowed(true);
    List<String> words =
        new ArrayList<>(List.of(from.info().getOrDefault(OPTIONS, "").split("\n")));
    words.addAll(more);
    try {
      own.parseArgs(words.toArray(new String[0]));
    } catch (CommandLine.ParameterException e) {
      throw new FormatException(
          "checkpoint: "
              + from.file()
              + " has options that \"quern train\" does not accept: "
              + e.getMessage(),
          e);
    }
    return own.getCommand();
  }

  static NetworkSource network(Checkpoint from) {
    Network network = from.state().network();
    String free = from.info().get(FREE);
    return new NetworkSource.Kept(network, free == null ? network : NetworkJson.read(free));
  }

  /** Returns the number of epochs that a run has started. */
  static int begun(Checkpoint from) {
    TrainingState.Fit fitOrNull = from.state().progress().fit();
    return fitOrNull == null ? 0 : fitOrNull.done().size() + (fitOrNull.step() > 0 ? 1 : 0);
  }
}
