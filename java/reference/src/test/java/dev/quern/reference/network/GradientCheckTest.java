package dev.quern.reference.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** That wrong gradients do not pass; that right ones do is shown layer by layer elsewhere. */
class GradientCheckTest {
  private static final Network NETWORK =
      Network.of(
          "small",
          Shape.of(2, 5, 5),
          new Conv2d(3, 3),
          new BatchNorm2d(),
          new Relu(),
          new Conv2d(2, 2));

  private final GradientCheck check = new GradientCheck().seed(4);
  private final GradientCase drawn =
      GradientCase.draw(NETWORK, GradientCase.labels(), check.batch(), new SplittableRandom(4));
  private final Map<String, NdArray> twins = drawn.twinGradients();
  private final Map<String, NdArray> natives = drawn.nativeGradients();

  private List<String> failures() {
    return check.compare("small", drawn, twins, natives).tensors().stream()
        .filter(t -> !t.passed())
        .map(TensorCheck::tensor)
        .toList();
  }

  private static void scale(NdArray array, double factor) {
    for (int i = 0; i < array.size(); i++) {
      array.set(i, array.get(i) * factor);
    }
  }

  /** Before anything is made of an output's size. */
  @Test
  void whatCannotBeCheckedIsSaidFirst() {
    Network free = Network.of("any", Shape.of(1, Shape.FREE, Shape.FREE), new Conv2d(2, 3));
    assertThatThrownBy(() -> check.run(free))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("network any has a dynamic height or width");
    Network two =
        Network.builder("two", Shape.of(3))
            .add("a", new Linear(1))
            .add("b", new Linear(2))
            .output("a", "b")
            .build();
    assertThatThrownBy(() -> check.run(two)).hasMessageContaining("several inputs or outputs");
  }

  @Test
  void rightGradientsPass() {
    assertThat(failures()).isEmpty();
    GradientReport report = check.run(NETWORK);
    assertThat(report.passed()).as(report.toString()).isTrue();
    assertThat(report.tensors().stream().map(TensorCheck::tensor))
        .containsExactly(
            "conv2d1.weight",
            "conv2d1.bias",
            "batch_norm2d1.weight",
            "batch_norm2d1.bias",
            "conv2d2.weight",
            "conv2d2.bias",
            "input");
    assertThat(report.tensors().stream().map(TensorCheck::entries))
        .containsExactly(20, 3, 3, 3, 20, 2, 20);
  }

  @Test
  void twinThatIsWrongByAThousandthFails() {
    scale(twins.get("conv2d2.weight"), 1.001);
    scale(natives.get("conv2d2.weight"), 1.001);
    assertThat(failures()).containsExactly("conv2d2.weight");
  }

  @Test
  void twinThatIsWrongAtEveryEntryIsSeenByItsWorst() {
    scale(twins.get("input"), -1);
    TensorCheck input =
        check.compare("small", drawn, twins, natives).tensors().stream()
            .filter(t -> t.tensor().equals("input"))
            .findFirst()
            .orElseThrow();
    assertThat(input.passed()).isFalse();
    assertThat(input.nativeCode()).isNull();
    assertThat(input.numeric().found()).isEqualTo(twins.get("input").get(input.numeric().index()));
    assertThat(input.numeric().error()).isGreaterThan(0.1);
  }

  @Test
  void oneWrongNativeEntryFailsAndIsNamed() {
    NdArray gradient = natives.get("conv2d1.weight");
    int index = gradient.offset(2, 1, 0, 2);
    gradient.add(index, 0.01);
    GradientReport report = check.compare("small", drawn, twins, natives);
    assertThat(report.passed()).isFalse();
    TensorCheck wrong = report.tensors().get(0);
    assertThat(wrong.passed()).isFalse();
    assertThat(wrong.nativeCode().index()).isEqualTo(index);
    assertThat(wrong.nativeCode().found()).isEqualTo(gradient.get(index));
    assertThat(report.toString())
        .contains("[2,1,0,2]", "FAILS", "those of 1 of 7 tensors DISAGREE");
  }

  @Test
  void notANumberFails() {
    natives.get("conv2d2.bias").set(1, Double.NaN);
    assertThat(failures()).containsExactly("conv2d2.bias");
  }

  @Test
  void lostGradientFails() {
    scale(twins.get("batch_norm2d1.weight"), 0);
    scale(natives.get("batch_norm2d1.weight"), 0);
    assertThat(failures()).containsExactly("batch_norm2d1.weight");
  }

  @Test
  void refusesWhatHasNoGradients() {
    Network one = Network.of("one", Shape.of(3), new Linear(1));
    assertThatThrownBy(() -> check.run(one))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage(
            "gradient check: output 1 of network one must have 2 classes or more for"
                + " cross-entropy");
    Network thin = Network.of("thin", Shape.of(2, 1, 1), new BatchNorm2d(), new Conv2d(2, 1));
    assertThatThrownBy(() -> check.batch(1).run(thin)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> check.entries(0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("gradient check: entries 0 must be at least 1");
    assertThatThrownBy(() -> check.tolerance(Double.NaN))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> check.nativeTolerance(Double.POSITIVE_INFINITY))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("gradient check: native tolerance Infinity must be a number above 0");
    assertThatThrownBy(() -> check.run(null)).isInstanceOf(InvalidArgumentException.class);
  }
}
