package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.CustomLayer;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers of the application's own in files: by registered names, and by nothing else. */
@Timeout(120)
class CodecsTest {
  @TempDir Path folder;

  /** With one value and one list of them. */
  private record Scale(float factor, List<Integer> steps) implements CustomLayer {
    @Override
    public String type() {
      throw new IllegalStateException("files do not ask");
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {
      for (int i = 0; i < pass.input().length; i++) {
        pass.output()[i] = factor * pass.input()[i];
      }
    }

    @Override
    public void backward(Backward pass) {
      for (int i = 0; i < pass.input().length; i++) {
        pass.gradInput()[i] = factor * pass.gradOutput()[i];
      }
    }
  }

  @AfterEach
  void forget() {
    Codecs.layers().forEach(Codecs::remove);
    Codecs.losses().forEach(Codecs::remove);
  }

  private static String json(String layer) {
    return "{\"name\": \"n\", \"input\": [4], \"layers\": [" + layer.replace('\'', '"') + "]}";
  }

  @Test
  void networksModelsAndCheckpointsHoldThem() {
    Swish.register();
    assertThat(NetworkJson.write(Swish.network()))
        .contains("{\"name\":\"swish\",\"type\":\"acme.swish\",\"beta\":0.7}");
    assertThat(NetworkJson.read(NetworkJson.write(Swish.network()))).isEqualTo(Swish.network());
    Path file = folder.resolve("model.safetensors");
    ModelData data = ModelData.untrained(Swish.network(), 1);
    ModelFile.save(file, data);
    try (Arena arena = new Arena();
        Model saved = Model.of(ModelFile.load(file));
        Model made = Model.of(data);
        Trainer trainer = Trainer.builder(Swish.network()).build()) {
      Tensor x = arena.tensor(Shape.of(1, 1, 4, 4), new float[16]);
      assertThat(saved.predict(x).toArray()).isEqualTo(made.predict(x).toArray());
      Checkpoints checkpoints = Checkpoints.in(folder.resolve("run"));
      checkpoints.save(trainer);
      try (Trainer other = Trainer.builder(Swish.network()).build()) {
        other.restore(checkpoints.latest().state());
      }
    }
  }

  @Test
  void layersWithoutANameAreCalledByTheirTypeInTheFile() {
    Swish.register();
    Network n = NetworkJson.read(json("{'type':'acme.swish'},{'type':'acme.swish','beta':2}"));
    assertThat(n.nodes().get(1).name()).isEqualTo("acme.swish2");
    assertThat(n.nodes().get(0).layer()).isEqualTo(new Swish(1));
  }

  @Test
  void whatNobodyRegisteredIsRefused() {
    String unknown = json("{'type':'acme.swish','beta':1}");
    assertThatThrownBy(() -> NetworkJson.read(unknown))
        .isInstanceOf(FormatException.class)
        .hasMessageMatching(
            "network: layer 1: key \"type\": \"acme.swish\" is neither built-in nor registered with"
                + " Codecs.layer; nearest built-in types: \\w+, \\w+, \\w+");
    assertThatThrownBy(() -> NetworkJson.read(json("{'type':'Conv2D_'}")))
        .hasMessageEndingWith("; nearest built-in types: conv2d, conv1d, conv3d");
    assertThatThrownBy(() -> NetworkJson.write(Swish.network()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("layer swish: " + Swish.class.getName())
        .hasMessageContaining("register a codec for it with Codecs.layer");
    Swish.register();
    NetworkJson.read(unknown);
    assertThat(Codecs.layers()).containsExactly(Swish.NAME);
    assertThat(Codecs.remove(Swish.NAME)).isTrue();
    assertThat(Codecs.remove(Swish.NAME)).isFalse();
    assertThatThrownBy(() -> NetworkJson.read(unknown)).isInstanceOf(FormatException.class);
  }

  /** Loading this class would be seen. */
  static final class Trap implements CustomLayer {
    static {
      Loaded.mark();
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {}

    @Override
    public void backward(Backward pass) {}
  }

  private static final class Loaded {
    static boolean trap;

    static void mark() {
      trap = true;
    }
  }

  @Test
  void noClassNamedInAFileIsTouched() {
    Swish.register();
    for (String name : List.of("dev.quern.io.CodecsTest$Trap", Swish.class.getName(), "Swish")) {
      assertThatThrownBy(() -> NetworkJson.read(json("{'type':'" + name + "'}")))
          .isInstanceOf(FormatException.class);
    }
    assertThat(Loaded.trap).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"conv2d", "relu", "gelu", "", ".", "a.", ".a", "a..b", "a-b", "a b", "ä", "\0"})
  void namesThatCannotBeAreRefused(String name) {
    assertThatThrownBy(() -> Codecs.layer(name, Swish.class, s -> Map.of(), in -> new Swish(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("codec: ");
    assertThatThrownBy(
            () -> Codecs.layer("a".repeat(101), Swish.class, s -> Map.of(), in -> new Swish(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("a name of 101 characters is not a valid name");
  }

  @Test
  void oneNameIsOneClass() {
    Swish.register();
    Swish.register();
    assertThatThrownBy(
            () ->
                Codecs.layer(Swish.NAME, Scale.class, s -> Map.of(), in -> new Scale(1, List.of())))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("acme.swish is registered for " + Swish.class.getName());
    assertThatThrownBy(() -> Codecs.layer("other", Swish.class, s -> Map.of(), in -> new Swish(1)))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(
            () -> Codecs.layer("abstract", CustomLayer.class, s -> Map.of(), in -> new Swish(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("must be a concrete subclass of");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'type':'acme.scale'}; layer 1: key `factor` is missing",
        "{'type':'acme.scale','factor':'x','steps':[]}; key `factor`: string `x`, expected a number",
        "{'type':'acme.scale','factor':1,'steps':[1,'x']}; key `steps`: string `x`, expected a number",
        "{'type':'acme.scale','factor':1,'steps':[],'bias':1}; key `bias`: unknown, expected one of factor",
        "{'type':'acme.scale','factor':-1,'steps':[]}; layer 1: factor -1.0 is below 0",
        "{'type':'acme.scale','factor':3,'steps':[]}; codec of layer acme.scale returned null",
        "{'type':'acme.scale','factor':4,'steps':[]}; returned a dev.quern.io.Swish, not a",
        "{'type':'acme.scale','factor':5,'steps':[]}; threw java.lang.IllegalStateException: mine",
        "{'type':'acme.scale','factor':6,'steps':[]}; threw java.lang.StackOverflowError",
      })
  void whatReadingFailsByIsAFormatException(String layer, String why) {
    Codecs.layer(Swish.NAME, Swish.class, s -> Map.of(), in -> new Swish(1));
    Function<CodecValues, Object> read =
        in -> {
          double factor = in.number("factor");
          in.numbers("steps");
          return switch ((int) factor) {
            case -1 -> throw new InvalidArgumentException("factor " + factor + " is below 0");
            case 3 -> null;
            case 4 -> new Swish(1);
            case 5 -> throw new IllegalStateException("mine");
            case 6 -> throw new StackOverflowError();
            default -> new Scale((float) factor, List.of());
          };
        };
    @SuppressWarnings("unchecked") // that it lies is the point
    Function<CodecValues, Scale> lying = (Function<CodecValues, Scale>) (Function<?, ?>) read;
    Codecs.layer("acme.scale", Scale.class, s -> Map.of(), lying);
    assertThatThrownBy(() -> NetworkJson.read(json(layer)))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("network: layer 1: ")
        .hasMessageContaining(why.replace('`', '"'));
  }

  @Test
  void threadsRegisterAndReadAtOnce() throws Exception {
    Swish.register();
    String text = NetworkJson.write(Swish.network());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Network>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        calls.add(
            () -> {
              Swish.register();
              return NetworkJson.read(text);
            });
      }
      for (Future<Network> f : threads.invokeAll(calls)) {
        assertThat(f.get()).isEqualTo(Swish.network());
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
