package dev.quern.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Times of a step: their table, and the times that are none. */
class LayerTimesTest {
  private static final Engine.Speed SPEED = new Engine.Speed(100e9, 20e9);

  private static LayerTimes.Row row(String name, String type, Pass forward, Pass backward) {
    String by = "c".equals(name) ? "winograd" : "";
    return new LayerTimes.Row(name, type, by, List.of(), forward, backward);
  }

  private static final LayerTimes TIMES =
      new LayerTimes(
          16,
          3,
          List.of(
              row("a", "conv2d", new Pass(0.002, 1e8, 8e6), new Pass(0.002, 1e8, 2e6)),
              row("b", "max_pool2d", new Pass(0.0005, 0, 5e6), Pass.NONE),
              row("c", "conv2d", new Pass(0.001, 5e7, 1e6), new Pass(0.003, 15e7, 1e6)),
              row("d", "flatten", Pass.NONE, Pass.NONE)),
          0.0015,
          0.01,
          SPEED);

  @Test
  void operatorsAreRowsOfOneTypeTheLongestFirst() {
    assertThat(TIMES.operators())
        .containsExactly(
            new LayerTimes.Operator(
                "conv2d", 2, new Pass(0.003, 15e7, 9e6), new Pass(0.005, 25e7, 3e6)),
            new LayerTimes.Operator("max_pool2d", 1, new Pass(0.0005, 0, 5e6), Pass.NONE),
            new LayerTimes.Operator("flatten", 1, Pass.NONE, Pass.NONE));
  }

  @Test
  void tablesHaveRatesBesideTheMachinesBest() {
    List<String> lines = TIMES.toString().lines().map(l -> l.replaceAll(" +", " ")).toList();
    assertThat(lines)
        .containsExactly(
            "layer type forward ms backward ms share GFLOP/s of peak GB/s of copy",
            "a conv2d 2.000 2.000 40.0 % 50.0 50.0 % 2.5 12.5 %",
            "b max_pool2d 0.500 0.000 5.0 % 10.0 50.0 %",
            "c conv2d (winograd) 1.000 3.000 40.0 % 50.0 50.0 % 0.5 2.5 %",
            "d flatten 0.000 0.000 0.0 %",
            "loss 1.500 15.0 %",
            "step of 16 10.000",
            "",
            "operator layers forward ms backward ms share GFLOP/s of peak GB/s of copy",
            "conv2d 2 3.000 5.000 80.0 % 50.0 50.0 % 1.5 7.5 %",
            "max_pool2d 1 0.500 0.000 5.0 % 10.0 50.0 %",
            "flatten 1 0.000 0.000 0.0 %",
            "",
            "at best: 100.0 GFLOP/s of fused multiply-adds, 20.0 GB/s of a copy");
  }

  @Test
  void theMachineHasASpeed() {
    Engine.Speed speed = Engine.speed();
    assertThat(speed.operations()).isBetween(1e8, 1e15);
    assertThat(speed.bytes()).isBetween(1e7, 1e14);
  }

  @Test
  void wrongArgumentsAreRefused() {
    refused(() -> new LayerTimes(0, 1, List.of(), 0, 0, SPEED), "samples 0");
    refused(() -> new LayerTimes(1, 0, List.of(), 0, 0, SPEED), "steps 0");
    refused(() -> new LayerTimes(1, 1, null, 0, 0, SPEED), "layers is null");
    refused(() -> new LayerTimes(1, 1, List.of(), Double.NaN, 0, SPEED), "lossSeconds NaN");
    refused(() -> new LayerTimes(1, 1, List.of(), 0, -1, SPEED), "stepSeconds -1");
    refused(() -> new LayerTimes(1, 1, List.of(), 0, 1, null), "speed is null");
    refused(() -> row(null, "t", Pass.NONE, Pass.NONE), "layer is null");
    refused(() -> row("a", "t", null, Pass.NONE), "forward is null");
    refused(() -> new LayerTimes.Row("a", "t", "", null, Pass.NONE, Pass.NONE), "fused is null");
    refused(
        () -> new LayerTimes.Row("a", "t", null, List.of(), Pass.NONE, Pass.NONE),
        "implementation is null");
    refused(() -> new LayerTimes.Operator("t", 0, Pass.NONE, Pass.NONE), "layers 0");
    refused(() -> new LayerTimes.Operator("t", 1, Pass.NONE, null), "backward is null");
    refused(() -> new Pass(-1, 0, 0), "seconds -1");
    refused(() -> new Pass(1, Double.POSITIVE_INFINITY, 0), "operations Infinity");
    refused(() -> new Pass(1, 0, Double.NaN), "bytes NaN");
    refused(() -> new Engine.Speed(0, 1), "speed: operations 0.0");
    refused(() -> new Engine.Speed(1, Double.NaN), "speed: bytes NaN");
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }
}
