package dev.quern.cli.option;

import dev.quern.io.NetworkJson;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The value of {@code --net}: a built-in network or a description file. */
public sealed interface NetworkSource {
  /** Text for the descriptions of options; picocli inserts {@link Names} as candidates. */
  String HELP = "A built-in network (${COMPLETION-CANDIDATES}) or a network file (JSON)";

  /** The names of the built-in networks, for picocli. */
  final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Networks.names().iterator();
    }
  }

  /**
   * Returns the network for the images of a data set.
   *
   * @param input the shape of one image, which becomes the input shape of a built-in network
   */
  Network network(Shape input, int classes);

  /** Returns the network with its default input shape and classes; no data set is needed. */
  Network network();

  /**
   * Returns whether the caller determines the input shape: true for a built-in network, and for a
   * network file with dynamic height and width.
   */
  boolean takesInput();

  /** A built-in network, which takes its input shape from the data. */
  record BuiltIn(String name) implements NetworkSource {
    @Override
    public Network network(Shape input, int classes) {
      return Networks.byName(name, input, classes);
    }

    @Override
    public Network network() {
      return Networks.byName(name);
    }

    @Override
    public boolean takesInput() {
      return true;
    }
  }

  /** A network file, whose input shape is fixed or has a dynamic height and width. */
  record Description(Path file) implements NetworkSource {
    @Override
    public Network network(Shape input, int classes) {
      Network network = network();
      return network.isFree() ? network.at(input) : network;
    }

    @Override
    public Network network() {
      return NetworkJson.load(file);
    }

    @Override
    public boolean takesInput() {
      return network().isFree();
    }
  }

  /**
   * The network of a resumed run, or of a model to fine-tune.
   *
   * @param network the network with the input size of its data
   * @param described the network as described by the user
   */
  record Kept(Network network, Network described) implements NetworkSource {
    @Override
    public Network network(Shape input, int classes) {
      return network;
    }

    @Override
    public boolean takesInput() {
      return false;
    }
  }

  static NetworkSource of(String value) {
    if (Networks.names().contains(value)) {
      return new BuiltIn(value);
    }
    Path file = Path.of(value);
    if (!Files.exists(file)) {
      String name = value.toLowerCase(Locale.ROOT);
      if (Networks.names().contains(name)) {
        return new BuiltIn(name);
      }
      throw new TypeConversionException(
          "'"
              + value
              + "' is neither a built-in network ("
              + String.join(", ", Networks.names())
              + ") nor a file");
    }
    return new Description(file);
  }

  /** Converter of the value of {@code --net}. */
  final class Converter implements ITypeConverter<NetworkSource> {
    @Override
    public NetworkSource convert(String value) {
      return of(value);
    }
  }
}
