package dev.quern.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code quern train} of {@link Samples}' network on its data, which takes a second.
 *
 * @param data the folder of the data
 * @param net the network's file
 */
public record SmallTraining(Path data, Path net) {
  /** Writes both below a folder. */
  public static SmallTraining in(Path dir, int train, int test) throws IOException {
    return new SmallTraining(
        Samples.write(dir.resolve("data"), train, test),
        Samples.network(dir.resolve("small.json")));
  }

  /** 300 images to train on and 100 for testing. */
  public static SmallTraining in(Path dir) throws IOException {
    return in(dir, 300, 100);
  }

  /** The command line. */
  public Object[] line(Object... more) {
    return Cli.joined(List.of("train", "--net", net, "--data", "mnist", "--data-dir", data), more);
  }

  /** At a learning rate that suits it, where none is given. */
  public Cli.Result learn(Object... more) {
    List<Object> given = List.of(more);
    return given.contains("--lr") ? run(more) : run(given, "--lr", "0.05");
  }

  public Cli.Result run(Object... more) {
    return Cli.run(line(more));
  }

  /** Of options in two parts. */
  public Cli.Result run(List<?> first, Object... more) {
    return run(Cli.joined(first, more));
  }
}
