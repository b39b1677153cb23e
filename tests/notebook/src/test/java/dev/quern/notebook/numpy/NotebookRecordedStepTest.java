package dev.quern.notebook.numpy;

import static dev.quern.notebook.numpy.TestArrays.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.quern.fixtures.Fixtures;
import dev.quern.io.Safetensors;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The notebook's own code under NumPy, recorded on 32 CIFAR-10 images, which cannot be part of
 * every clone.
 */
class NotebookRecordedStepTest {
  private static final double TOLERANCE = 1e-12;

  private Safetensors recorded;
  private NotebookModel model;
  private byte[] pixels;
  private int[] labels;

  @BeforeEach
  void read() {
    recorded = Safetensors.read(Fixtures.notebookStep());
    labels = Arrays.stream(tensor("y").values()).mapToInt(y -> (int) y).toArray();
    pixels = new byte[tensor("x").size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) tensor("x").get(i);
    }
    model =
        new NotebookModel(
            new NotebookParameters(
                longs(tensor("before.K1")),
                longs(tensor("before.K2")),
                tensor("before.W3"),
                tensor("before.b3"),
                tensor("before.W4"),
                tensor("before.b4")));
  }

  private NdArray tensor(String name) {
    return NdArray.of(recorded.shape(name), recorded.doubles(name));
  }

  private static long[] longs(NdArray array) {
    return Arrays.stream(array.values()).mapToLong(v -> (long) v).toArray();
  }

  @Test
  void everyTensorIsReproduced() {
    Map<String, NdArray> computed = model.step(pixels, labels).tensors();
    assertThat(computed.keySet()).containsExactlyInAnyOrderElementsOf(recorded.names());
    computed.forEach((name, array) -> assertClose(name, array, tensor(name), TOLERANCE));
  }

  @Test
  void integersAreReproducedExactly() {
    Map<String, NdArray> computed = model.step(pixels, labels).tensors();
    for (String name :
        List.of("conv1_activated", "pool1", "conv2_activated", "flat", "after.K1", "after.K2")) {
      assertThat(computed.get(name).values()).as(name).isEqualTo(tensor(name).values());
    }
  }

  @Test
  void theInitialKernelsAreTheNotebooks() {
    NotebookParameters initial = NotebookParameters.initial(0);
    assertThat(initial.k1()).isEqualTo(longs(tensor("before.K1")));
    assertThat(initial.k2()).isEqualTo(longs(tensor("before.K2")));
  }

  @Test
  void theTranscriptIsReproduced() {
    NotebookStep step = model.step(pixels, labels);
    List<String> lines = new ArrayList<>(step.forwardTranscript());
    lines.addAll(step.backwardTranscript());
    assertThat(String.join("\n", lines) + "\n").isEqualTo(recorded.metadata().get("transcript"));
  }

  /** NumPy 2.4 running the notebook's code on from the recorded start, same images. */
  @Test
  void laterStepsGoOnAsTheNotebookDoes() {
    model.step(pixels, labels);
    model.step(pixels, labels);
    assertThat(largest(model.parameters().b3()))
        .isCloseTo(4.3280264000828185e20, withinPercentage(1e-10));
    NotebookStep third = model.step(pixels, labels);
    assertThat(third.loss()).isCloseTo(8.922514110508166, within(1e-13));
    assertThat(largest(third.after().b3()))
        .isCloseTo(7.476554036795046e39, withinPercentage(1e-10));
    assertThat(largest(third.after().w3()))
        .isCloseTo(2.493705487539624e16, withinPercentage(1e-10));
    assertThat(third.after().k1()).containsOnly(Long.MIN_VALUE);
    NdArray b4 =
        NdArray.of(
            Shape.of(10),
            -0.25181257,
            -0.78551535,
            0.47578796,
            -1.12330273,
            2.05823644,
            -0.64393602,
            1.12307859,
            0.74246764,
            -0.46427805,
            -0.26755087);
    assertClose("b4", third.after().b4(), b4, 1e-8);
  }

  private static double largest(NdArray array) {
    return Arrays.stream(array.values()).map(Math::abs).max().orElseThrow();
  }
}
