package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.QuernException;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every public constructor and method of the exported package, with each argument in turn null or
 * extreme: what it throws is one of Quern's exceptions.
 */
class ArgumentsTest {
  private static final List<Class<?>> TYPES =
      List.of(
          Onnx.class,
          OnnxReader.class,
          OnnxWriter.class,
          OnnxSession.class,
          OnnxTensor.class,
          OnnxDetector.class,
          ImportException.class,
          ImportException.Refused.class);

  @TempDir Path dir;
  private final Map<Class<?>, List<Object>> values = new LinkedHashMap<>();

  @BeforeEach
  void makeValues() throws Exception {
    Network network = Network.of("n", Shape.of(3), new Relu());
    ModelData model = ModelData.untrained(network, 1);
    Path file = dir.resolve("model.onnx");
    Onnx.save(model, file);
    values.put(Path.class, Arrays.asList(file, null, dir, dir.resolve("none/x")));
    values.put(ModelData.class, Arrays.asList(model, null));
    values.put(String.class, Arrays.asList("input", null, "", "\0", "x".repeat(100_000)));
    values.put(String[].class, Arrays.asList(new String[] {"relu"}, null, new String[] {null}));
    values.put(Shape.class, Arrays.asList(Shape.of(1), null, Shape.of(1 << 20, 1 << 20)));
    values.put(
        double[].class,
        Arrays.asList(new double[] {1}, null, new double[0], new double[] {Double.NaN}));
    values.put(
        long[].class,
        Arrays.asList(new long[] {1, 3}, null, new long[0], new long[] {Long.MIN_VALUE}));
    values.put(float[].class, Arrays.asList(new float[] {1, 2, 3}, null, new float[0]));
    Map<String, OnnxTensor> some = Map.of("input", OnnxTensor.of(new long[] {1, 3}, new float[3]));
    Map<String, OnnxTensor> missing = new LinkedHashMap<>();
    missing.put("input", null);
    values.put(Map.class, Arrays.asList(some, null, Map.of(), missing));
    values.put(int.class, List.of(17, 0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE));
    values.put(long.class, List.of(1L, 0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE));
    values.put(boolean.class, List.of(true, false));
    values.put(
        List.class,
        Arrays.asList(
            List.of(new ImportException.Refused("a", "b", "c")),
            null,
            List.of(),
            Arrays.asList((Object) null)));
    values.put(OnnxSession.class, Arrays.asList(Onnx.session(file), null));
    values.put(Preprocessing.class, Arrays.asList(Preprocessing.of(Normalization.unit(3)), null));
    values.put(Image.class, Arrays.asList(Image.of(Shape.of(3, 1, 1), new byte[3]), null));
    values.put(Object.class, Arrays.asList(this, null));
  }

  private Object target(Class<?> type) {
    if (type == ImportException.class) {
      return new ImportException("s", List.of());
    }
    if (type == OnnxSession.class) {
      return Onnx.session(dir.resolve("model.onnx"));
    }
    if (type == OnnxDetector.class) {
      Network network = Network.of("n", Shape.of(3, 4, 4), new Relu());
      Path file = dir.resolve("image.onnx");
      Onnx.save(ModelData.untrained(network, 1), file);
      return new OnnxDetector(
          Onnx.session(file), Preprocessing.of(Normalization.unit(3)), List.of());
    }
    if (type == OnnxTensor.class) {
      return OnnxTensor.of(new long[0], 1f);
    }
    return type == OnnxReader.class
        ? new OnnxReader()
        : type == OnnxWriter.class ? new OnnxWriter() : new ImportException.Refused("a", "b", "c");
  }

  @Test
  void whatIsThrownIsTyped() throws Exception {
    int calls = 0;
    for (Class<?> type : TYPES) {
      List<Executable> all = new ArrayList<>(List.of(type.getConstructors()));
      for (Method m : type.getDeclaredMethods()) {
        if (Modifier.isPublic(m.getModifiers())) {
          all.add(m);
        }
      }
      for (Executable e : all) {
        Class<?>[] parameters = e.getParameterTypes();
        for (int i = 0; i < Math.max(1, parameters.length); i++) {
          int choices = parameters.length == 0 ? 1 : of(parameters[i]).size();
          for (int v = 0; v < choices; v++) {
            Object[] arguments =
                Arrays.stream(parameters).map(p -> of(p).get(0)).toArray(Object[]::new);
            if (parameters.length > 0) {
              arguments[i] = of(parameters[i]).get(v);
            }
            call(type, e, arguments);
            calls++;
          }
        }
      }
    }
    assertThat(calls).isGreaterThan(60);
    assertThat(Files.exists(dir)).isTrue();
  }

  private List<Object> of(Class<?> type) {
    assertThat(values).as("values of %s", type).containsKey(type);
    return values.get(type);
  }

  private void call(Class<?> type, Executable e, Object... arguments) throws Exception {
    try {
      if (e instanceof Constructor<?> c) {
        c.newInstance(arguments);
      } else {
        ((Method) e).invoke(Modifier.isStatic(e.getModifiers()) ? null : target(type), arguments);
      }
    } catch (InvocationTargetException thrown) {
      assertThat(thrown.getCause())
          .as("%s(%s)", e, Arrays.deepToString(arguments).substring(0, 2))
          .isInstanceOf(QuernException.class);
      assertThat(thrown.getCause().getMessage()).isNotBlank();
    }
  }

  /** None was forgotten above. */
  @Test
  void allTypesAreHere() throws Exception {
    try (var files =
        Files.list(
            Path.of(System.getProperty("quern.root"), "java/onnx/src/main/java/dev/quern/onnx"))) {
      assertThat(
              files
                  .filter(f -> f.toString().endsWith(".java"))
                  .map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "Onnx.java",
              "OnnxDetector.java",
              "OnnxSession.java",
              "OnnxTensor.java",
              "OnnxReader.java",
              "OnnxWriter.java",
              "ImportException.java",
              "package-info.java");
    }
  }
}
