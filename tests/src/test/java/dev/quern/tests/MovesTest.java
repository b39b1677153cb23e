package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.layer.shape.Chunk;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * permute, reshape, slice, chunk, gather, channel_shuffle and mean against their twins; what is
 * refused.
 */
class MovesTest {
  private static final Shape IMAGE = Shape.of(4, 5, 6);

  @Test
  void permute() {
    for (int[] dims : new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}}) {
      Moving.of(new Permute(dims)).check(2, 3, 5, 7);
      Moving.of(new Permute(dims)).check(3, 64, 17, 33);
      Moving.of(new Permute(dims)).checkEmpty(3, 5, 7);
    }
    Moving.of(new Permute(1, 0)).check(2, 9, 4);
    Moving.of(new Permute(0)).check(3, 1000);
    Moving.of(new Permute(5, 3, 1, 0, 2, 4)).check(2, 2, 3, 1, 2, 3, 2);
  }

  @Test
  void slice() {
    for (int axis = -3; axis < 3; axis++) {
      for (int step = 1; step < 5; step++) {
        Moving.of(new Slice(axis, 1, 4, step)).check(2, 5, 6, 7);
        Moving.of(new Slice(axis, -3, Integer.MAX_VALUE, step)).check(3, 5, 6, 7);
        Moving.of(new Slice(axis, Integer.MIN_VALUE, -1, step)).check(1, 5, 6, 7);
      }
    }
    Moving.of(new Slice(0, 100, 900, 7)).check(3, 1000);
    Moving.of(new Slice(0, 1, 2)).checkEmpty(3, 2);
    assertThat(new Slice(-1, 1, -1, 2).outputShape(IMAGE)).isEqualTo(Shape.of(4, 5, 2));
    assertThat(new Slice(0, 1, 3).outputShape(Shape.of(4, Shape.FREE, 6)))
        .isEqualTo(Shape.of(2, Shape.FREE, 6));
  }

  @Test
  void chunk() {
    for (int index = 0; index < 3; index++) {
      Moving.of(new Chunk(0, 3, index)).check(2, 6, 5, 4);
      Moving.of(new Chunk(-1, 3, index)).check(2, 2, 3);
      Moving.of(new Chunk(0, 3, index)).checkEmpty(3);
    }
  }

  @Test
  void gather() {
    for (int axis = -3; axis < 3; axis++) {
      Moving.of(new Gather(axis, 4, 0, 0, -1, 3, 4)).check(2, 5, 6, 7);
      Moving.of(new Gather(axis, 2)).check(3, 5, 6, 7);
      Moving.of(new Gather(axis, 0, 1, 2, 3, 4)).checkEmpty(5, 6, 7);
    }
    Moving.of(new Gather(0, IntStream.range(0, 3000).map(i -> i * i % 1000).toArray()))
        .check(3, 1000);
    Moving.of(new Gather(1, 16, 5, 5)).check(2, 40, 17, 33);
    Moving.of(new Gather(3, 1, 0, 1)).check(2, 2, 3, 1, 2, 3, 2);
    assertThat(new Gather(-1, 5, 0).outputShape(IMAGE)).isEqualTo(Shape.of(4, 5, 2));
    assertThat(new Gather(0, 0, 0).outputShape(Shape.of(4, Shape.FREE, 6)))
        .isEqualTo(Shape.of(2, Shape.FREE, 6));
    assertThat(new Gather(0, 1, -1)).hasToString("Gather[axis=0, indices=[1, -1]]");
    assertThat(new Gather(0, new int[9])).hasToString("Gather[axis=0, indices=9 indices]");
  }

  @Test
  void gradientsOfMillionsOfCopiesAddUp() {
    int n = 1 << 20;
    Gather layer = new Gather(0, new int[n]);
    float[] third = new float[n];
    Arrays.fill(third, 1 / 3f);
    try (Arena a = new Arena()) {
      Tensor grad = Eager.of(layer).backward(a.tensor(Shape.of(1, n), third), Shape.of(1, 2));
      assertThat(grad.toArray()).containsExactly((float) (n * (double) (1 / 3f)), 0);
    }
  }

  @Test
  void channelShuffle() {
    for (int groups : new int[] {1, 2, 3, 4, 6, 12}) {
      Moving.of(new ChannelShuffle(groups)).check(2, 12, 5, 3);
      Moving.of(new ChannelShuffle(groups)).check(3, 12, 40);
      Moving.of(new ChannelShuffle(groups)).check(2, 12);
      Moving.of(new ChannelShuffle(groups)).checkEmpty(12, 2, 2);
    }
  }

  @Test
  void reshape() {
    Moving.of(new Reshape(6, -1)).check(2, 3, 4, 5);
    Moving.of(new Reshape(-1)).check(2, 3, 4, 5);
    Moving.of(new Reshape(2, 3, 2)).check(3, 12);
    Moving.of(new Reshape(2, 3, 2)).checkEmpty(12);
  }

  @Test
  void constantsAreEqualByTheirValues() {
    Constant one = new Constant(Shape.of(2), new float[] {1, 2});
    assertThat(one).isEqualTo(new Constant(Shape.of(2), new float[] {1, 2}));
    assertThat(one).isNotEqualTo(new Constant(Shape.of(2), new float[] {1, 3}));
    assertThat(one).hasSameHashCodeAs(new Constant(Shape.of(2), new float[] {1, 2}));
    assertThat(one).hasToString("Constant[shape=2, values=[1.0, 2.0]]");
    one.values()[0] = 9;
    assertThat(one.values()).containsExactly(1, 2);
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    return Stream.of(
            argument("permute", () -> new Permute(0, 2), "[0, 2]", "0 to 1"),
            argument("permute", () -> new Permute((List<Integer>) null), "dims", "null"),
            shape("permute", () -> new Permute(1, 0).outputShape(IMAGE), "[1, 0]", "4x5x6"),
            argument("reshape", () -> new Reshape(-1, -1), "[-1, -1]"),
            argument("reshape", () -> new Reshape(2, 0), "[2, 0]"),
            shape("reshape", () -> new Reshape(7, -1).outputShape(IMAGE), "[7, -1]", "120"),
            shape("reshape", () -> new Reshape(121).outputShape(IMAGE), "[121]", "120"),
            argument("slice", () -> new Slice(0, 0, 1, 0), "step 0", "at least 1"),
            shape("slice", () -> new Slice(3, 0, 1).outputShape(IMAGE), "axis 3", "4x5x6"),
            shape("slice", () -> new Slice(-4, 0, 1).outputShape(IMAGE), "axis -4"),
            shape("slice", () -> new Slice(0, 2, 2).outputShape(IMAGE), "from 2 to 2"),
            argument("chunk", () -> new Chunk(0, 2, 2), "index 2", "chunks 2"),
            argument("chunk", () -> new Chunk(0, 0, 0), "chunks 0"),
            shape("chunk", () -> new Chunk(1, 2, 0).outputShape(IMAGE), "axis 1", "2 equal"),
            argument("gather", () -> new Gather(0), "found 0", "1048576"),
            argument("gather", () -> new Gather(0, new int[(1 << 20) + 1]), "found 1048577"),
            argument("gather", () -> new Gather(0, (List<Integer>) null), "indices", "null"),
            shape("gather", () -> new Gather(3, 0).outputShape(IMAGE), "axis 3"),
            shape("gather", () -> new Gather(1, 0, 5).outputShape(IMAGE), "index 5", "axis 1"),
            shape("gather", () -> new Gather(1, -6).outputShape(IMAGE), "index -6", "4x5x6"),
            shape(
                "gather",
                () -> new Gather(1, 0).outputShape(Shape.of(3, Shape.FREE, 4)),
                "axis 1",
                "dynamic"),
            argument("channel_shuffle", () -> new ChannelShuffle(0), "groups 0"),
            shape("channel_shuffle", () -> new ChannelShuffle(3).outputShape(IMAGE), "groups 3"),
            shape("constant", () -> new Constant(Shape.of(2), new float[3]), "3 values", "2"),
            argument("constant", () -> new Constant(Shape.of(1), new float[] {Float.NaN}), "NaN"),
            shape("trainable_tensor", () -> new TrainableTensor(2, 0), "2x0", "at least 1"),
            shape("trainable_tensor", () -> new TrainableTensor(), "at least one dimension"),
            argument("trainable_tensor", () -> new TrainableTensor(1).value(Float.NaN), "NaN"),
            argument(
                "trainable_tensor", () -> new TrainableTensor(Shape.of(1), 2, true), "2.0", "0"))
        .map(Refusal::test);
  }
}
