package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final String NAME = "acme.swish";

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

  /** As {@link Scale}, but its type is a name. */
  private record Swish(float beta) implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {
      for (int i = 0; i < pass.input().length; i++) {
        double x = pass.input()[i];
        pass.output()[i] = x / (1 + Math.exp(-beta * x));
      }
    }

    @Override
    public void backward(Backward pass) {
      for (int i = 0; i < pass.input().length; i++) {
        double s = 1 / (1 + Math.exp(-beta * pass.input()[i]));
        double slope = s + beta * pass.input()[i] * s * (1 - s);
        pass.gradInput()[i] = slope * pass.gradOutput()[i];
      }
    }
  }

  private static void register() {
    Codecs.layer(
        NAME,
        Swish.class,
        swish -> Map.of("beta", swish.beta()),
        in -> new Swish((float) in.number("beta", 1)));
  }

  @AfterEach
  void forget() {
    Codecs.layers().forEach(Codecs::remove);
    Codecs.losses().forEach(Codecs::remove);
  }

  private static Network network() {
    return Network.builder("n", Shape.of(1, 4, 4))
        .add("conv", new Conv2d(2, 3))
        .add("swish", new Swish(0.7f))
        .add("flat", new Flatten())
        .add("fc", new Linear(3))
        .build();
  }

  private static String json(String layer) {
    return "{\"name\": \"n\", \"input\": [4], \"layers\": [" + layer.replace('\'', '"') + "]}";
  }

  @Test
  void networksModelsAndCheckpointsHoldThem() {
    register();
    assertThat(NetworkJson.write(network()))
        .contains("{\"name\":\"swish\",\"type\":\"acme.swish\",\"beta\":0.7}");
    assertThat(NetworkJson.read(NetworkJson.write(network()))).isEqualTo(network());
    Path file = folder.resolve("model.safetensors");
    ModelData data = ModelData.untrained(network(), 1);
    ModelFile.save(file, data);
    try (Arena arena = new Arena();
        Model saved = Model.of(ModelFile.load(file));
        Model made = Model.of(data);
        Trainer trainer = Trainer.builder(network()).build()) {
      Tensor x = arena.tensor(Shape.of(1, 1, 4, 4), new float[16]);
      assertThat(saved.predict(x).toArray()).isEqualTo(made.predict(x).toArray());
      Checkpoints checkpoints = Checkpoints.in(folder.resolve("run"));
      checkpoints.save(trainer);
      try (Trainer other = Trainer.builder(network()).build()) {
        other.restore(checkpoints.latest().state());
      }
    }
  }

  @Test
  void layersWithoutANameAreCalledByTheirTypeInTheFile() {
    register();
    Network n = NetworkJson.read(json("{'type':'acme.swish'},{'type':'acme.swish','beta':2}"));
    assertThat(n.nodes().get(1).name()).isEqualTo("acme.swish2");
    assertThat(n.nodes().get(0).layer()).isEqualTo(new Swish(1));
  }

  @Test
  void whatNobodyRegisteredIsRefused() {
    String unknown = json("{'type':'acme.swish','beta':1}");
    assertThatThrownBy(() -> NetworkJson.read(unknown))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(
            "network: layer 1: key \"type\": \"acme.swish\" is not one of conv2d")
        .hasMessageEndingWith(", and nobody has registered it with Codecs.layer");
    assertThatThrownBy(() -> NetworkJson.write(network()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("layer swish: " + Swish.class.getName())
        .hasMessageContaining("register a codec for it with Codecs.layer");
    register();
    NetworkJson.read(unknown);
    assertThat(Codecs.layers()).containsExactly(NAME);
    assertThat(Codecs.remove(NAME)).isTrue();
    assertThat(Codecs.remove(NAME)).isFalse();
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
    register();
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
        .hasMessageContaining("a text of 101 is no name");
  }

  @Test
  void oneNameIsOneClass() {
    register();
    register();
    assertThatThrownBy(
            () -> Codecs.layer(NAME, Scale.class, s -> Map.of(), in -> new Scale(1, List.of())))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("is not that of before, acme.swish of " + Swish.class.getName());
    assertThatThrownBy(() -> Codecs.layer("other", Swish.class, s -> Map.of(), in -> new Swish(1)))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(
            () -> Codecs.layer("abstract", CustomLayer.class, s -> Map.of(), in -> new Swish(1)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("is no class of the application's own");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{'type':'acme.scale'}; layer 1: key `factor` is missing",
        "{'type':'acme.scale','factor':'x','steps':[]}; key `factor`: text `x` where a number",
        "{'type':'acme.scale','factor':1,'steps':[1,'x']}; key `steps`: text `x` where a number",
        "{'type':'acme.scale','factor':1,'steps':[],'bias':1}; key `bias`: unknown, known here are factor",
        "{'type':'acme.scale','factor':-1,'steps':[]}; layer 1: factor -1.0 is below 0",
        "{'type':'acme.scale','factor':3,'steps':[]}; codec of layer acme.scale made null",
        "{'type':'acme.scale','factor':4,'steps':[]}; made a dev.quern.io.CodecsTest$Swish, not a",
        "{'type':'acme.scale','factor':5,'steps':[]}; threw java.lang.IllegalStateException: mine",
        "{'type':'acme.scale','factor':6,'steps':[]}; threw java.lang.StackOverflowError",
      })
  void whatReadingFailsByIsAFormatException(String layer, String why) {
    Codecs.layer(NAME, Swish.class, s -> Map.of(), in -> new Swish(1));
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

  private static Map<String, Map<String, ?>> badValues() {
    Map<String, Map<String, ?>> all = new LinkedHashMap<>();
    all.put("the values are null", null);
    all.put("key type is not free", Map.of("type", "conv2d"));
    all.put("key inputs is not free", Map.of("inputs", List.of("x")));
    all.put("key a: NaN is no text", Map.of("a", Double.NaN));
    all.put("key a: Infinity is no text", Map.of("a", Float.POSITIVE_INFINITY));
    all.put("key a: a java.lang.Object is no text", Map.of("a", new Object()));
    all.put(
        "key b: null is no text", Map.of("a", Map.of("b", Collections.emptyMap()), "c", nulls()));
    all.put("half a surrogate", Map.of("a", "\ud800"));
    all.put("a text is longer than 65536", Map.of("a", "x".repeat(70_000)));
    all.put("a key is no text", keyed());
    all.put("more than 10000 values", Map.of("a", Collections.nCopies(1 << 30, 1)));
    all.put("values more than 16 deep", Map.of("a", deep()));
    all.put("threw java.lang.UnsupportedOperationException", throwing());
    return all;
  }

  private static Map<String, Object> nulls() {
    Map<String, Object> map = new HashMap<>();
    map.put("b", null);
    return map;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Map<String, Object> keyed() {
    return (Map) Map.of(1, 2);
  }

  private static List<Object> deep() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    return list;
  }

  private static Map<String, Object> throwing() {
    return new AbstractMap<>() {
      @Override
      public Set<Entry<String, Object>> entrySet() {
        throw new UnsupportedOperationException("mine");
      }
    };
  }

  @Test
  void whatWritingFailsByIsAFormatException() {
    badValues()
        .forEach(
            (why, values) -> {
              Codecs.layer(NAME, Swish.class, s -> values, in -> new Swish(1));
              Path file = folder.resolve("untouched");
              assertThatThrownBy(() -> ModelFile.save(file, ModelData.untrained(network(), 1)))
                  .as(why)
                  .isInstanceOf(FormatException.class)
                  .hasMessageContaining("network: layer swish: codec of layer acme.swish")
                  .hasMessageContaining(why);
              assertThat(Files.exists(file)).isFalse();
            });
  }

  @Test
  void valuesOfEveryKindComeBack() {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("text", "ä\u2028\"");
    written.put("flag", true);
    written.put("int", Integer.MIN_VALUE);
    written.put("long", Long.MAX_VALUE);
    written.put("float", 0.1f);
    written.put("double", Math.PI);
    written.put("list", List.of(1.5, 2, -3f));
    written.put("texts", List.of("a", "b"));
    written.put("map", Map.of("inner", 7));
    List<Object> read = new ArrayList<>();
    Codecs.layer(
        NAME,
        Swish.class,
        s -> written,
        in -> {
          assertThat(in.has("text")).isTrue();
          assertThat(in.has("none")).isFalse();
          read.add(in.text("text"));
          read.add(in.flag("flag", false));
          read.add(in.integer("int"));
          read.add((long) in.number("long"));
          read.add((float) in.number("float"));
          read.add(in.number("double"));
          assertThat(in.numbers("list")).containsExactly(1.5, 2, -3);
          read.add(in.texts("texts"));
          read.add(in.values("map").integer("inner"));
          read.add(in.integer("none", 3));
          read.add(in.number("none", 0.5));
          read.add(in.text("none", "x"));
          return new Swish(1);
        });
    String text = NetworkJson.write(network());
    NetworkJson.read(text);
    assertThatThrownBy(
            () -> NetworkJson.read(text.replace("\"inner\":7", "\"inner\":7,\"iner\":8")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("key \"iner\": unknown");
    read.subList(11, read.size()).clear(); // what the refused one read, too
    assertThat(read)
        .containsExactly(
            "ä\u2028\"",
            true,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            0.1f,
            Math.PI,
            List.of("a", "b"),
            7,
            3,
            0.5,
            "x");
  }

  @Test
  void threadsRegisterAndReadAtOnce() throws Exception {
    register();
    String text = NetworkJson.write(network());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Network>> calls = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        calls.add(
            () -> {
              register();
              return NetworkJson.read(text);
            });
      }
      for (Future<Network> f : threads.invokeAll(calls)) {
        assertThat(f.get()).isEqualTo(network());
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
