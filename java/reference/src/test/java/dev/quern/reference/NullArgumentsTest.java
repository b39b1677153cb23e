package dev.quern.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.shape.Concat;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.reference.layer.BatchNorm2dReference;
import dev.quern.reference.layer.math.AddReference;
import dev.quern.reference.layer.math.MultiplyReference;
import dev.quern.reference.layer.shape.ConcatReference;
import dev.quern.reference.network.GradientCheck;
import dev.quern.reference.network.GradientReport;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.reference.network.TensorCheck;
import dev.quern.reference.optim.AdamReference;
import dev.quern.reference.optim.OptimizerReference;
import dev.quern.tensor.Shape;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** F9, F10: the twins refuse nulls, and lists of the wrong length, with typed errors. */
class NullArgumentsTest {
  @Test
  void noTwinTakesNulls() throws Exception {
    Path home = Path.of(NdArray.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    int calls = 0;
    try (Stream<Path> files = Files.walk(home.resolve("dev/quern/reference"))) {
      for (Path file : files.filter(f -> f.toString().endsWith("Reference.class")).toList()) {
        String name = home.relativize(file).toString().replace(".class", "");
        calls += refuseNulls(Class.forName(name.replace(File.separatorChar, '.')));
      }
    }
    assertThat(calls).isGreaterThan(60);
  }

  private static int refuseNulls(Class<?> twin) throws IllegalAccessException {
    int calls = 0;
    for (Method m : twin.getDeclaredMethods()) {
      boolean attacked = Modifier.isPublic(twin.getModifiers()) && isOperator(m);
      if (attacked && Arrays.stream(m.getParameterTypes()).anyMatch(t -> !t.isPrimitive())) {
        calls++;
        Object[] nothing = Arrays.stream(m.getParameterTypes()).map(t -> zero(t)).toArray();
        try {
          m.invoke(null, nothing);
        } catch (InvocationTargetException e) {
          assertThat(e.getCause()).as(m.toString()).isInstanceOf(InvalidArgumentException.class);
          continue;
        }
        throw new AssertionError(m + " takes nulls");
      }
    }
    return calls;
  }

  private static boolean isOperator(Method m) {
    return Modifier.isStatic(m.getModifiers()) && Modifier.isPublic(m.getModifiers());
  }

  private static Object zero(Class<?> type) {
    if (type == int.class) {
      return 1;
    }
    if (type == float.class) {
      return 1f;
    }
    return type == long.class
        ? 1L
        : type == double.class ? 1.0 : type == boolean.class ? true : null;
  }

  @Test
  void listsAreCounted() {
    NdArray x = new NdArray(Shape.of(2, 3));
    refused(() -> AddReference.forward(List.of()));
    refused(() -> AddReference.backward(List.of(), x));
    refused(() -> ConcatReference.forward(List.of(x, new NdArray(Shape.of(1, 3)))));
    refused(() -> ConcatReference.backward(List.of(), x));
    refused(() -> ConcatReference.backward(new Concat(2), List.of(x.shape()), x));
    refused(() -> ConcatReference.backward(List.of(x.shape(), Shape.of(1, 3)), x));
    refused(() -> MultiplyReference.forward(List.of(x)));
    refused(() -> AdamReference.step(new Adam(), x, x, List.of(x), 1));
    refused(() -> OptimizerReference.step(new Adam(), x, x, List.of(), 1));
  }

  @Test
  void offsetsAreThoseOfTheShape() {
    NdArray x = new NdArray(Shape.of(2, 3));
    refused(() -> x.get(6));
    refused(() -> x.set(-1, 0));
    refused(() -> x.add(6, 0));
    refused(() -> new NdArray(Shape.of(0, 1L << 40)).dim(1));
  }

  /** F10: a heap that is too small is no end of the process, nor of others' work. */
  @Test
  void whatTheHeapHasNoRoomForIsRefused() {
    long most = Integer.MAX_VALUE - 8; // 16 GiB
    assumeTrue(Runtime.getRuntime().maxMemory() < 8 * most);
    assertThatThrownBy(() -> new NdArray(Shape.of(most)))
        .isInstanceOf(MemoryLimitException.class)
        .hasMessage("array: the JVM's heap is too small for shape 2147483639");
  }

  @Test
  void reportsAreOfEntriesThatAreThere() {
    TensorCheck.Difference third = new TensorCheck.Difference(2, 0, 0, 0);
    refused(() -> new TensorCheck("w", Shape.of(0, 3), 1, 1, null, null, true));
    refused(() -> new TensorCheck("w", Shape.of(2), 1, 1, third, null, true));
    refused(() -> new GradientReport("n", null, List.of()));
    TensorCheck check = new TensorCheck("w", Shape.of(3), 1, 1, third, null, true);
    assertThat(new GradientReport("n", new GradientCheck(), List.of(check)).toString())
        .contains("[2]");
  }

  @Test
  void statisticsAreOfTheChannels() {
    NdArray x = new NdArray(Shape.of(2, 3, 1, 1));
    NdArray four = new NdArray(Shape.of(4));
    BatchNorm2d layer = new BatchNorm2d();
    refused(() -> new BatchNorm2dReference.Statistics(four, null));
    BatchNorm2dReference.Statistics other = new BatchNorm2dReference.Statistics(four, four);
    refused(() -> BatchNorm2dReference.moved(layer, other, x));
  }

  @Test
  void activationsAreThoseOfTheNetwork() {
    Network net = Network.of("n", Shape.of(3), new Sigmoid());
    ReferenceNetwork reference = new ReferenceNetwork(net, Map.of());
    NdArray x = new NdArray(Shape.of(2, 3));
    refused(() -> reference.backward(Map.of(), x));
    refused(() -> reference.backward(Map.of("input", x), x));
    assertThat(reference.backward(reference.forward(x), x).input().shape()).isEqualTo(x.shape());
  }

  private static void refused(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(InvalidArgumentException.class);
  }
}
