package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.error.ClosedException;
import dev.quern.error.LayerException;
import dev.quern.error.NumericException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A first convolution of few channels reads a step's images where the caller has them. */
class StepImagesTest {
  private static final int BATCH = 6;
  private static final Dataset DATA = colours();

  private static Dataset colours() {
    Random random = new Random(4);
    byte[] pixels = new byte[40 * 3 * 144];
    random.nextBytes(pixels);
    int[] labels = random.ints(40, 0, 4).toArray();
    return Dataset.of("colours", Shape.of(3, 12, 12), List.of("a", "b", "c", "d"), pixels, labels);
  }

  private static Trainer trainer(Layer second) {
    Network n =
        Network.of(
            "few",
            Shape.of(3, 12, 12),
            new Conv2d(2, 5),
            second,
            new MaxPool2d(2),
            new Flatten(),
            new Linear(4));
    return Trainer.builder(n)
        .batch(BATCH)
        .normalization(DATA.normalization())
        .optimizer(new Sgd(0.05f, 0.9f))
        .build();
  }

  private static Tensor images(Arena arena, int n, long seed) {
    Random random = new Random(seed);
    float[] values = new float[n * 3 * 144];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return arena.tensor(Shape.of(n, 3, 12, 12), values);
  }

  /** Whatever becomes of the images of a step that is done. */
  private static Map<String, float[]> trained(boolean spoilt) {
    try (Trainer t = trainer(new Relu());
        Arena later = new Arena()) {
      Arena first = new Arena();
      Tensor x = images(first, BATCH, 1);
      t.step(x, 0, 1, 2, 3, 0, 1);
      if (spoilt) {
        float[] nan = new float[(int) x.shape().elements()];
        Arrays.fill(nan, Float.NaN);
        x.copyFrom(nan);
        first.close();
      }
      t.fit(DATA, 2, new TrainingListener() {});
      t.step(images(later, 4, 2), 3, 2, 1, 0);
      first.close();
      return t.modelData(DATA.classes(), Map.of()).weights();
    }
  }

  @Test
  void imagesAreTheirOwnersOnceTheStepIsDone() {
    Map<String, float[]> kept = trained(false);
    trained(true).forEach((name, w) -> assertThat(w).as(name).isEqualTo(kept.get(name)));
    assertThat(kept.get("conv2d1.weight")).doesNotContain(Float.NaN);
  }

  @Test
  void imagesThatAreNotFiniteAreNamed() {
    try (Trainer t = trainer(new Relu());
        Arena arena = new Arena()) {
      Tensor x = images(arena, 2, 3);
      float[] values = x.toArray();
      values[500] = Float.NaN;
      x.copyFrom(values);
      assertThatThrownBy(() -> t.step(x, 0, 1))
          .isInstanceOf(NumericException.class)
          .hasMessageContaining("the images are not finite");
    }
  }

  /** The last images of a batch and of a call are followed by nothing that may be read. */
  @Test
  void predictsAnyNumberOfImages() {
    try (Trainer t = trainer(new Relu());
        Model m = Model.of(t.modelData(DATA.classes(), Map.of()));
        Arena arena = new Arena()) {
      Tensor x = images(arena, 300, 5);
      float[] all = m.predict(x).toArray();
      for (int i : new int[] {0, 127, 128, 255, 256, 299}) {
        float[] one = Arrays.copyOfRange(x.toArray(), i * 432, (i + 1) * 432);
        float[] out = m.predict(arena.tensor(Shape.of(1, 3, 12, 12), one)).toArray();
        float[] wanted = Arrays.copyOfRange(all, 4 * i, 4 * i + 4);
        assertThat(out).as("image %d", i).containsExactly(wanted, within(1e-5f));
      }
    }
  }

  /** Closes an arena under the step that reads from it. */
  private record Closing(Arena arena) implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {
      arena.close();
    }

    @Override
    public void backward(Backward pass) {}
  }

  /** Collects garbage under a step, once it is asked to. */
  private record Collecting(AtomicReference<WeakReference<Arena>> forgotten)
      implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {}

    @Override
    public void backward(Backward pass) {
      if (forgotten.get() != null) {
        System.gc();
        assertThat(forgotten.get().get()).as("the arena of the step's images").isNotNull();
      }
    }
  }

  /** Compiled code lets go of an argument after its last use. */
  @Test
  void imagesOfAForgottenArenaStayForTheStep() {
    AtomicReference<WeakReference<Arena>> forgotten = new AtomicReference<>();
    try (Trainer t = trainer(new Collecting(forgotten));
        Arena arena = new Arena()) {
      Tensor x = images(arena, 1, 7);
      for (int i = 0; i < 3000; i++) {
        t.step(x, 0);
      }
      for (int i = 0; i < 3; i++) {
        t.step(forgotten(forgotten), 0);
      }
    }
  }

  private static Tensor forgotten(AtomicReference<WeakReference<Arena>> to) {
    Arena arena = new Arena();
    to.set(new WeakReference<>(arena));
    return images(arena, 1, 8);
  }

  @Test
  void imagesCannotBeFreedDuringTheStep() {
    Arena arena = new Arena();
    try (Trainer t = trainer(new Closing(arena))) {
      Tensor x = images(arena, 2, 6);
      assertThatThrownBy(() -> t.step(x, 0, 1))
          .isInstanceOf(LayerException.class)
          .hasCauseInstanceOf(ClosedException.class);
      assertThat(x.get(0, 0, 0, 0)).as("the arena is open").isFinite();
    }
    arena.close();
  }
}
