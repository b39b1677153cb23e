package dev.quern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.init.Init;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.loss.Mse;
import dev.quern.metric.Metrics;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.EarlyStopping;
import dev.quern.train.History;
import dev.quern.train.Summary;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingState;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** F9, F10: bad arguments by name. */
class ArgumentsTest {
  private static final List<Layer> WITH_PARAMETERS =
      List.of(
          new Linear(3),
          new Conv2d(2, 3),
          new ConvTranspose2d(2, 3),
          new BatchNorm2d(),
          new LayerNorm(4));

  private static Map<String, ThrowingCallable> bad() {
    Dataset d = Synthetic.quarters(2, 1);
    Dataset soft = d.withTargets(new float[2][4]);
    List<String> hole = Arrays.asList("a", null);
    Map<String, ThrowingCallable> all = new LinkedHashMap<>();
    all.put("class names", () -> Dataset.of("d", Shape.of(1, 1, 1), hole, new byte[1], new int[1]));
    all.put(
        "a product that wraps to 0",
        () ->
            Dataset.of(
                "d", Shape.of(1 << 20, 1 << 20, 1 << 13), List.of("a"), new byte[0], new int[2]));
    all.put(
        "image bytes that wrap to 0",
        () ->
            Dataset.of("d", Shape.of(1 << 16, 1 << 16, 1), List.of("a"), new byte[0], new int[0]));
    all.put("copyBytes too short", () -> d.copyBytes(0, ByteBuffer.allocate(143)));
    all.put("copyBytes null", () -> d.copyBytes(0, null));
    all.put("copyFloats of bytes", () -> d.copyFloats(0, FloatBuffer.allocate(200)));
    all.put(
        "copyBytes read-only", () -> d.copyBytes(0, ByteBuffer.allocate(200).asReadOnlyBuffer()));
    all.put("copyTarget too short", () -> soft.copyTarget(0, FloatBuffer.allocate(3)));
    all.put("copyTarget null", () -> soft.copyTarget(0, null));
    all.put("targets over 2^31", () -> d.withTargets(sharedRows()));
    all.put("unit", () -> Normalization.unit(-1));
    all.put("unit of 2^31 and more", () -> Normalization.unit(Shape.of(1L << 40, 1, 1)));
    all.put("oneHot", () -> Metrics.oneHot(new Arena(), new int[4], Integer.MAX_VALUE));
    all.put("init null", () -> Init.constant(1).values(null, 1, 1));
    all.put("init of 2^31 and more", () -> Init.constant(1).values(Shape.of(1L << 31), 1, 1));
    all.put("depth", () -> Networks.cifarResnet(600_000_002, Shape.of(3, 32, 32), 10));
    all.put("growth", () -> Networks.densenet(300_000_001, 12, Shape.of(3, 32, 32), 10));
    all.put("width", () -> Networks.wideResnet(16, (1 << 28) + 1, Shape.of(3, 32, 32), 10));
    all.put("best epoch", () -> EarlyStopping.bestEpoch(null));
    all.put("epochs", () -> new History(null, History.StopReason.FINISHED));
    all.put("epoch", () -> new History.Epoch(1, 1, 1, 1, 1, null));
    all.put("progress", () -> new TrainingState.Progress(-1, 0, 0, 0, null));
    all.put(
        "more epochs done than there are",
        () -> new TrainingState.Fit(0, "d", 1, List.of(epoch()), 0, 0, 0, 0, 0L));
    all.put("states of a list that lies", () -> new Sgd(1, 0.9f).step(null, null, null, 1));
    return all;
  }

  private static History.Epoch epoch() {
    return new History.Epoch(1, 1, 1, 1, 1, Optional.empty());
  }

  /** One row of 2^20, so many times. */
  private static float[][] sharedRows() {
    float[][] rows = new float[1 << 12][];
    Arrays.fill(rows, new float[1 << 20]);
    return rows;
  }

  @TestFactory
  Stream<DynamicTest> typedErrors() {
    return bad().entrySet().stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey(),
                    () ->
                        assertThatThrownBy(e.getValue())
                            .isInstanceOf(QuernException.class)
                            .hasMessageMatching("(?s).{10,}")));
  }

  @TestFactory
  Stream<DynamicTest> layersAskedDirectly() {
    return WITH_PARAMETERS.stream()
        .map(
            layer ->
                DynamicTest.dynamicTest(
                    layer.type(),
                    () -> {
                      for (Shape s : Arrays.asList(null, Shape.of(), Shape.of(0), Shape.of(2, 0))) {
                        assertThatThrownBy(() -> layer.parameters(s))
                            .isInstanceOf(InvalidArgumentException.class);
                        assertThatThrownBy(() -> layer.outputShape(s))
                            .isInstanceOf(InvalidArgumentException.class);
                      }
                    }));
  }

  @Test
  void nothingOfADimension0() {
    assertThat(Init.dirac().values(Shape.of(2, 0, 3, 3), 1, 1)).isEmpty();
    assertThat(Init.dirac().values(Shape.of(2, 2, 0, 3), 1, 1)).isEmpty();
  }

  /** Plans of any size tell it or are refused; none wraps to a small one. */
  @Test
  void giantPlans() {
    Network wide =
        Network.of(
            "wide", Shape.of(1, 1 << 12, 1 << 12), new UpsampleNearest2d(1 << 12), new Relu());
    assertThatThrownBy(() -> Summary.planBytes(wide, Integer.MAX_VALUE, true))
        .isInstanceOf(QuernException.class);
    Network norm = Network.of("norm", Shape.of(1), new LayerNorm(1), new Linear(2));
    long half = Summary.planBytes(norm, 1 << 27, true);
    assertThat(Summary.planBytes(norm, 1 << 28, true)).isBetween(2 * half - 999, 2 * half + 999);
    assertThatThrownBy(
            () ->
                Trainer.builder(norm)
                    .batch(Integer.MAX_VALUE)
                    .loss(new Mse())
                    .memoryLimit(1 << 20)
                    .build())
        .isInstanceOf(QuernException.class);
  }
}
