package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.engine.Precision;
import dev.quern.error.ShapeException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.plan.build.Weights;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A model whose network leaves height and width free gives the bits of one of that size. */
class FreeModelTest {
  private static Network network() {
    return Network.builder("free", Shape.of(3, Shape.FREE, Shape.FREE))
        .add("conv1", new Conv2d(16, 3).padding(1))
        .add("norm1", new BatchNorm2d())
        .add("relu1", new Relu())
        .add("pool", new MaxPool2d(2))
        .add("conv2", new Conv2d(32, 3).padding(1))
        .add("relu2", new Relu())
        .add("mean", new AdaptiveAvgPool2d(1))
        .add("flat", new Flatten())
        .add("logits", new Linear(5))
        .build();
  }

  private static final List<Shape> SIZES =
      List.of(Shape.of(3, 8, 8), Shape.of(3, 17, 9), Shape.of(3, 32, 32), Shape.of(3, 5, 40));

  private static Tensor images(Arena arena, Shape sample, int n) {
    Tensor t = arena.tensor(sample.batch(n));
    Random random = new Random(n + sample.elements());
    float[] values = new float[(int) t.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return t.copyFrom(values);
  }

  private static float[] fixed(ModelData data, Shape sample, int n) {
    try (Model model = Model.of(data.withNetwork(data.network().at(sample)));
        Arena arena = new Arena()) {
      return model.predict(images(arena, sample, n)).toArray();
    }
  }

  @Test
  void everySizeHasTheBitsOfItsOwnModel() {
    ModelData data = ModelData.untrained(network(), 3);
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      long masters = model.bytes();
      for (int n : new int[] {1, 3, 70}) {
        for (Shape sample : SIZES) {
          Tensor out = model.predict(images(arena, sample, n));
          assertThat(out.shape()).isEqualTo(Shape.of(n, 5));
          assertThat(out.toArray()).containsExactly(fixed(data, sample, n));
        }
      }
      assertThat(model.bytes()).isGreaterThan(masters);
    }
  }

  @Test
  void manyThreadsAndMoreSizesThanAreKept() throws Exception {
    ModelData data = ModelData.untrained(network(), 4);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (Model model = Model.of(data)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int first = thread;
        Callable<Void> work =
            () -> {
              for (int i = 0; i < 40; i++) {
                Shape sample = Shape.of(3, 4 + (first + i * 7) % 14, 6);
                try (Arena arena = new Arena()) {
                  assertThat(model.predict(images(arena, sample, 2)).toArray())
                      .containsExactly(fixed(data, sample, 2));
                }
              }
              return null;
            };
        all.add(pool.submit(work));
      }
      for (Future<?> f : all) {
        f.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  /** Else a server that gets images of any size would grow without end. */
  @Test
  void memoryIsThatOfTheLastSizes() {
    try (Model model = Model.of(ModelData.untrained(network(), 4))) {
      for (int i = 0; i < 3 * Sizes.KEPT; i++) {
        try (Arena arena = new Arena()) {
          model.predict(images(arena, Shape.of(3, 20 + i % Sizes.KEPT, 20), 1));
        }
      }
      long bytes = model.bytes();
      for (int i = 0; i < 3 * Sizes.KEPT; i++) {
        try (Arena arena = new Arena()) {
          model.predict(images(arena, Shape.of(3, 8 + i, 12), 1));
        }
      }
      assertThat(model.bytes()).isLessThan(bytes);
    }
  }

  /** What a call uses stays, and what was used last. */
  @Test
  void sizesStayWithinTheirMemory() {
    Map<String, Shape> small = Map.of("input", Shape.of(3, 20, 20));
    Map<String, Shape> large = Map.of("input", Shape.of(3, 24, 20));
    for (boolean scarce : new boolean[] {true, false}) {
      Weights weights = new Weights(network(), false, Precision.DEFAULT);
      try (Sizes sizes = new Sizes(weights, 1 << 30, scarce ? 1 : Long.MAX_VALUE);
          Arena arena = new Arena()) {
        Sized first = sizes.borrow(small);
        first.run(images(arena, small.get("input"), 1), null);
        Sized second = sizes.borrow(large);
        second.run(images(arena, large.get("input"), 1), null);
        assertThat(sizes.borrow(small)).isSameAs(first); // in use
        sizes.giveBack(first);
        sizes.giveBack(first);
        sizes.giveBack(second);
        assertThat(sizes.borrow(small) == first).isNotEqualTo(scarce);
      }
    }
  }

  @Test
  void namedOutputsFollowTheSizes() {
    Network net =
        Network.builder("two")
            .input("image", Shape.of(2, Shape.FREE, Shape.FREE))
            .input("mask", Shape.of(1, Shape.FREE, Shape.FREE))
            .add("both", new Concat(), "image", "mask")
            .add("up", new UpsampleNearest2d(2))
            .add("down", new MaxPool2d(3), "both")
            .add("tall", new Concat(1), "both", "both")
            .output("up", "down", "tall")
            .build();
    try (Model model = Model.of(ModelData.untrained(net, 1));
        Arena arena = new Arena()) {
      Map<String, Tensor> out =
          model.predict(
              Map.of(
                  "image", images(arena, Shape.of(2, 7, 11), 2),
                  "mask", images(arena, Shape.of(1, 7, 11), 2)));
      assertThat(out.get("up").shape()).isEqualTo(Shape.of(2, 3, 14, 22));
      assertThat(out.get("down").shape()).isEqualTo(Shape.of(2, 3, 2, 3));
      assertThat(out.get("tall").shape()).isEqualTo(Shape.of(2, 3, 14, 11));
      Map<String, Tensor> differ =
          Map.of(
              "image", images(arena, Shape.of(2, 7, 11), 2),
              "mask", images(arena, Shape.of(1, 7, 12), 2));
      assertThatThrownBy(() -> model.predict(differ))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("concat");
    }
  }

  @Test
  void trainsAtOneSizeAndServesAll() {
    Network free = network();
    byte[] pixels = new byte[12 * 3 * 10 * 10];
    new Random(5).nextBytes(pixels);
    int[] labels = new int[12];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = i % 5;
    }
    Dataset data =
        Dataset.of("noise", Shape.of(3, 10, 10), List.of("a", "b", "c", "d", "e"), pixels, labels);
    ModelData trained;
    try (Trainer trainer = Trainer.builder(free.at(data.shape())).batch(4).build()) {
      trainer.fit(data, 1);
      trained = trainer.modelData(data.classes(), Map.of());
    }
    try (Model model = Model.of(trained.withNetwork(free));
        Model sized = Model.of(trained)) {
      assertThat(model.evaluate(data)).isEqualTo(sized.evaluate(data));
      byte[] image = new byte[3 * 14 * 6];
      assertThat(model.classify(image, Shape.of(3, 14, 6), 5)).hasSize(5);
      assertThatThrownBy(() -> model.classify(image, 5))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("has a dynamic height or width");
      assertThatThrownBy(() -> model.classify(image, Shape.of(4, 14, 6), 5))
          .isInstanceOf(ShapeException.class)
          .hasMessage("classify: image 4x14x6 does not fit input 3x?x?");
      assertThatThrownBy(model::implementations).isInstanceOf(ShapeException.class);
    }
  }

  @Test
  void aSizeThatIsTooSmallIsRefusedAndTheModelGoesOn() {
    try (Model model = Model.of(ModelData.untrained(network(), 1));
        Arena arena = new Arena()) {
      Tensor small = images(arena, Shape.of(3, 1, 8), 1);
      assertThatThrownBy(() -> model.predict(small))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("max_pool2d");
      assertThat(model.predict(images(arena, Shape.of(3, 2, 8), 1)).toArray()).hasSize(5);
    }
  }
}
