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
  /** For the descriptions of options, which have {@link Names} for candidates. */
  String HELP =
      "A built-in network (${COMPLETION-CANDIDATES}) or a network description file (JSON)";

  /** The built-in networks. */
  final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Networks.names().iterator();
    }
  }

  /**
   * The network for images of a data set.
   *
   * @param input one image's shape, which a built-in network takes on
   */
  Network network(Shape input, int classes);

  /** Returns the network with its default input shape and classes, without a data set. */
  Network network();

  /**
   * Returns whether the caller determines the input: for a built-in network, or for a file with
   * dynamic height and width.
   */
  boolean takesInput();

  /** A built-in network; its input follows the data. */
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

  /** A network file, which has its input or leaves height and width to the data. */
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
   * A network with weights: that of a resumed run, or of a model to fine-tune.
   *
   * @param network the network at the size of its data
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

  /** Makes option values of words. */
  final class Converter implements ITypeConverter<NetworkSource> {
    @Override
    public NetworkSource convert(String value) {
      return of(value);
    }
  }
}
